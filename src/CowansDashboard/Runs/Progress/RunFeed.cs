using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;

namespace CowansDashboard.Runs.Progress;

/// <summary>
/// Live progress for pages and hubs of this node, whichever node performs the run. Each watch begins with the state
/// as it is now.
/// </summary>
public sealed class RunFeed : IDisposable
{
    private const int Remembered = 2_000;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private readonly ReadRuns _rows;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _beginnings = new(4);
    private readonly ConcurrentDictionary<RunSubscription, bool> _subscriptions = new();
    private readonly ConcurrentDictionary<long, RunSnapshot> _latest = new();

    internal RunFeed(ReadRuns rows, TimeProvider clock) => (_rows, _clock) = (rows, clock);

    /// <summary>One run until cancelled; ends at once if there is no such run.</summary>
    public async IAsyncEnumerable<RunSnapshot> Watch(long runId, [EnumeratorCancellation] CancellationToken cancel)
    {
        var subscription = new RunSubscription(snapshot => snapshot.Id == runId);
        _subscriptions[subscription] = true;
        try
        {
            if (await Begin(() => _rows.Find(runId, cancel), cancel) is not { } row)
                yield break;
            subscription.Offer(Merge(row.Now));
            await foreach (var snapshot in subscription.Read(cancel))
                yield return snapshot;
        }
        finally
        {
            _subscriptions.TryRemove(subscription, out _);
        }
    }

    /// <summary>Every run of a store until cancelled: first the unfinished ones and the last finished, then each change.</summary>
    public async IAsyncEnumerable<RunSnapshot> WatchStore(long storeId, [EnumeratorCancellation] CancellationToken cancel)
    {
        var subscription = new RunSubscription(snapshot => snapshot.StoreId == storeId);
        _subscriptions[subscription] = true;
        try
        {
            foreach (var row in await Begin(() => _rows.UnfinishedAndLast(storeId, cancel), cancel))
                subscription.Offer(Merge(row));
            await foreach (var snapshot in subscription.Read(cancel))
                yield return snapshot;
        }
        finally
        {
            _subscriptions.TryRemove(subscription, out _);
        }
    }

    // A few at a time, so that a hundred browsers that come back together leave the pool its connections; and until it
    // succeeds, so that a watch outlives a restart of the database.
    private async Task<T> Begin<T>(Func<Task<T>> read, CancellationToken cancel)
    {
        await _beginnings.WaitAsync(cancel);
        try
        {
            while (true)
            {
                try
                {
                    return await read();
                }
                catch (NpgsqlException)
                {
                    await Task.Delay(Again, _clock, cancel);
                }
            }
        }
        finally
        {
            _beginnings.Release();
        }
    }

    public void Dispose() => _beginnings.Dispose();

    internal void Offer(RunSnapshot snapshot)
    {
        var latest = _latest.AddOrUpdate(snapshot.Id, snapshot, (_, held) => snapshot.IsNewerThan(held) ? snapshot : held);
        if (!ReferenceEquals(latest, snapshot))
            return;
        foreach (var subscription in _subscriptions.Keys)
            subscription.Offer(snapshot);
        if (_latest.Count > Remembered)
            foreach (var finished in _latest.Values.Where(one => one.Status.IsFinished()).OrderBy(one => one.Id).Take(Remembered / 2))
                _latest.TryRemove(finished.Id, out _);
    }

    internal void OfferRow(RunSnapshot row) => Offer(Merge(row));

    /// <summary>
    /// A row lags up to half a second behind what was published, but knows the status first: together they are the
    /// truth, and the bar never goes back.
    /// </summary>
    private RunSnapshot Merge(RunSnapshot row)
    {
        if (!_latest.TryGetValue(row.Id, out var latest) || latest.Epoch != row.Epoch)
            return row;
        return row.Status.IsInHand() && latest.Status.IsInHand()
            ? latest with { Status = row.Status, AskedToStopAt = row.AskedToStopAt, Sequence = latest.Sequence + 1 }
            : row with { Sequence = latest.Sequence + 1 };
    }
}
