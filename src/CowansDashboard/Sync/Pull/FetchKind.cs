using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Runs the bulk queries of one kind until their results are on this machine. A query that fails is run again after
/// a wait, then halved; when halving is exhausted, what Shopify delivered of it is taken. Nothing goes on for ever.
/// </summary>
public sealed class FetchKind(
    RunContext run, NpgsqlDataSource database, ShopifyAdmin admin, BulkQueryRunner bulk, BulkDownload download, Checkpoint checkpoint,
    SyncOptions options, TimeProvider clock)
{
    /// <summary>The slices with complete files; halved slices have taken the place of the given ones.</summary>
    public async Task<List<PullSlice>> Fetch(PullKind kind, IReadOnlyList<PullSlice> slices, RunStream stream, CancellationToken cancel)
    {
        var fetched = await Task.WhenAll(slices.Select(slice => Fetch(kind, slice, stream, cancel)));
        return [.. fetched.SelectMany(parts => parts)];
    }

    private async Task<List<PullSlice>> Fetch(PullKind kind, PullSlice slice, RunStream stream, CancellationToken cancel)
    {
        while (slice.Status != SliceStatus.Loaded)
        {
            if (slice.Status == SliceStatus.Completed)
            {
                if (await Download(kind, slice, stream, cancel))
                    break;
                continue;
            }
            switch (await Ask(kind, slice, stream, cancel))
            {
                case BulkOutcome.Completed done:
                    await checkpoint.Completed(slice, done.Url, done.Url is null ? 0 : done.FileSize, done.ObjectCount, isPartial: false, cancel);
                    run.Progress.Log(RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture, $"Shopify has read {kind.Name}: {done.ObjectCount:N0} rows."));
                    // From here on there is a share and an end to show; slices are summed up when they are loaded.
                    if (slice.Depth == 0)
                        stream.SetTotal(done.ObjectCount);
                    break;
                case BulkOutcome.Failed { CanRetry: false } denied:
                    throw new InvalidOperationException(
                        $"Shopify refused to read {kind.Name}: {denied.Code}. The app's access scopes are missing one that this needs; nothing was deleted.");
                case var ended:
                    if (await Recover(kind, slice, ended, stream, cancel) is { } halves)
                        return await Fetch(kind, halves, stream, cancel);
                    break;
            }
        }
        return [slice];
    }

    /// <summary>False when the result is no longer to be had, under a new address neither: its query is run again.</summary>
    private async Task<bool> Download(PullKind kind, PullSlice slice, RunStream stream, CancellationToken cancel)
    {
        stream.SetStage("downloading");
        try
        {
            await new ResultFile(options.Folder, slice).Fetch(download, stop => Fresh(slice, stop),
                at => stream.SetStage(slice.FileSize is > 0 ? $"downloading {100 * at / slice.FileSize} %" : "downloading"), cancel);
            return true;
        }
        catch (ShopifyFaultException refused) when (refused.Fault is ShopifyFault.Http { CanRetry: false } && slice.Attempts < options.RepeatFailed + 2)
        {
            run.Progress.Log(RunLogLevel.Warning, $"The result for {kind.Name} cannot be fetched any more; the query is run again. {refused.Message}");
            await checkpoint.Failed(slice, refused.Message, stream, cancel);
            return false;
        }
    }

    private async Task<BulkOutcome> Ask(PullKind kind, PullSlice slice, RunStream stream, CancellationToken cancel)
    {
        if (slice.Operation is { } running)
            return await bulk.Adopt(ShopifyId.Parse(running), progress => Show(progress, stream), cancel);
        await run.CheckFence(cancel);
        // The ticket is older than the query: what is written from here on is newer than anything it can see.
        await using (var command = database.CreateCommand("select nextval('tickets')"))
            await checkpoint.Starting(slice, (long)(await command.ExecuteScalarAsync(cancel))!, cancel);
        return await bulk.Run(kind.Query(slice.Filter()), async (operation, stop) => await checkpoint.Started(slice, operation.ToString(), stop),
            progress => Show(progress, stream), cancel);
    }

    private async Task<List<PullSlice>?> Recover(PullKind kind, PullSlice slice, BulkOutcome ended, RunStream stream, CancellationToken cancel)
    {
        var (reason, partial) = ended switch
        {
            BulkOutcome.Failed failed => ($"failed ({failed.Code ?? "no code"})", failed.PartialDataUrl),
            BulkOutcome.Canceled canceled => ("was cancelled", canceled.PartialDataUrl),
            BulkOutcome.Stuck stuck => (string.Create(CultureInfo.InvariantCulture, $"wrote nothing for {stuck.Idle.TotalMinutes:0} minutes"), stuck.PartialDataUrl),
            _ => ("is no longer kept by Shopify", null),
        };
        if (ended is not BulkOutcome.Stuck && slice.Attempts < options.RepeatFailed)
        {
            run.Progress.Log(RunLogLevel.Warning, $"The query for {kind.Name} {reason}; it is run again.");
            await checkpoint.Failed(slice, reason, stream, cancel);
            stream.SetStage("waiting to try again");
            await Task.Delay(options.RepeatAfter * Math.Pow(2, slice.Attempts - 1), clock, cancel);
            return null;
        }
        if (slice.Depth < options.MostHalvings && await new HalveSlice(admin, database, run.StoreId, clock).Middle(slice, cancel) is { } middle)
        {
            run.Progress.Log(RunLogLevel.Warning, $"The query for {kind.Name} {reason}; it is cut into two.");
            return await checkpoint.Halve(slice, HalveSlice.By(slice.Kind), middle, reason, cancel);
        }
        if (partial is null)
            throw new InvalidOperationException(
                $"Shopify's query for {kind.Name} {reason}, also in smaller parts. Try again later; what was pulled until now is kept, and nothing was deleted.");
        run.Progress.Log(RunLogLevel.Warning, $"The query for {kind.Name} {reason}, also in smaller parts. What Shopify delivered of it is used where it is complete; nothing is deleted.");
        await checkpoint.Completed(slice, partial, null, ended.ObjectCount, isPartial: true, cancel);
        return null;
    }

    private async Task<string?> Fresh(PullSlice slice, CancellationToken cancel) =>
        slice.Operation is { } operation ? await bulk.FreshUrl(ShopifyId.Parse(operation), cancel) : null;

    private static void Show(BulkProgress progress, RunStream stream) => stream.SetStage(progress.Stage switch
    {
        BulkStage.WaitingForSlot => "waiting for one of Shopify's five places",
        BulkStage.ShopIsBusy => "waiting: Shopify runs as many bulk operations in this shop as it allows",
        BulkStage.StartUnknown => "Shopify did not answer whether it has started; trying again",
        BulkStage.Created => "Shopify is about to read",
        BulkStage.Canceling => "being cancelled",
        _ => string.Create(CultureInfo.InvariantCulture, $"Shopify is reading: {progress.ObjectCount:N0}"),
    });
}
