using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Handles what was heard, on every node at once: woken by word of a new delivery and, should that be lost, by the clock. A batch
/// that fails waits and is tried again; a node that dies in the middle leaves its batch to the others.
/// </summary>
internal sealed partial class HandleDeliveries(
    DeliveryQueue queue, RereadNotes notes, HandleStore store, WebhookFeed feed, WebhookOptions options, TimeProvider clock, ILogger<HandleDeliveries> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookBesideShort = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAtNotes = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    // A collection of many thousand products takes minutes to read; the claim is held for as long.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HoldAgain = DeliveryQueue.ClaimedFor / 3;

    // Shops that are short of points: one batch of theirs at a time, so that what comes meanwhile is read together with it.
    private readonly ConcurrentDictionary<long, bool> _short = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => !options.Handle
        ? Task.CompletedTask
        : Task.WhenAll([.. Enumerable.Range(0, options.HandledAtOnce).Select(_ => Repeat(Deliveries, stoppingToken)), Repeat(Notes, stoppingToken)]);

    private async Task Repeat(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogStumbled(error.Message);
                await Task.Delay(AfterTrouble, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Deliveries(CancellationToken stop)
    {
        var claimed = await queue.Claim([.. _short.Keys], stop);
        if (claimed.Count == 0)
        {
            // The bell rings for the shop that is left out, too: its whole queue would be walked for each event of it.
            await (_short.IsEmpty ? Wait(stop) : Task.Delay(LookBesideShort, clock, stop));
            return;
        }
        if (claimed.Count == DeliveryQueue.AtOnce)
            feed.HeardElsewhere();
        await Holding(cancel => queue.Hold(claimed, cancel), async () =>
        {
            foreach (var ofStore in claimed.GroupBy(one => one.StoreId))
            {
                var isShort = store.IsShortOfPoints(ofStore.Key) && _short.TryAdd(ofStore.Key, true);
                try
                {
                    await Handle(ofStore.Key, [.. ofStore], stop);
                }
                finally
                {
                    if (isShort)
                        _short.TryRemove(ofStore.Key, out _);
                }
            }
        });
    }

    /// <summary>Holds what is claimed while it is worked on. Should that fail, somebody else takes it, which does no harm.</summary>
    private async Task Holding(Func<CancellationToken, Task> hold, Func<Task> work)
    {
        using var over = new CancellationTokenSource();
        var holding = Hold();
        try
        {
            await work();
        }
        finally
        {
            await over.CancelAsync();
            await holding;
        }

        async Task Hold()
        {
            while (true)
            {
                await Task.Delay(HoldAgain, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (over.IsCancellationRequested)
                    return;
                await hold(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Handle(long storeId, IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AtMost);
        try
        {
            await store.Handle(storeId, deliveries, limit.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await queue.Release(deliveries, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await queue.Postpone(deliveries, "Shopify was too slow, or its limit is used up.", isOutage: true, stop);
        }
        catch (Stores.StoreNotConnectedException lost)
        {
            await queue.Postpone(deliveries, lost.Message, isOutage: false, stop);
        }
        catch (Exception error) when (!Data.LostDatabase.Is(error))
        {
            LogFailed(storeId, deliveries.Count(one => !one.IsSettled), error.Message);
            await queue.Fail(deliveries, error.Message, isHopeless: false, stop);
        }
    }

    private async Task Notes(CancellationToken stop)
    {
        var claimed = await notes.Claim(stop);
        if (claimed.Count == 0)
        {
            await Task.Delay(LookAtNotes, clock, stop);
            return;
        }
        await Holding(cancel => notes.Hold(claimed, cancel), async () =>
        {
            foreach (var ofStore in claimed.GroupBy(one => one.StoreId))
                await Reread(ofStore.Key, [.. ofStore], stop);
        });
    }

    private async Task Reread(long storeId, IReadOnlyCollection<NotedReread> noted, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AtMost);
        try
        {
            await store.Reread(storeId, noted, (count, error) => LogNotRead(storeId, count, error.Message), limit.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await notes.Release(noted, CancellationToken.None);
            throw;
        }
        catch (Exception error) when (!Data.LostDatabase.Is(error))
        {
            LogNotRead(storeId, noted.Count(one => !one.IsOver), error.Message);
            await notes.Fail(noted, stop);
        }
    }

    private async Task Wait(CancellationToken stop)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(stop);
        look.CancelAfter(Look);
        try
        {
            await feed.ToHandle.ReadAsync(look.Token);
        }
        catch (OperationCanceledException)
        {
            // It is time to look, or to stop.
        }
    }

    [LoggerMessage(6010, LogLevel.Warning, "Deliveries could not be handled at the moment: {Error}")]
    private partial void LogStumbled(string error);

    [LoggerMessage(6011, LogLevel.Warning, "{Count} deliveries of store {Store} are tried again later: {Error}")]
    private partial void LogFailed(long store, int count, string error);

    [LoggerMessage(6012, LogLevel.Warning, "{Count} things of store {Store} are read again later: {Error}")]
    private partial void LogNotRead(long store, int count, string error);
}
