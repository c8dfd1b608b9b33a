namespace CowansDashboard.Runs;

/// <summary>
/// The work of one kind of run, registered in DI and found by the name of its kind. Returning means succeeded;
/// <see cref="RunPausedException"/> pauses with a reason; <see cref="OperationCanceledException"/> after being asked
/// means paused, cancelled or interrupted, whichever was asked; anything else is a failure. A resumed run calls it
/// again with the cursor as last saved.
/// </summary>
public interface IRunWork
{
    RunKind Kind { get; }

    Task Work(RunContext run, CancellationToken cancel);
}
