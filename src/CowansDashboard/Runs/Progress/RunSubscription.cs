using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CowansDashboard.Runs.Progress;

/// <summary>
/// One viewer. It holds at most the newest snapshot of each run, so a slow viewer skips what is old and never costs
/// memory, and no other viewer waits for it.
/// </summary>
internal sealed class RunSubscription(Func<RunSnapshot, bool> wanted)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, RunSnapshot> _newest = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public int Held
    {
        get
        {
            lock (_gate)
                return _newest.Count;
        }
    }

    public void Offer(RunSnapshot snapshot)
    {
        if (!wanted(snapshot))
            return;
        lock (_gate)
        {
            if (_newest.TryGetValue(snapshot.Id, out var held) && !snapshot.IsNewerThan(held))
                return;
            _newest[snapshot.Id] = snapshot;
        }
        _signal.Writer.TryWrite(true);
    }

    public async IAsyncEnumerable<RunSnapshot> Read([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var _ in _signal.Reader.ReadAllAsync(cancel))
            foreach (var snapshot in Take())
                yield return snapshot;
    }

    private List<RunSnapshot> Take()
    {
        lock (_gate)
        {
            List<RunSnapshot> taken = [.. _newest.Values.OrderBy(snapshot => snapshot.Id)];
            _newest.Clear();
            return taken;
        }
    }
}
