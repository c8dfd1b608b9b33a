using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Editing many products at once, from programs. Everything is previewed first; a dry run ends there.</summary>
public static class BatchEditsApi
{
    private const string Description =
        "Products are named by `productIds`, or by `matching`: filters as GET /api/products takes them, such as `vendor=Aran+Mills&status=active`. "
        + "`dryRun` answers the counts and changes nothing. Many refused rows are answered with 409 until `confirm` is true; where prices would become 0, `confirmZeros` is their number. "
        + "Above the limits that an administrator set a second person has to approve the preview first, whose address the answer names: on its page, or with POST /api/batch/{id}/approve. "
        + "Follow the run with /api/sync/parallel/status; what it changed waits for Shopify and can be undone.";

    public static IEndpointRouteBuilder MapBatchEditsApi(this IEndpointRouteBuilder app)
    {
        var batch = app.MapGroup("/api/products/batch").WithTags("Products").RequireAuthorization(Policies.Merchandiser);
        batch.MapPost("/update-status", Status).WithName("UpdateStatusOfProducts")
            .WithSummary("Gives many products a status: active, draft, archived or unlisted").WithDescription(Description);
        batch.MapPost("/update-category", Category).WithName("UpdateCategoryOfProducts")
            .WithSummary("Gives many products a category of Shopify’s taxonomy, such as aa-1-13-8; null takes it away").WithDescription(Description);
        batch.MapPost("/update-pricing", Pricing).WithName("UpdatePricesOfProducts")
            .WithSummary("Sets, raises or lowers prices or compare-at prices of all variants of many products")
            .WithDescription("`field` is price or compareAtPrice; `change` is set, add, percent or, for compareAtPrice, clear; `amount` is a number, below 0 to lower; `ending` is .99, .95 or whole. " + Description);
        return app;
    }

    private static Task<Results<Accepted<Answer<BatchReference>>, Ok<Answer<BatchCounts>>, ProblemHttpResult>> Status(
        StatusRequest request, ClaimsPrincipal user, [AsParameters] Editing editing, CancellationToken cancel) =>
        Edit(request, new SetField("status", request.Status?.ToUpperInvariant()), "status", user, editing, cancel);

    private static Task<Results<Accepted<Answer<BatchReference>>, Ok<Answer<BatchCounts>>, ProblemHttpResult>> Category(
        CategoryRequest request, ClaimsPrincipal user, [AsParameters] Editing editing, CancellationToken cancel) =>
        Edit(request, new SetField("category_id", request.Category), "category", user, editing, cancel);

    private static async Task<Results<Accepted<Answer<BatchReference>>, Ok<Answer<BatchCounts>>, ProblemHttpResult>> Pricing(
        PricingRequest request, ClaimsPrincipal user, [AsParameters] Editing editing, CancellationToken cancel)
    {
        if (request.Field is not (null or "price" or "compareAtPrice"))
            return Problems.Field("field", $"field is “{request.Field}”; it is price or compareAtPrice.");
        var compareAt = request.Field == "compareAtPrice";
        if (request.Change == "clear" && compareAt)
            return await Edit(request, new ClearCompareAt(), "amount", user, editing, cancel);
        PriceMove? move = request.Change switch { "set" => PriceMove.Set, "add" => PriceMove.Add, "percent" => PriceMove.Percent, _ => null };
        if (move is null)
            return Problems.Field("change", $"change is “{request.Change}”; it is set, add, percent or, for compareAtPrice, clear.");
        PriceEnding? ending = request.Ending switch { null => PriceEnding.None, ".99" => PriceEnding.NinetyNine, ".95" => PriceEnding.NinetyFive, "whole" => PriceEnding.Whole, _ => null };
        if (ending is null)
            return Problems.Field("ending", $"ending is “{request.Ending}”; it is .99, .95 or whole.");
        return request.Amount is { } amount
            ? await Edit(request, new PriceAction(compareAt, move.Value, amount, ending.Value), "amount", user, editing, cancel)
            : Problems.Field("amount", "amount is missing: a number such as 24.90, or -10 to lower.");
    }

    private static Task<Results<Accepted<Answer<BatchReference>>, Ok<Answer<BatchCounts>>, ProblemHttpResult>> Edit(
        BatchRequest request, BulkAction action, string field, ClaimsPrincipal user, Editing editing, CancellationToken cancel) =>
        Edit(request, action, field, null, user, editing, cancel);

