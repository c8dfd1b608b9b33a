using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Web.Runs;

/// <summary>A run as programs outside see it: over the hub and in the status of the REST API. Ids are strings.</summary>
public sealed record RunStatusData(
    string Id, string StoreId, string Kind, RunStatus Status, string? Reason, long Done, long? Total, double RatePerSecond, double? EtaSeconds,
    string? WaitingFor, RunCounters Counters, IReadOnlyList<RunStreamSnapshot> Streams, RunBudget? Budget, DateTimeOffset EnqueuedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? ResumeAt, string? Error, string? Stuck, string AskedBy, int Attempt,
    DateTimeOffset PublishedAt)
{
    public static RunStatusData Of(RunSnapshot run, DateTimeOffset now) => new(
        run.Id.ToString(CultureInfo.InvariantCulture), run.StoreId.ToString(CultureInfo.InvariantCulture), run.Kind, run.Status, run.Reason,
        run.Done, run.Total, run.RatePerSecond, run.EtaSeconds, run.WaitingFor, run.Counters, run.Streams, run.Budget, run.EnqueuedAt,
        run.StartedAt, run.FinishedAt, run.ResumeAt, run.Error, RunStuck.Why(run, now), run.AskedBy.Name, run.Attempt, run.PublishedAt);
}
