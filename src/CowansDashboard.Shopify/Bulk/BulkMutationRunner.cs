using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// Runs bulk mutations over uploaded files: waits for one of the shop's five slots, starts, watches until the end. Giving up (the
/// cancellation token) leaves the operation running at Shopify. A start whose answer was lost is looked for in Shopify's list before
/// it is tried again: running a file twice would write everything twice.
/// </summary>
public sealed partial class BulkMutationRunner(ShopifyAdmin admin, BulkOptions? options = null, ILogger<BulkMutationRunner>? log = null)
{
    private readonly BulkOptions options = options ?? new BulkOptions();
    private readonly ILogger log = log ?? NullLogger<BulkMutationRunner>.Instance;
    private readonly BulkWatching watching = new(admin, options ?? new BulkOptions(), log ?? NullLogger<BulkMutationRunner>.Instance);

    /// <summary>Starts a mutation over an uploaded file, or finds that it was started, and watches it to its end.</summary>
    /// <param name="mutation">What to do with each line; its mark must be new for a new file.</param>
    /// <param name="uploaded">Where the file lies, see <see cref="StagedUpload"/>.</param>
    /// <param name="starting">Called before the start is sent: check here that this is still yours to do.</param>
    /// <param name="started">Called with the operation's id before anything else.</param>
    /// <param name="progress">Called at every look, also while waiting for a slot.</param>
    /// <param name="cancel">Stops watching.</param>
    public async Task<BulkOutcome> Run(
        BulkMutation mutation,
        string uploaded,
        Func<CancellationToken, Task> starting,
        Func<ShopifyId, CancellationToken, Task> started,
        Action<BulkProgress>? progress,
        CancellationToken cancel)
    {
        var watch = new BulkWatch(admin.Clock, progress);
        await using var slot = await watching.WaitForSlot(BulkSlotKind.Mutation, watch, cancel);
        var operation = await Start(mutation, uploaded, starting, slot, watch, cancel);
        await started(operation, CancellationToken.None);
        return await watching.Follow(operation, slot, watch, cancel, mutation.Lines);
    }

    /// <summary>Watches an operation that was started earlier, to its end.</summary>
    public Task<BulkOutcome> Adopt(ShopifyId operation, Action<BulkProgress>? progress, CancellationToken cancel) =>
        watching.Adopt(operation, BulkSlotKind.Mutation, new BulkWatch(admin.Clock, progress), cancel);

    /// <summary>The operation that runs, or ran, this mutation under its mark; null when Shopify lists none.</summary>
    public async Task<ShopifyId?> Find(BulkMutation mutation, CancellationToken cancel)
    {
        string? after = null;
        for (var page = 0; page < options.ListedPages; page++)
        {
            var listed = (await admin.Send(BulkOperations.List("operation_type:mutation", after), Lane.Background, cancel)).Data.BulkOperations;
            if (listed.Nodes.FirstOrDefault(one => mutation.IsSameAs(one.Query)) is { } found)
            {
                return found.Id;
            }

            if (!listed.PageInfo.HasNextPage)
            {
                return null;
            }

            after = listed.PageInfo.EndCursor;
        }

        return null;
    }

    /// <summary>Asks Shopify to stop an operation. Lines that it has done stay done.</summary>
    public Task Cancel(ShopifyId operation, CancellationToken cancel) => watching.Cancel(operation, cancel);

    /// <summary>A newly signed address of an operation's result; null when it has none any more.</summary>
    public async Task<string?> FreshUrl(ShopifyId operation, CancellationToken cancel) =>
        await watching.Look(operation, cancel) is { } seen ? seen.Url ?? seen.PartialDataUrl : null;

    private async Task<ShopifyId> Start(
        BulkMutation mutation, string uploaded, Func<CancellationToken, Task> starting, IBulkSlot slot, BulkWatch watch, CancellationToken cancel)
    {
        for (var unknown = 0; ;)
        {
            var stage = BulkStage.ShopIsBusy;
            try
            {
                await starting(cancel);
                var answer = await Answered(mutation, uploaded, cancel);
                if (answer.Data.Payload.BulkOperation is { } operation && answer.UserErrors.Count == 0)
                {
                    Started(log, admin.Connection.Shop, mutation.Name, operation.Id.ToString());
                    return operation.Id;
                }

                if (!answer.UserErrors.Any(BulkWatching.IsBusy))
                {
                    throw new ShopifyFaultException(new ShopifyFault.Refused(answer.UserErrors)) { Operation = mutation.Name };
                }
            }
            catch (ShopifyFaultException lost) when (lost.Fault.OutcomeUnknown)
            {
                if (await Find(mutation, cancel) is { } found)
                {
                    return found;
                }

                if (++unknown > options.UnknownStarts)
                {
                    throw;
                }

                stage = BulkStage.StartUnknown;
            }

            watch.Report(stage);
            await slot.Renew(cancel);
            await Task.Delay(options.SlotAgain, admin.Clock, cancel);
        }
    }

    // A start that is on its way when the caller gives up is still answered: cut off, Shopify would run the file and nobody would know.
    private async Task<ShopifyAnswer<MutationData>> Answered(BulkMutation mutation, string uploaded, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource();
        await using var asked = cancel.UnsafeRegister(_ => patience.CancelAfter(options.LastAnswer), null);
        return await admin.Send(Mutations.BulkOperationRunMutation(mutation.Text, uploaded), Lane.Background, patience.Token);
    }

    [LoggerMessage(123, LogLevel.Information, "{Shop}: {Mutation} runs as {Operation}.")]
    private static partial void Started(ILogger log, string shop, string mutation, string operation);
}
