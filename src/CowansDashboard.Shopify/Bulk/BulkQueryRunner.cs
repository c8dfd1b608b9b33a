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
    private readonly BulkWatching watching = new(admin, options ?? new BulkOptions(), log ?? NullLogger<BulkQueryRunner>.Instance);

    /// <summary>Starts a query and watches it to its end.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="started">Called with the operation's id before anything else: save it, and a restart can <see cref="Adopt"/> it.</param>
    /// <param name="progress">Called at every look, also while waiting for a slot.</param>
    /// <param name="cancel">Stops watching.</param>
    public async Task<BulkOutcome> Run(
        BulkQuery query, Func<ShopifyId, CancellationToken, ValueTask>? started, Action<BulkProgress>? progress, CancellationToken cancel)
    {
        var watch = new BulkWatch(clock, progress);
        await using var slot = await watching.WaitForSlot(BulkSlotKind.Query, watch, cancel);
        var operation = await Start(query, slot, watch, cancel);
        if (started is not null)
        {
            await started(operation, cancel);
        }

        return await watching.Follow(operation, slot, watch, cancel);
    }

    /// <summary>Watches an operation that an earlier process started, to its end.</summary>
    public Task<BulkOutcome> Adopt(ShopifyId operation, Action<BulkProgress>? progress, CancellationToken cancel) =>
        watching.Adopt(operation, BulkSlotKind.Query, new BulkWatch(clock, progress), cancel);

    /// <summary>Asks Shopify to stop an operation. One that is over already is left alone.</summary>
    public Task Cancel(ShopifyId operation, CancellationToken cancel) => watching.Cancel(operation, cancel);

    /// <summary>The unfinished operations of this app that run this very query, whoever started them.</summary>
    public async Task<IReadOnlyList<ShopifyId>> Unfinished(BulkQuery query, CancellationToken cancel) =>
        [.. (await Running(query, cancel)).Where(operation => BulkEnd.Of(operation) is null).Select(operation => operation.Id)];

    /// <summary>A newly signed address of an operation's result; null when it has none any more.</summary>
    public async Task<string?> FreshUrl(ShopifyId operation, CancellationToken cancel) =>
        await watching.Look(operation, cancel) is { } seen ? seen.Url ?? seen.PartialDataUrl : null;

    private async Task<ShopifyId> Start(BulkQuery query, IBulkSlot slot, BulkWatch watch, CancellationToken cancel)
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

                if (!answer.UserErrors.Any(BulkWatching.IsBusy))
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

    private async Task<IEnumerable<BulkOperationNode>> Running(BulkQuery query, CancellationToken cancel)
    {
        var answer = await admin.Send(BulkOperations.List("operation_type:query"), Lane.Background, cancel);
        return answer.Data.BulkOperations.Nodes.Where(operation => query.IsSameAs(operation.Query));
    }

    [LoggerMessage(121, LogLevel.Information, "{Shop}: {Query} runs as {Operation}.")]
    private static partial void Started(ILogger log, string shop, string query, string operation);
}
