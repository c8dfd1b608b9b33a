using static CowansDashboard.Runs.RunStatus;

namespace CowansDashboard.Runs;

/// <summary>
/// Which status may follow which, and why. The database holds the same table and refuses every other move.
/// </summary>
public static class RunStatusMoves
{
    private const string AskedToPause = "A person asked it to pause; the work has not stopped yet.";
    private const string AskedToEnd = "A person asked it to end; the work has not stopped yet.";
    private const string NodeGone = "Its node shut down, died or lost the database.";
    private const string Stopped = "The work has stopped, or its node died and there is nothing left to stop.";
    private const string DoneFirst = "The work was done before it heard the question.";
    private const string FailedFirst = "The work threw an error before it stopped.";
    private const string Retried = "A person retries it from the saved cursor.";

    public static IReadOnlyDictionary<(RunStatus From, RunStatus To), string> All { get; } =
        new Dictionary<(RunStatus, RunStatus), string>
        {
            [(Enqueued, Running)] = "A node claimed it.",
            [(Enqueued, Paused)] = "Paused before it started: nothing runs that would have to stop first.",
            [(Enqueued, Cancelled)] = "Cancelled before it started: nothing runs that would have to stop first.",
            [(Running, Waiting)] = "The work waits for a person or a limit and names it.",
            [(Running, Pausing)] = AskedToPause,
            [(Running, Paused)] = "The work paused itself: a guard or a limit, with its reason.",
            [(Running, Cancelling)] = AskedToEnd,
            [(Running, Interrupted)] = NodeGone,
            [(Running, Succeeded)] = "The work is done.",
            [(Running, Failed)] = "The work threw an error.",
            [(Waiting, Running)] = "What it waited for has come.",
            [(Waiting, Pausing)] = AskedToPause,
            [(Waiting, Paused)] = "The work paused itself instead of waiting longer.",
            [(Waiting, Cancelling)] = AskedToEnd,
            [(Waiting, Interrupted)] = NodeGone,
            [(Waiting, Succeeded)] = "The work was done before the end of its wait was written.",
            [(Waiting, Failed)] = "The work threw an error while it waited.",
            [(Pausing, Paused)] = Stopped,
            [(Pausing, Cancelling)] = "Cancel outranks pause.",
            [(Pausing, Succeeded)] = DoneFirst,
            [(Pausing, Failed)] = FailedFirst,
            [(Paused, Enqueued)] = "A person resumed it, or its time to resume has come.",
            [(Paused, Cancelled)] = "Cancelled while paused: nothing runs that would have to stop first.",
            [(Cancelling, Cancelled)] = Stopped,
            [(Cancelling, Succeeded)] = DoneFirst,
            [(Cancelling, Failed)] = FailedFirst,
            [(Interrupted, Running)] = "A node claimed it and goes on from the saved cursor.",
            [(Interrupted, Paused)] = "Paused while no node performed it.",
            [(Interrupted, Cancelled)] = "Cancelled while no node performed it.",
            [(Interrupted, Failed)] = "Interrupted again and again without getting further.",
            [(Failed, Enqueued)] = Retried,
            [(Cancelled, Enqueued)] = Retried,
        };

    public static bool MayGo(RunStatus from, RunStatus to) => All.ContainsKey((from, to));

    /// <summary>Where a run lands whose node is gone: what was asked for has come true, all else goes on elsewhere.</summary>
    public static RunStatus AfterLoss(RunStatus status) => status switch
    {
        Running or Waiting => Interrupted,
        Pausing => Paused,
        Cancelling => Cancelled,
        _ => status,
    };

    /// <summary>Where asking to pause leads: straight to paused when no node performs it; null where it makes no sense.</summary>
    public static RunStatus? AskToPause(RunStatus status) => status switch
    {
        Running or Waiting => Pausing,
        Enqueued or Interrupted => Paused,
        _ => null,
    };

    /// <summary>Where asking to cancel leads: straight to cancelled when no node performs it; null where it makes no sense.</summary>
    public static RunStatus? AskToCancel(RunStatus status) => status switch
    {
        Running or Waiting or Pausing => Cancelling,
        Enqueued or Interrupted or Paused => Cancelled,
        _ => null,
    };
}
