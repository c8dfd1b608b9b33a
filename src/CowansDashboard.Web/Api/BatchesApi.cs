using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Batches for programs: a bulk edit that is prepared and kept, looked at, applied when somebody says so, and sent to Shopify.</summary>
public static class BatchesApi
{
    private const int StandardDays = 30;

    public static IEndpointRouteBuilder MapBatchesApi(this IEndpointRouteBuilder app)
    {
        var batch = app.MapGroup("/api/batch").WithTags("Batches");
        batch.MapPost("/create", Create).RequireAuthorization(Policies.Merchandiser).WithName("CreateBatch")
            .WithSummary("Prepares an edit of many products and keeps it; nothing is changed")
            .WithDescription("Products are named by `productIds` or by `matching`, as in /api/products/batch. `edit` is one action: "
                + "`{\"action\":\"price\",\"move\":\"percent\",\"amount\":-10,\"ending\":\"ninetyNine\",\"isCompareAt\":false}`, `{\"action\":\"set\",\"field\":\"vendor\",\"value\":\"Aran Mills\"}`, "
                + "`{\"action\":\"tags\",\"add\":[\"new\"],\"remove\":[]}`, `replace`, `stock`, `metafield`, `clear-compare-at` or `{\"action\":\"delete\",\"hours\":24}`.");
        batch.MapPost("/{id}/process", Process).RequireAuthorization(Policies.Merchandiser).WithName("ProcessBatch")
            .WithSummary("Applies a batch once; with push, sends to Shopify what an applied batch has changed")
            .WithDescription("`confirm`, `confirmZeros`, `count` and `canary` are those of /api/products/batch. What was applied waits for Shopify; call again with `push: true` once the status is applied.");
        batch.MapGet("/{id}/status", Status).RequireAuthorization(Policies.Viewer).WithName("BatchStatus").WithSummary("How far a batch is, and what became of its rows");
        batch.MapGet("/stats", Stats).RequireAuthorization(Policies.Viewer).WithName("BatchStats").WithSummary("Batches of the last days and what became of their rows");
        return app;
    }

    private static async Task<Results<Created<Answer<BatchAnswer>>, ProblemHttpResult>> Create(
        CreateRequest request, ClaimsPrincipal user, PreviewBulkEdit prepare, ReadBulkPreview read, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        var (selection, wrong) = BatchEditsApi.Selection(request);
        if (wrong is not null)
            return wrong;
        BulkAction? action;
        try
        {
            action = request.Edit is { ValueKind: JsonValueKind.Object } edit ? edit.Deserialize(BulkJson.Default.BulkAction) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            return Problems.Field("edit", "edit is no action that there is: price, clear-compare-at, set, tags, replace, stock, metafield or delete, each with its values.");
        }
        if (action is null)
            return Problems.Field("edit", "edit is missing: the one action to prepare, such as {\"action\":\"set\",\"field\":\"status\",\"value\":\"DRAFT\"}.");
        return await prepare.Preview(new(store!.Id, selection, action, user.AsAskedBy()), cancel) switch
        {
            PreviewOutcome.Wrong bad => Problems.Field("edit", bad.Problem.Sentence),
            PreviewOutcome.Nothing nothing => Problems.Of(StatusCodes.Status409Conflict, nothing.Sentence),
            PreviewOutcome.Prepared prepared => TypedResults.Created($"/api/batch/{prepared.PreviewId.Text()}/status",
                Answer.Of(BatchAnswer.Of((await read.Find(store.Id, prepared.PreviewId, cancel))!, null), "Nothing was changed. The batch is kept.")),
            _ => throw new InvalidOperationException("A preview has no other outcome."),
        };
    }

    private static async Task<Results<Accepted<Answer<ProcessAnswer>>, ProblemHttpResult>> Process(
        string id, ProcessRequest request, ClaimsPrincipal user, [AsParameters] Processing processing, CancellationToken cancel)
    {
        var (store, batch, problem) = await Find(id, request.StoreId, processing.Stores, processing.Read, cancel);
        if (problem is not null)
            return problem;
        var by = user.AsAskedBy();
        if (batch!.Status == BulkStatus.Applied && request.Push is true)
            return await Push(store!.Id, batch, by, processing, cancel);
        var consent = new BulkConsent { ToWarnings = request.Confirm is true, Zeros = request.ConfirmZeros, Removed = request.Count, Canary = request.Canary };
        switch (await processing.Start.Start(store!.Id, batch.Id, consent, by, cancel))
        {
            case StartBulkOutcome.Started started:
                return Accepted(new ProcessAnswer(id, started.RunId.Text(), null), "The edit is enqueued.");
            case StartBulkOutcome.AsksNumber number:
                return Problems.Of(StatusCodes.Status409Conflict, $"{number.Sentence} Nothing was changed; send count: {number.Products.Text()} to go on.");
            case StartBulkOutcome.Asks asks:
                return Problems.Of(StatusCodes.Status409Conflict, string.Join(" ", asks.Warnings)
                    + $" Nothing was changed; send confirm: true{(asks.Zeros > 0 ? $" and confirmZeros: {asks.Zeros.Text()}" : "")} to go on.");
            case StartBulkOutcome.NeedsApproval needs:
                await processing.Ask.Ask(store.Id, batch.Id, cancel);
                return Problems.Of(StatusCodes.Status409Conflict, $"{needs.Sentence} Nothing was changed.");
            case StartBulkOutcome.Refused refused:
                return Problems.Of(StatusCodes.Status409Conflict, refused.Sentence);
            default:
                throw new InvalidOperationException("Starting has no other outcome.");
        }
    }

