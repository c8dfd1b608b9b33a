using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs.Progress;

/// <summary>
/// Publishes a run's progress at most five times a second and writes it at most twice. Between ticks it looks once a
/// second, so that rate and time left go on when nothing moves.
/// </summary>
internal sealed partial class RunTicker : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly RunProgress _progress;
    private readonly RunBroadcast _broadcast;
    private readonly WriteProgress _write;
    private readonly ILogger _log;
    private readonly (long Run, int Epoch) _owned;
    private readonly Action _fenced;
    private readonly Pulse _publishing;
    private readonly Pulse _writing;
    private readonly ITimer _looking;
    private ProgressBatch? _unwritten;
    private bool _sampledLast;

    public RunTicker(RunProgress progress, (long Run, int Epoch) owned, Action fenced, RunBroadcast broadcast, WriteProgress write, TimeProvider clock, ILogger log)
    {
        (_progress, _owned, _fenced, _broadcast, _write, _log) = (progress, owned, fenced, broadcast, write, log);
        _publishing = new Pulse(TimeSpan.FromMilliseconds(200), Publish, clock);
        _writing = new Pulse(TimeSpan.FromMilliseconds(500), WriteOrKeep, clock);
        _looking = clock.CreateTimer(_ => Tick(), null, Look, Look);
        _progress.Changed += Tick;
        _publishing.Start();
        _writing.Start();
        Tick();
    }

    private void Tick()
    {
        _publishing.Signal();
        _writing.Signal();
    }

    private Task Publish(CancellationToken cancel) => _broadcast.Publish(_progress.Snapshot(), cancel);

    private async Task WriteOrKeep(CancellationToken cancel)
    {
        try
        {
            await Write(cancel);
        }
        catch (NpgsqlException error)
        {
            LogKept(_owned.Run, error.Message);
        }
        catch (RunFencedException)
        {
            _fenced();
        }
    }

    private async Task Write(CancellationToken cancel)
    {
        _unwritten ??= _progress.TakeUnwritten();
        if (_unwritten is null)
            return;
        await _write.Write(_owned.Run, _owned.Epoch, _unwritten, cancel);
        _unwritten = null;
    }

    /// <summary>Stops ticking; what is left is written by <see cref="Flush"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _progress.Changed -= Tick;
        await _looking.DisposeAsync();
        await _publishing.DisposeAsync();
        await _writing.DisposeAsync();
    }

    /// <summary>Writes what is left, after the ticking has stopped.</summary>
    public async Task Flush(CancellationToken cancel)
    {
        // First what an earlier try may have left, then all the rest with a last sample.
        await Write(cancel);
        _unwritten ??= _progress.TakeUnwritten(last: !_sampledLast);
        _sampledLast = true;
        await Write(cancel);
    }

    [LoggerMessage(2001, LogLevel.Warning, "The progress of run {Run} could not be written and is kept for the next try: {Error}")]
    private partial void LogKept(long run, string error);
}
