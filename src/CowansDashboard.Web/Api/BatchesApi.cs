using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Batches for programs: a bulk edit that is prepared and kept, looked at, applied when somebody says so, and sent to Shopify.</summary>
public static class BatchesApi
{
    private const int StandardDays = 30;
    private const int StandardSize = 100;
    private const int MostSize = 500;

    public static IEndpointRouteBuilder MapBatchesApi(this IEndpointRouteBuilder app)
    {
        var batch = app.MapGroup("/api/batch").WithTags("Batches");
        batch.MapPost("/create", Create).RequireAuthorization(Policies.Merchandiser).WithName("CreateBatch")
            .WithSummary("Prepares an edit of many products and keeps it; nothing is changed")
            .WithDescription("Products are named by `productIds` or by `matching`, as in /api/products/batch. `edit` is one action: "
                + "`{\"action\":\"price\",\"move\":\"percent\",\"amount\":-10,\"ending\":\"ninetyNine\",\"isCompareAt\":false}`, `{\"action\":\"set\",\"field\":\"vendor\",\"value\":\"Aran Mills\"}`, "
                + "`{\"action\":\"tags\",\"add\":[\"new\"],\"remove\":[]}`, `{\"action\":\"types\",\"spellings\":{\"Tees\":\"T-shirts\"}}`, `{\"action\":\"collection\",\"collectionId\":7,\"takes\":false}`, `{\"action\":\"own-category\",\"categoryId\":12}` (of your own tree; null takes products out of theirs), `replace`, `stock`, `metafield`, `clear-compare-at` or `{\"action\":\"delete\",\"hours\":24}`.");
        batch.MapPost("/{id}/process", Process).RequireAuthorization(Policies.Merchandiser).WithName("ProcessBatch")
            .WithSummary("Applies a batch once; with push, sends to Shopify what an applied batch has changed")
            .WithDescription("`confirm`, `confirmZeros`, `count` and `canary` are those of /api/products/batch. What was applied waits for Shopify; call again with `push: true` once the status is applied.");
        batch.MapGet("/{id}/status", Status).RequireAuthorization(Policies.Viewer).WithName("BatchStatus").WithSummary("How far a batch is, and what became of its rows");
        batch.MapGet("/{id}/rows", Rows).RequireAuthorization(Policies.Viewer).WithName("BatchRows").WithSummary("The rows of a batch before and after, page by page")
            .WithDescription($"which is changing (what changes and what was left out; so without the word), refused or skipped. size is at most {MostSize}, {StandardSize} unless the address says otherwise. meta.next is the address of the next page.");
        batch.MapPost("/{id}/approve", Approve).RequireAuthorization(Policies.Merchandiser).WithName("ApproveBatch")
            .WithSummary("A second person agrees to a batch that is above the limits of the shop")
            .WithDescription("Whoever prepared a batch cannot approve it. `revision` is that of the batch as it was looked at, from its status: rows that were left out or taken in since are answered with 409. "
                + "An approved batch is applied by anybody’s POST /api/batch/{id}/process; a scheduled one begins at its time.");
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
            return Problems.Field("edit", "edit is no action that there is: price, clear-compare-at, set, tags, replace, stock, metafield, collection, own-category, types or delete, each with its values.");
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
                return Problems.Of(StatusCodes.Status409Conflict, $"{needs.Sentence} Nothing was changed; they POST /api/batch/{id}/approve with revision: {batch.Revision}, or approve it at {BulkEditPage.Url(batch.Id)}.");
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
        if (await processing.Plans.Find(storeId, planId, cancel) is { NeedsApproval: true })
            return Problems.Of(StatusCodes.Status409Conflict,
                $"One person alone may not send so many products. Nothing was sent; the plan waits for a second person, who may POST /api/sync/plans/{planId.Text()}/approve, and then POST /api/sync/plans/{planId.Text()}/start sends it.");
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

    private static async Task<Results<Ok<Answer<IReadOnlyList<BatchRowAnswer>>>, ProblemHttpResult>> Rows(
        string id, HttpRequest request, ListStores stores, ReadBulkPreview read, CancellationToken cancel, string? storeId = null, string? which = null, string? after = null, string? size = null)
    {
        BulkRows? asked = which switch { null or "" or "changing" => BulkRows.Changing, "refused" => BulkRows.Refused, "skipped" => BulkRows.Skipped, _ => null };
        if (asked is not { } rows)
            return Problems.Field("which", $"which is “{which}”; it is changing, refused or skipped.");
        var most = StandardSize;
        if (!string.IsNullOrEmpty(size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostSize))
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {MostSize}.");
        if (!long.TryParse(string.IsNullOrEmpty(after) ? "0" : after, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
            return Problems.Field("after", $"after is “{after}”; it is the id of a row, digits only.");
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return NoId(id);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        // Not the batch with its figures: they count all of its rows, for each page.
        var found = await read.Rows(store.Id, number, rows, from, most + 1, cancel);
        if (found.Count == 0 && !await read.Exists(store.Id, number, cancel))
            return NoBatch(id, store);
        return TypedResults.Ok(Answer.Of<IReadOnlyList<BatchRowAnswer>>(
            [.. found.Take(most).Select(BatchRowAnswer.Of)], null, new PageMeta(1, most, null, found.Count > most ? NextPage.Of(request, found[most - 1].Id.Text()) : null)));
    }

    private static async Task<Results<Ok<Answer<BatchAnswer>>, ProblemHttpResult>> Approve(
        string id, ApproveRequest request, ClaimsPrincipal user, ListStores stores, ReadBulkPreview read, ApproveBulkEdit approve, CancellationToken cancel)
    {
        if (request.Revision is not { } revision)
            return Problems.Field("revision", "revision is missing: the number that GET /api/batch/{id}/status answered when the batch was looked at.");
        var (store, batch, problem) = await Find(id, request.StoreId, stores, read, cancel);
        if (batch is null)
            return problem!;
        if (batch.Status is BulkStatus.Applying or BulkStatus.Applied)
            return Problems.Of(StatusCodes.Status409Conflict, "This edit has been applied already.");
        if (batch.NeedsApproval.Count == 0)
            return Problems.Of(StatusCodes.Status409Conflict, "This batch is within what one person may do alone: it needs nobody’s approval.");
        return await approve.Approve(store!.Id, batch.Id, revision, user.AsAskedBy(), cancel) switch
        {
            ApproveBulkOutcome.Approved => TypedResults.Ok(Answer.Of(BatchAnswer.Of((await read.Find(store.Id, batch.Id, cancel))!, null), "Approved as it stands.")),
            ApproveBulkOutcome.OwnEdit own => Problems.Of(StatusCodes.Status409Conflict, own.Sentence),
            ApproveBulkOutcome.Altered => Problems.Field("revision", $"The batch is of revision {batch.Revision}: it was altered after it was looked at. Look at its rows again.", StatusCodes.Status409Conflict),
            _ => throw new InvalidOperationException("An approval has no other outcome."),
        };
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
            return (null, null, NoId(id));
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, problem);
        return await read.Find(store.Id, number, cancel) is { } batch ? (store, batch, null) : (store, null, NoBatch(id, store));
    }

    private static ProblemHttpResult NoId(string id) => Problems.Field("id", $"id is “{id}”; it is the id of a batch, digits only.");

    private static ProblemHttpResult NoBatch(string id, StoreRow store) => Problems.NotFound($"There is no batch {id} in {store.Name}.");

    private static Accepted<Answer<ProcessAnswer>> Accepted(ProcessAnswer answer, string message) =>
        TypedResults.Accepted($"/api/sync/parallel/status?id={answer.RunId}", Answer.Of(answer, message));

    public sealed record CreateRequest(JsonElement? Edit) : BatchEditsApi.BatchRequest;

    public sealed record ProcessRequest(string? StoreId, bool? Confirm, long? ConfirmZeros, long? Count, int? Canary, bool? Push);

    public sealed record ApproveRequest(int? Revision, string? StoreId);

    public sealed record ProcessAnswer(string Id, string RunId, string? PlanId);

    public sealed record BatchAnswer(
        string Id, string Title, string Status, string MadeBy, DateTimeOffset MadeAt, BatchEditsApi.BatchCounts Counts, long Done, long Skipped, long LeftOut,
        int Revision, IReadOnlyList<string> NeedsApproval, bool WaitsForApproval, string? ApprovedBy, string? ChangeSetId, RunStatusData? Run)
    {
        public static BatchAnswer Of(BulkPreview batch, RunStatusData? run) => new(batch.Id.Text(), batch.Title, batch.Status.ToString().ToLowerInvariant(), batch.MadeBy, batch.MadeAt.ToUniversalTime(),
            BatchEditsApi.BatchCounts.Of(batch), batch.Done, batch.Skipped, batch.Excluded, batch.Revision, batch.NeedsApproval, batch.WaitsForApproval, batch.ApprovedBy, batch.ChangeSetId?.Text(), run);
    }

    /// <summary>One row of a batch; outcome is waiting, done, refused or skipped, and reason says why the last two.</summary>
    public sealed record BatchRowAnswer(string Id, string ProductId, string Product, string? Variant, string Field, JsonNode? Seen, JsonNode? New, bool LeftOut, string Outcome, string? Reason)
    {
        public static BatchRowAnswer Of(BulkRow row) => new(row.Id.Text(), row.ProductId.Text(), row.Product, row.Variant, row.Field, row.Seen, row.New, row.Excluded, row.Outcome, row.Reason);
    }

    /// <summary>The use cases of applying and sending a batch.</summary>
    public sealed record Processing(ReadBulkPreview Read, StartBulkEdit Start, AskForApproval Ask, ReadChangedProducts Changed, PreparePush Prepare, ReadPushPlan Plans, StartPush Send, ListStores Stores);
}
