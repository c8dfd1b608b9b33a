using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Runs;

/// <summary>Why the work of a run is told to stop.</summary>
internal enum StopCause
{
    None,
    Asked,
    Shutdown,
    Fenced,
}

/// <summary>A run that this node performs right now, and the way to stop it. The first cause counts, but for the fence.</summary>
internal sealed class RunInHand(long id) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _disposed;

    public long Id { get; } = id;

    /// <summary>0 until claimed.</summary>
    public int Epoch { get; set; }

    public StopCause Cause { get; private set; }
    public CancellationToken Stopping => _stop.Token;
    public RunProgress? Progress { get; set; }

    public void Stop(StopCause cause)
    {
        lock (_gate)
        {
            if (_disposed || (Cause != StopCause.None && cause != StopCause.Fenced))
                return;
            Cause = cause;
            // Not on this thread: what the work registered on its token must not run inside this lock.
            _ = _stop.CancelAsync();
        }
    }

    public void Heard(RunSnapshot row)
    {
        if (Epoch == 0 || row.Epoch < Epoch)
            return;
        if (row.Epoch > Epoch)
        {
            Stop(StopCause.Fenced);
        }
        else if (row.Status is RunStatus.Pausing or RunStatus.Cancelling)
        {
            Progress?.AskedToStop(row.Status);
            Stop(StopCause.Asked);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _stop.Dispose();
        }
    }
}
