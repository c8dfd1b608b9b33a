using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>What bulk queries and bulk mutations have in common: waiting for a slot, and watching an operation to its end.</summary>
internal sealed partial class BulkWatching(ShopifyAdmin admin, BulkOptions options, ILogger log)
{
    private readonly TimeProvider clock = admin.Clock;

    public static bool IsBusy(UserError error) => error.Code is "LIMIT_REACHED" or "OPERATION_IN_PROGRESS";

    public async Task<IBulkSlot> WaitForSlot(BulkSlotKind kind, BulkWatch watch, CancellationToken cancel)
    {
        while (true)
        {
            if (await admin.Governor.Lease.TryTakeSlot(kind, cancel) is { } slot)
            {
                return slot;
            }

            watch.Report(BulkStage.WaitingForSlot);
            await Task.Delay(options.SlotAgain, clock, cancel);
        }
    }

    public async Task<BulkOutcome> Adopt(ShopifyId operation, BulkSlotKind kind, BulkWatch watch, CancellationToken cancel)
    {
        if (await Look(operation, cancel) is not { } seen)
        {
            return new BulkOutcome.Expired { Operation = operation };
        }

        if (BulkEnd.Of(seen) is { } over)
        {
            return over;
        }

        // It runs at Shopify whether or not our books have a slot left for it.
        await using var slot = await admin.Governor.Lease.TryTakeSlot(kind, cancel);
        return await Follow(operation, slot, watch, cancel);
    }

    /// <summary>
    /// Watches an operation to its end, by pauses that grow; with a known number of objects by what is left of them. Word that it ended
    /// cuts a pause short.
    /// </summary>
    public async Task<BulkOutcome> Follow(ShopifyId operation, IBulkSlot? slot, BulkWatch watch, CancellationToken cancel, int? objects = null)
    {
        var pause = options.FirstPoll;
        var growth = new Growth(clock);
        var since = clock.GetTimestamp();
        using var bell = admin.BulkEnds.Listen(admin.Connection.Shop, operation);
        if (objects is { } known)
        {
            await bell.Wait(BulkPace.FirstLook(known, options), clock, cancel);
        }

        while (true)
        {
            if (await Look(operation, cancel) is not { } seen)
            {
                return new BulkOutcome.Expired { Operation = operation };
            }

            if (BulkEnd.Of(seen) is { } over)
            {
                return over;
            }

            watch.Report(BulkEnd.Stage(seen), seen);
            if (growth.Idle(seen.ObjectCount) >= options.StuckAfter)
            {
                return await GiveUp(seen, growth.Idle(seen.ObjectCount), watch, cancel);
            }

            if (slot is not null)
            {
                await slot.Renew(cancel);
            }

            if (objects is { } all)
            {
                pause = BulkPace.NextLook(clock.GetElapsedTime(since), seen.ObjectCount, all, options);
            }

            // Word may run ahead of what a look shows.
            pause = await bell.Wait(pause, clock, cancel) ? options.FirstPoll : Shorter(pause * 1.5, options.LongestPoll);
        }
    }

    public async Task Cancel(ShopifyId operation, CancellationToken cancel) =>
        await admin.Send(BulkOperations.Cancel(operation), Lane.Background, cancel);

    public async Task<BulkOperationNode?> Look(ShopifyId operation, CancellationToken cancel) =>
        (await admin.Send(BulkOperations.Status(operation), Lane.Background, cancel)).Data.BulkOperation;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<BulkOutcome> GiveUp(BulkOperationNode stuck, TimeSpan idle, BulkWatch watch, CancellationToken cancel)
    {
        GaveUp(log, admin.Connection.Shop, stuck.Id.ToString(), idle.TotalMinutes, stuck.ObjectCount);
        await Cancel(stuck.Id, cancel);
        var asked = clock.GetTimestamp();
        var last = stuck;
        while (clock.GetElapsedTime(asked) < options.CancelWithin && await Look(stuck.Id, cancel) is { } seen)
        {
            last = seen;
            if (BulkEnd.Of(seen) is BulkOutcome.Completed completed)
            {
                return completed;
            }

            if (BulkEnd.Of(seen) is not null)
            {
                break;
            }

            watch.Report(BulkStage.Canceling, seen);
            await Task.Delay(options.FirstPoll * 4, clock, cancel);
        }

        return new BulkOutcome.Stuck(idle, last.PartialDataUrl)
        {
            Operation = stuck.Id,
            ObjectCount = last.ObjectCount,
            RootObjectCount = last.RootObjectCount,
        };
    }

    [LoggerMessage(122, LogLevel.Warning, "{Shop}: {Operation} wrote nothing for {Minutes:0.0} minutes after {Objects} objects; cancelling it.")]
    private static partial void GaveUp(ILogger log, string shop, string operation, double minutes, long objects);

    private sealed class Growth(TimeProvider clock)
    {
        private long most = -1;
        private long since = clock.GetTimestamp();

        public TimeSpan Idle(long count)
        {
            if (count > most)
            {
                most = count;
                since = clock.GetTimestamp();
            }

            return clock.GetElapsedTime(since);
        }
    }
}

/// <summary>Reports where one operation stands to whoever waits for it.</summary>
internal sealed class BulkWatch(TimeProvider clock, Action<BulkProgress>? progress)
{
    private readonly long since = clock.GetTimestamp();

    public void Report(BulkStage stage, BulkOperationNode? seen = null) => progress?.Invoke(
        new BulkProgress(stage, seen?.Id ?? default, seen?.ObjectCount ?? 0, seen?.RootObjectCount ?? 0, clock.GetElapsedTime(since)));
}
