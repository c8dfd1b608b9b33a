using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Which products and SKUs lie in a category, and putting products there.</summary>
public static class CategoryProductsApi
{
    private const int StandardSize = 50;
    private const int MostSize = 100;
    private const int MostAssigned = 10_000;

    private const string Pages = "below=false leaves out what lies in categories below. size is at most 100; meta.next is the address of the next page.";

    public static IEndpointRouteBuilder MapCategoryProductsApi(this IEndpointRouteBuilder app)
    {
        var categories = app.MapGroup("/api/v1/categories/{id}").WithTags("Categories");
        categories.MapGet("/products", Products).RequireAuthorization(Policies.Viewer).WithName("CategoryProducts").WithSummary("The products in a category and below it").WithDescription(Pages);
        categories.MapGet("/skus", Skus).RequireAuthorization(Policies.Viewer).WithName("CategorySkus").WithSummary("The SKUs in a category and below it").WithDescription(Pages);
        categories.MapPost("/products", Assign).RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName("AssignProducts").WithSummary("Puts products into a category")
            .WithDescription($"productIds, at most {MostAssigned}. A product lies in one category. Where the category is mapped, they are given that category of Shopify's taxonomy, which waits for a push.");
        categories.MapPost("/mapping", Give).RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName("GiveMappedCategory").WithSummary("Prepares that products in a category and below get the category of Shopify's taxonomy to which theirs is mapped")
            .WithDescription("Nothing is changed: batchId is a batch of /api/batch that waits for somebody to apply it, or null where every product has it already.");
        categories.MapDelete("/products/{productId}", Remove).RequireAuthorization(Policies.Merchandiser).WithName("RemoveFromCategory").WithSummary("Takes a product out of a category");
        return app;
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<CategoryProductAnswer>>>, ProblemHttpResult>> Products(
        string id, HttpRequest request, ReadCategoryProducts read, [AsParameters] Finding finding, CancellationToken cancel, string? below = null, string? after = null, string? size = null)
    {
        var (asked, problem) = await finding.Find(id, after, size, cancel);
        if (asked is null)
            return problem!;
        var rows = await read.Products(asked.Store.Id, asked.Category, below != "false", asked.After, asked.Size + 1, cancel);
        var next = rows.Count > asked.Size ? NextPage.Of(request, rows[asked.Size - 1].Id.Text()) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<CategoryProductAnswer>>(
            [.. rows.Take(asked.Size).Select(row => new CategoryProductAnswer(row.Id.Text(), row.Title, row.Status.ToLowerInvariant(), row.CategoryId.Text(), row.CategoryName, row.Skus))], null, new PageMeta(1, asked.Size, null, next)));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<CategorySkuAnswer>>>, ProblemHttpResult>> Skus(
        string id, HttpRequest request, ReadCategoryProducts read, [AsParameters] Finding finding, CancellationToken cancel, string? below = null, string? after = null, string? size = null)
    {
        var (asked, problem) = await finding.Find(id, after, size, cancel);
        if (asked is null)
            return problem!;
        var rows = await read.Skus(asked.Store.Id, asked.Category, below != "false", asked.After, asked.Size + 1, cancel);
        var next = rows.Count > asked.Size ? NextPage.Of(request, rows[asked.Size - 1].VariantId.Text()) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<CategorySkuAnswer>>(
            [.. rows.Take(asked.Size).Select(row => new CategorySkuAnswer(row.VariantId.Text(), row.Sku, row.VariantTitle, row.ProductId.Text(), row.ProductTitle, row.CategoryId.Text()))], null, new PageMeta(1, asked.Size, null, next)));
    }

    private static async Task<Results<Ok<Answer<AssignedAnswer>>, ProblemHttpResult>> Assign(
        string id, JsonObject body, ClaimsPrincipal user, AssignProducts assign, [AsParameters] Finding finding, CancellationToken cancel)
    {
        if (body["productIds"] is not JsonArray { Count: > 0 and <= MostAssigned } list || list.Any(each => !CategoriesApi.Id(each?.ToString(), out _)))
            return Problems.Field("productIds", $"productIds is a list of 1 to {MostAssigned} ids of products.");
        var (asked, problem) = await finding.Find(id, null, null, cancel);
        if (asked is null)
            return problem!;
        long[] ids = [.. list.Select(each => CategoriesApi.Id(each!.ToString(), out var product) ? product : 0)];
        var assigned = await assign.Assign(asked.Store.Id, asked.Category.Id, ids, user.AsAskedBy(), cancel);
        return assigned.CategoryIsGone ? Problems.Of(StatusCodes.Status409Conflict, "The category was deleted at this moment.") : TypedResults.Ok(Answer.Of(AssignedAnswer.Of(assigned)));
    }

    private static async Task<Results<Ok<Answer<GivenAnswer>>, ProblemHttpResult>> Give(
        string id, ClaimsPrincipal user, GiveMappedCategory give, [AsParameters] Finding finding, CancellationToken cancel)
    {
        var (asked, problem) = await finding.Find(id, null, null, cancel);
        if (asked is null)
            return problem!;
        var prepared = await give.Prepare(asked.Store.Id, asked.Category, user.AsAskedBy(), cancel);
        return TypedResults.Ok(Answer.Of(new GivenAnswer(prepared?.PreviewId.Text(), prepared?.Products ?? 0), "Nothing was changed."));
    }

    /// <summary>The batch that waits, and how many products it is about.</summary>
    public sealed record GivenAnswer(string? BatchId, long Products);

    private static async Task<Results<Ok<Answer<AssignedAnswer>>, ProblemHttpResult>> Remove(
        string id, string productId, ClaimsPrincipal user, AssignProducts assign, ReadCategoryProducts read, [AsParameters] Finding finding, CancellationToken cancel)
    {
        var (asked, problem) = await finding.Find(id, null, null, cancel);
        if (asked is null)
            return problem!;
        if (!CategoriesApi.Id(productId, out var product) || await read.Products(asked.Store.Id, asked.Category, false, product - 1, 1, cancel) is not [var lying] || lying.Id != product)
            return Problems.NotFound($"There is no product {productId} in {asked.Category.Name}.");
        return TypedResults.Ok(Answer.Of(AssignedAnswer.Of(await assign.Assign(asked.Store.Id, null, [product], user.AsAskedBy(), cancel))));
    }

    /// <summary>What finding a category and a page needs.</summary>
    public sealed record Finding(ReadCategories Read, ListStores Stores, string? StoreId = null)
    {
        internal async Task<(Asked? Asked, ProblemHttpResult? Problem)> Find(string id, string? after, string? size, CancellationToken cancel)
        {
            if (CategoriesApi.Whole(size, StandardSize, MostSize) is not { } most)
                return (null, Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {MostSize}."));
            if (!CategoriesApi.Id(string.IsNullOrEmpty(after) ? "0" : after, out var from))
                return (null, Problems.Field("after", $"after is “{after}”; it is an id, digits only."));
            var (store, problem) = await StoreChoice.Of(StoreId, Stores, cancel);
            if (store is null)
                return (null, problem);
            var (category, missing) = await CategoriesApi.Living(id, store, Read, cancel);
            return category is null ? (null, missing) : (new Asked(store, category, from, most), null);
        }
    }

    internal sealed record Asked(StoreRow Store, Category Category, long After, int Size);
}
