using System.Threading.Channels;

namespace CowansDashboard.Runs.Progress;

/// <summary>
/// Acts soon after it is signalled, at most once in an interval, one at a time; signals between two acts become
/// one. The last signal always leads to an act, so nothing signalled is left behind.
/// </summary>
internal sealed class Pulse(TimeSpan interval, Func<CancellationToken, Task> act, TimeProvider clock) : IAsyncDisposable
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Loop(_stop.Token);

    public void Signal() => _signals.Writer.TryWrite(true);

    private async Task Loop(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in _signals.Reader.ReadAllAsync(cancel))
            {
                await act(cancel);
                await Task.Delay(interval, clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }
}