    private static async Task<Results<Accepted<Answer<ProcessAnswer>>, ProblemHttpResult>> Push(
        long storeId, BulkPreview batch, AskedBy by, Processing processing, CancellationToken cancel)
    {
        var products = await processing.Changed.Read(storeId, batch.Id, cancel);
        if (await processing.Prepare.Prepare(new PushRequest(storeId, batch.Title, by) { ProductIds = products }, cancel) is not PreparePushOutcome.Prepared { PlanId: var planId })
            return Problems.Of(StatusCodes.Status409Conflict, "Nothing of this batch waits for Shopify, so there is nothing to send.");
        return await processing.Send.Start(storeId, planId, null, by, cancel) switch
        {
            StartPushOutcome.Started started => Accepted(new ProcessAnswer(batch.Id.Text(), started.RunId.Text(), planId.Text()), "The push is enqueued."),
            StartPushOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<BatchAnswer>>, ProblemHttpResult>> Status(
        string id, ListStores stores, ReadBulkPreview read, FindRun find, TimeProvider clock, CancellationToken cancel, string? storeId = null)
    {
        var (_, batch, problem) = await Find(id, storeId, stores, read, cancel);
        if (problem is not null)
            return problem;
        var run = batch!.RunId is { } runId ? (await find.Find(runId, cancel))?.Now : null;
        return TypedResults.Ok(Answer.Of(BatchAnswer.Of(batch, run is null ? null : RunStatusData.Of(run, clock.GetUtcNow()))));
    }

    private static async Task<Results<Ok<Answer<BatchFigures>>, ProblemHttpResult>> Stats(
        ListStores stores, CountBatches count, CancellationToken cancel, string? storeId = null, string? days = null)
    {
        var asked = StandardDays;
        if (!string.IsNullOrEmpty(days) && (!int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out asked) || asked is < 1 or > CountBatches.MostDays))
            return Problems.Field("days", $"days is “{days}”; it is a whole number from 1 to {CountBatches.MostDays}.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        return store is null ? problem! : TypedResults.Ok(Answer.Of(await count.Count(store.Id, asked, cancel)));
    }

    private static async Task<(StoreRow? Store, BulkPreview? Batch, ProblemHttpResult? Problem)> Find(
        string id, string? storeId, ListStores stores, ReadBulkPreview read, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, null, Problems.Field("id", $"id is “{id}”; it is the id of a batch, digits only."));
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, problem);
        return await read.Find(store.Id, number, cancel) is { } batch ? (store, batch, null) : (store, null, Problems.NotFound($"There is no batch {id} in {store.Name}."));
    }

    private static Accepted<Answer<ProcessAnswer>> Accepted(ProcessAnswer answer, string message) =>
        TypedResults.Accepted($"/api/sync/parallel/status?id={answer.RunId}", Answer.Of(answer, message));

    public sealed record CreateRequest(JsonElement? Edit) : BatchEditsApi.BatchRequest;

    public sealed record ProcessRequest(string? StoreId, bool? Confirm, long? ConfirmZeros, long? Count, int? Canary, bool? Push);

    public sealed record ProcessAnswer(string Id, string RunId, string? PlanId);

    public sealed record BatchAnswer(
        string Id, string Title, string Status, string MadeBy, DateTimeOffset MadeAt, BatchEditsApi.BatchCounts Counts, long Done, long Skipped, long LeftOut,
        bool WaitsForApproval, string? ChangeSetId, RunStatusData? Run)
    {
        public static BatchAnswer Of(BulkPreview batch, RunStatusData? run) => new(batch.Id.Text(), batch.Title, batch.Status.ToString().ToLowerInvariant(), batch.MadeBy, batch.MadeAt.ToUniversalTime(),
            BatchEditsApi.BatchCounts.Of(batch), batch.Done, batch.Skipped, batch.Excluded, batch.WaitsForApproval, batch.ChangeSetId?.Text(), run);
    }

    /// <summary>The use cases of applying and sending a batch.</summary>
    public sealed record Processing(ReadBulkPreview Read, StartBulkEdit Start, AskForApproval Ask, ReadChangedProducts Changed, PreparePush Prepare, StartPush Send, ListStores Stores);
}
