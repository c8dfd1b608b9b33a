using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Tests.Web.Sync;

/// <summary>Runs as pages see them.</summary>
internal static class A
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static RunSnapshot Run(RunStatus status, long id = 1) => new()
    {
        Id = id,
        StoreId = 1,
        Kind = "pull-full",
        Status = status,
        AskedBy = new AskedBy(null, "Ines"),
        EnqueuedAt = Noon.AddMinutes(-5),
        StartedAt = Noon.AddMinutes(-5),
        FinishedAt = status.IsFinished() ? Noon : null,
    };

    public static RunStreamSnapshot Stream(string name, long done, long? total, bool isDone = false) =>
        new(name, "bulk query", null, done, total, 0, isDone);
}
