namespace CowansDashboard.Runs;

/// <summary>What came of asking a run to pause, resume, end or try again.</summary>
public abstract record AskOutcome
{
    private AskOutcome()
    {
    }

    /// <summary>The run has this status now; pausing and cancelling become paused and cancelled when the work has stopped.</summary>
    public sealed record Accepted(RunStatus Status) : AskOutcome;

    public sealed record Refused(string Sentence) : AskOutcome;

    public sealed record NotFound : AskOutcome;
}
