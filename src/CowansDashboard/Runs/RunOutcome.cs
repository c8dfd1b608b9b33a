using CowansDashboard.Data;

namespace CowansDashboard.Runs;

/// <summary>How one performance of a run ended.</summary>
internal abstract record RunOutcome
{
    private RunOutcome()
    {
    }

    public sealed record Succeeded : RunOutcome;

    public sealed record Paused(string Reason, DateTimeOffset? ResumeAt) : RunOutcome;

    /// <summary>It stopped because it was asked to, or because its node shuts down.</summary>
    public sealed record Stopped : RunOutcome;

    public sealed record DatabaseLost(string Error) : RunOutcome;

    public sealed record Failed(string Error) : RunOutcome;

    /// <summary>Another owner has it: nothing is written.</summary>
    public sealed record Abandoned : RunOutcome;

    public static RunOutcome Of(Exception error, StopCause cause, bool databaseWasLost) => error switch
    {
        _ when cause == StopCause.Fenced => new Abandoned(),
        RunFencedException => new Abandoned(),
        RunPausedException paused => new Paused(RunText.Clean(paused.Message), paused.ResumeAt),
        OperationCanceledException when cause != StopCause.None => new Stopped(),
        _ when databaseWasLost || LostDatabase.Is(error) => new DatabaseLost(RunText.Clean(Sentence(error))),
        _ => new Failed(RunText.Clean(Sentence(error))),
    };

    /// <summary>Where a run in this status goes.</summary>
    public RunStatus From(RunStatus status) => this switch
    {
        Succeeded => RunStatus.Succeeded,
        Failed => RunStatus.Failed,
        Paused => status == RunStatus.Cancelling ? RunStatus.Cancelled : RunStatus.Paused,
        _ => RunStatusMoves.AfterLoss(status),
    };

    private static string Sentence(Exception error) =>
        error.InnerException is { } inner && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{error.Message} {Sentence(inner)}"
            : error.Message;
}
