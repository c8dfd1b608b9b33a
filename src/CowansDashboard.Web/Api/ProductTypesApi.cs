using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>The product types of a shop, for programs.</summary>
public static class ProductTypesApi
{
    public static IEndpointRouteBuilder MapProductTypesApi(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/collections/product-types", List).WithTags("Collections").RequireAuthorization(Policies.Viewer).WithName("ListProductTypes")
            .WithSummary("The product types of a shop with their products, and those that seem to be one")
            .WithDescription("A group names the spelling that most products have and those that could become it; POST /api/batch/create with {\"edit\": {\"action\": \"types\", \"spellings\": {\"Tees\": \"T-shirts\"}}} prepares that.");
        return app;
    }

    private static async Task<Results<Ok<Answer<ProductTypesAnswer>>, ProblemHttpResult>> List(ReadProductTypes read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var found = await read.Read(store.Id, cancel);
        return TypedResults.Ok(Answer.Of(new ProductTypesAnswer(found.Spellings, found.Without,
            [.. found.Groups.Select(group => new GroupAnswer(group.Kept.Name, [.. group.Others.Select(other => new SpellingAnswer(other.Name, other.Products, found.UseOf(other.Name).Collections, found.UseOf(other.Name).Views))], group.Products))])));
    }

    public sealed record ProductTypesAnswer(IReadOnlyList<TypeSpelling> Types, long WithoutType, IReadOnlyList<GroupAnswer> NearDuplicates);

    /// <summary>Spellings that seem to mean one type: the most used one, the others, and how many products those have.</summary>
    public sealed record GroupAnswer(string Kept, IReadOnlyList<SpellingAnswer> Others, long Products);

    /// <summary>One spelling with what else names it: collections by a condition, and saved views.</summary>
    public sealed record SpellingAnswer(string Name, long Products, IReadOnlyList<string> Collections, IReadOnlyList<string> Views);
}
