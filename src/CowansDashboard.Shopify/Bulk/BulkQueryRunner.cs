using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// Runs bulk queries: waits for one of the shop's slots, starts, watches until the end. Giving up (the cancellation token) leaves the
/// operation running at Shopify, so that a restarted process can adopt it; <see cref="Cancel"/> stops it there.
/// </summary>
public sealed partial class BulkQueryRunner(ShopifyAdmin admin, BulkOptions? options = null, ILogger<BulkQueryRunner>? log = null)
{
    private readonly BulkOptions options = options ?? new BulkOptions();
    private readonly ILogger log = log ?? NullLogger<BulkQueryRunner>.Instance;
    private readonly TimeProvider clock = admin.Clock;

    /// <summary>Starts a query and watches it to its end.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="started">Called with the operation's id before anything else: save it, and a restart can <see cref="Adopt"/> it.</param>
    /// <param name="progress">Called at every look, also while waiting for a slot.</param>
    /// <param name="cancel">Stops watching.</param>
    public async Task<BulkOutcome> Run(
        BulkQuery query, Func<ShopifyId, CancellationToken, ValueTask>? started, Action<BulkProgress>? progress, CancellationToken cancel)
    {
        var watch = new Watch(clock, progress);
        await using var slot = await WaitForSlot(watch, cancel);
        var operation = await Start(query, slot, watch, cancel);
        if (started is not null)
        {
            await started(operation, cancel);
        }

        return await Follow(operation, slot, watch, cancel);
    }

    /// <summary>Watches an operation that an earlier process started, to its end.</summary>
    public async Task<BulkOutcome> Adopt(ShopifyId operation, Action<BulkProgress>? progress, CancellationToken cancel)
    {
        var watch = new Watch(clock, progress);
        if (await Look(operation, cancel) is not { } seen)
        {
            return new BulkOutcome.Expired { Operation = operation };
        }

        if (BulkEnd.Of(seen) is { } over)
        {
            return over;
        }

        // It runs at Shopify whether or not our books have a slot left for it.
        await using var slot = await admin.Governor.Lease.TryTakeSlot(BulkSlotKind.Query, cancel);
        return await Follow(operation, slot, watch, cancel);
    }

    /// <summary>Asks Shopify to stop an operation. One that is over already is left alone.</summary>
    public async Task Cancel(ShopifyId operation, CancellationToken cancel) =>
        await admin.Send(BulkOperations.Cancel(operation), Lane.Background, cancel);

    /// <summary>A newly signed address of an operation's result; null when it has none any more.</summary>
    public async Task<string?> FreshUrl(ShopifyId operation, CancellationToken cancel) =>
        await Look(operation, cancel) is { } seen ? seen.Url ?? seen.PartialDataUrl : null;

    private async Task<IBulkSlot> WaitForSlot(Watch watch, CancellationToken cancel)
    {
        while (true)
        {
            if (await admin.Governor.Lease.TryTakeSlot(BulkSlotKind.Query, cancel) is { } slot)
            {
                return slot;
            }

            watch.Report(BulkStage.WaitingForSlot);
            await Task.Delay(options.SlotAgain, clock, cancel);
        }
    }

    private async Task<ShopifyId> Start(BulkQuery query, IBulkSlot slot, Watch watch, CancellationToken cancel)
    {
        var known = (await Running(query, cancel)).Select(operation => operation.Id).ToHashSet();
        for (var unknown = 0; ;)
        {
            var stage = BulkStage.ShopIsBusy;
            try
            {
                var answer = await admin.Send(BulkOperations.Start(query.Text), Lane.Background, cancel);
                if (answer.Data.BulkOperationRunQuery?.BulkOperation is { } operation && answer.UserErrors.Count == 0)
                {
                    Started(log, admin.Connection.Shop, query.Name, operation.Id.ToString());
                    return operation.Id;
                }

                if (!answer.UserErrors.Any(IsBusy))
                {
                    throw new ShopifyFaultException(new ShopifyFault.Refused(answer.UserErrors)) { Operation = query.Name };
                }
            }
            catch (ShopifyFaultException lost) when (lost.Fault.OutcomeUnknown)
            {
                // The start may have reached Shopify: a second one would take a second slot and read the shop twice.
                if ((await Running(query, cancel)).FirstOrDefault(operation => !known.Contains(operation.Id)) is { } found)
                {
                    return found.Id;
                }

                if (++unknown > options.UnknownStarts)
                {
                    throw;
                }

                stage = BulkStage.StartUnknown;
            }

            watch.Report(stage);
            await slot.Renew(cancel);
            await Task.Delay(options.SlotAgain, clock, cancel);
        }
    }

    private async Task<BulkOutcome> Follow(ShopifyId operation, IBulkSlot? slot, Watch watch, CancellationToken cancel)
    {
        var pause = options.FirstPoll;
        var growth = new Growth(clock);
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

            await Task.Delay(pause, clock, cancel);
            pause = pause * 1.5 < options.LongestPoll ? pause * 1.5 : options.LongestPoll;
        }
    }

    private async Task<BulkOutcome> GiveUp(BulkOperationNode stuck, TimeSpan idle, Watch watch, CancellationToken cancel)
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

    private async Task<BulkOperationNode?> Look(ShopifyId operation, CancellationToken cancel) =>
        (await admin.Send(BulkOperations.Status(operation), Lane.Background, cancel)).Data.BulkOperation;

    private async Task<IEnumerable<BulkOperationNode>> Running(BulkQuery query, CancellationToken cancel)
    {
        var answer = await admin.Send(BulkOperations.List("operation_type:query"), Lane.Background, cancel);
        return answer.Data.BulkOperations.Nodes.Where(operation => query.IsSameAs(operation.Query));
    }

    private static bool IsBusy(UserError error) => error.Code is "LIMIT_REACHED" or "OPERATION_IN_PROGRESS";

    [LoggerMessage(121, LogLevel.Information, "{Shop}: {Query} runs as {Operation}.")]
    private static partial void Started(ILogger log, string shop, string query, string operation);

    [LoggerMessage(122, LogLevel.Warning, "{Shop}: {Operation} wrote nothing for {Minutes:0.0} minutes after {Objects} objects; cancelling it.")]
    private static partial void GaveUp(ILogger log, string shop, string operation, double minutes, long objects);

    private sealed class Watch(TimeProvider clock, Action<BulkProgress>? progress)
    {
        private readonly long since = clock.GetTimestamp();

        public void Report(BulkStage stage, BulkOperationNode? seen = null) => progress?.Invoke(
            new BulkProgress(stage, seen?.Id ?? default, seen?.ObjectCount ?? 0, seen?.RootObjectCount ?? 0, clock.GetElapsedTime(since)));
    }

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