    /// <summary>Previews and, unless it is a rehearsal, applies; <paramref name="removed"/> is the number of products that the sender expects to go.</summary>
    internal static async Task<Results<Accepted<Answer<BatchReference>>, Ok<Answer<BatchCounts>>, ProblemHttpResult>> Edit(
        BatchRequest request, BulkAction action, string field, long? removed, ClaimsPrincipal user, Editing editing, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, editing.Stores, cancel);
        if (problem is not null)
            return problem;
        var (selection, wrong) = Selection(request);
        if (wrong is not null)
            return wrong;
        var by = user.AsAskedBy();
        switch (await editing.Preview.Preview(new(store!.Id, selection, action, by), cancel))
        {
            case PreviewOutcome.Wrong bad:
                return Problems.Field(bad.Problem.Value == "ending" ? "ending" : field, bad.Problem.Sentence);
            case PreviewOutcome.Nothing:
                return Problems.Of(StatusCodes.Status409Conflict, "None of these products is in the copy.");
            case PreviewOutcome.Prepared prepared:
                var preview = (await editing.Read.Find(store.Id, prepared.PreviewId, cancel))!;
                if (request.DryRun is true)
                    return TypedResults.Ok(Answer.Of(BatchCounts.Of(preview), "Nothing was changed."));
                return await editing.Start.Start(store.Id, preview.Id, new BulkConsent { ToWarnings = request.Confirm is true, Zeros = request.ConfirmZeros, Removed = removed, Canary = request.Canary }, by, cancel) switch
                {
                    StartBulkOutcome.Started started => TypedResults.Accepted($"/api/sync/parallel/status?id={started.RunId.Text()}",
                        Answer.Of(new BatchReference(started.RunId.Text(), BatchCounts.Of(preview)), "The edit is enqueued.")),
                    StartBulkOutcome.AsksNumber number => Problems.Of(StatusCodes.Status409Conflict, $"{number.Sentence} Nothing was changed; send count: {number.Products.Text()} to go on."),
                    StartBulkOutcome.Asks asks => Problems.Of(StatusCodes.Status409Conflict, string.Join(" ", asks.Warnings)
                        + (asks.Zeros > 0 ? $" Nothing was changed; send confirm: true and confirmZeros: {asks.Zeros.Text()} to go on." : " Nothing was changed; send confirm: true to go on.")),
                    StartBulkOutcome.NeedsApproval needs => await Ask(store.Id, preview.Id, needs, editing, cancel),
                    StartBulkOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
                    _ => throw new InvalidOperationException("Starting has no other outcome."),
                };
            default:
                throw new InvalidOperationException("A preview has no other outcome.");
        }
    }

    private static async Task<ProblemHttpResult> Ask(long storeId, long previewId, StartBulkOutcome.NeedsApproval needs, Editing editing, CancellationToken cancel)
    {
        await editing.Ask.Ask(storeId, previewId, cancel);
        return Problems.Of(StatusCodes.Status409Conflict, $"{needs.Sentence} It waits at {BulkEditPage.Url(previewId)} and as batch {previewId.Text()} of /api/batch. Nothing was changed.");
    }

    internal static (ProductSelection Selection, ProblemHttpResult? Problem) Selection(BatchRequest request)
    {
        var none = ProductSelection.Nothing;
        if (request.ProductIds is { Count: > 0 } == !string.IsNullOrEmpty(request.Matching))
            return (none, Problems.Field("productIds", "Name the products by productIds, as GET /api/products answers their ids, or by matching, not by both."));
        if (request.ProductIds is { Count: > 0 } texts)
        {
            var ids = new List<long>();
            foreach (var text in texts)
            {
                if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                    return (none, Problems.Field("productIds", $"productIds holds “{text}”; ids are whole numbers as strings, as GET /api/products answers them."));
                ids.Add(id);
            }
            return (none.Set(ids, true), null);
        }
        var (filter, problems) = FilterText.Read(FilterText.Parameters(request.Matching!), "search");
        return problems.Count > 0 ? (none, Problems.Field("matching", problems[0].Message))
            : filter.IsEverything ? (none, Problems.Field("matching", "matching holds no filter; it is a filter such as vendor=Aran+Mills."))
            : (ProductSelection.All(filter), null);
    }

    /// <summary>What naming products, rehearsing and agreeing needs.</summary>
    public abstract record BatchRequest
    {
        public string? StoreId { get; init; }
        public IReadOnlyList<string>? ProductIds { get; init; }
        public string? Matching { get; init; }
        public bool? DryRun { get; init; }
        public bool? Confirm { get; init; }

        /// <summary>How many prices become 0.</summary>
        public long? ConfirmZeros { get; init; }

        /// <summary>So many products first; then the run waits until it is resumed.</summary>
        public int? Canary { get; init; }
    }

    public sealed record StatusRequest(string? Status) : BatchRequest;

    public sealed record CategoryRequest(string? Category) : BatchRequest;

    public sealed record PricingRequest(string? Field, string? Change, decimal? Amount, string? Ending) : BatchRequest;

    public sealed record BatchReference(string Id, BatchCounts Counts);

    /// <summary>What an edit changes, leaves and refuses.</summary>
    public sealed record BatchCounts(long Selected, long Products, long Variants, long Changing, long Unchanged, long Refused, IReadOnlyList<string> Warnings)
    {
        public static BatchCounts Of(BulkPreview preview) =>
            new(preview.Selected, preview.Products, preview.Variants, preview.Changing, preview.Unchanged, preview.Refused, preview.Warnings);
    }

    /// <summary>The use cases of one edit.</summary>
    public sealed record Editing(PreviewBulkEdit Preview, ReadBulkPreview Read, StartBulkEdit Start, AskForApproval Ask, ListStores Stores);
}
