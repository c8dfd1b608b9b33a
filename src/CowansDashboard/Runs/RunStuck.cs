using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Runs;

/// <summary>Stuck is a matter of time: when a run should have stopped, beaten or advanced by now, and has not.</summary>
public static class RunStuck
{
    private static readonly TimeSpan Stopping = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Still = TimeSpan.FromMinutes(10);

    /// <summary>Why it counts as stuck, or null.</summary>
    public static string? Why(RunSnapshot run, DateTimeOffset now) => run.Status switch
    {
        _ when !run.Status.IsInHand() => null,
        _ when now - run.Heartbeat is { } silence && silence > Silent => $"Its node {run.Node} has said nothing for {Minutes(silence)}.",
        RunStatus.Pausing or RunStatus.Cancelling when now - run.AskedToStopAt is { } waited && waited > Stopping =>
            $"It was asked to stop {Minutes(waited)} ago and has not.",
        RunStatus.Running when now - (run.ProgressedAt ?? run.StartedAt) is { } still && still > Still =>
            $"It has not advanced for {Minutes(still)}.",
        _ => null,
    };

    private static string Minutes(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s" : $"{time.TotalMinutes:0} min";
}
