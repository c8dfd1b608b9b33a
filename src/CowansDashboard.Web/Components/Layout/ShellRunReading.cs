using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>What of a store's runs the frame shows: those under way, and those that ended since the tab was opened.</summary>
public static class ShellRunReading
{
    const int MostFinished = 5;
    static readonly TimeSpan StillNews = TimeSpan.FromMinutes(10);

    /// <summary>Runs in hand first, then those in line or paused, then finished ones that nobody has seen yet.</summary>
    public static IReadOnlyList<ShellRun> Pick(IEnumerable<RunSnapshot> runs, IReadOnlySet<long> seen, DateTimeOffset opened)
    {
        var all = runs.ToList();
        var finished = all
            .Where(run => run.Status.IsFinished() && !seen.Contains(run.Id) && run.FinishedAt >= opened - StillNews)
            .OrderByDescending(run => run.FinishedAt)
            .Take(MostFinished);
        return
        [
            .. all.Where(run => run.Status.IsInHand()).OrderBy(run => run.Id).Select(Of),
            .. all.Where(run => !run.Status.IsInHand() && !run.Status.IsFinished()).OrderBy(run => run.Id).Select(Of),
            .. finished.Select(Of),
        ];
    }

    public static ShellRun Of(RunSnapshot run) => new(run.Id, RunWords.Title(run.Kind), run.Status)
    {
        Done = run.Total is > 0 and var total ? Math.Min(1, (double)run.Done / total) : null,
        RowsPerSecond = run.Status.IsInHand() && run.RatePerSecond >= 1 ? Math.Round(run.RatePerSecond) : null,
        Started = run.StartedAt,
        Finished = run.FinishedAt,
        Ends = run is { Status: RunStatus.Running, EtaSeconds: { } left } ? run.PublishedAt.AddSeconds(left) : null,
        Reason = Reason(run),
        LeftBehind = RunWords.LeftBehind(run),
        // Nobody asked it to pause: it paused itself, and its reason says what it wants to know.
        Asks = run is { Status: RunStatus.Paused, AskedToStopAt: null },
    };

    /// <summary>What the throttle last said, as long as somebody listens to it.</summary>
    public static ShellBudget? Budget(IEnumerable<RunSnapshot> runs) => runs
        .Where(run => run.Status.IsInHand() && run.Budget is not null)
        .OrderByDescending(run => run.PublishedAt)
        .Select(run => new ShellBudget(Math.Round(run.Budget!.Left), run.Budget.Max, run.Budget.RestoredPerSecond))
        .FirstOrDefault();

    static string? Reason(RunSnapshot run) => run.Status switch
    {
        RunStatus.Succeeded => RunWords.LeftBehind(run) is { } left ? $"{Took(run)}, {left}" : Took(run),
        RunStatus.Failed => run.Error ?? run.Reason ?? "failed",
        RunStatus.Running => null,
        RunStatus.Waiting => run.WaitingFor is { } what ? $"waits: {what}" : run.Reason,
        _ => run.Reason ?? RunWords.State(run.Status).ToLowerInvariant(),
    };

    static string Took(RunSnapshot run) => run is { StartedAt: { } from, FinishedAt: { } to }
        ? $"{Figure.Count(run.Done, "row")} in {When.Duration(to - from)}"
        : Figure.Count(run.Done, "row");
}
