using System.Globalization;
using CowansDashboard.Catalog;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace CowansDashboard.Web.Api;

/// <summary>Products for programs: lists by the grid's own filters, and one with all that belongs to it.</summary>
public static class ProductsApi
{
    private const int LargestPage = 100;
    private const int StandardPage = 50;

    // A cursor holds the sort's value as text: that of another sort is no number or moment to PostgreSQL.
    private const string DataException = "22";

    private static readonly string[] OwnParameters = ["storeId", "page", "size", "sort", "after"];

    public static IEndpointRouteBuilder MapProductsApi(this IEndpointRouteBuilder app)
    {
        var products = app.MapGroup("/api/products").WithTags("Products").RequireAuthorization(Policies.Viewer);
        products.MapGet("/", List).WithName("ListProducts")
            .WithSummary("Lists products by search, filters and order")
            .WithDescription(Syntax);
        products.MapGet("/{id}", One).WithName("GetProduct")
            .WithSummary("One product with its options, variants, stock, media, metafields, collections and publications");
        return app;
    }

    /// <summary>The filter syntax, as the OpenAPI document tells it.</summary>
    public static string Syntax =>
        "Filters are parameters, all of which must hold: " + string.Join(", ", FilterField.All.SelectMany(each => each.Operators.Select(@operator =>
            "`" + each.Name + (@operator.Length > 0 ? "." + @operator : "") + "`"))) +
        ". Repeat a parameter for several values: any of them must hold, with `.all` each, with `.none` no one. " +
        "`status` is active, draft, archived or unlisted; `sync` is in-sync, pending, here-only, conflict, gone or removed; `image` is yes or no; " +
        "`collection` and `publication` take ids of the copy; `own-category` takes ids of your own tree, includes what lies below, and 0 means in none; `category` takes an id of Shopify’s taxonomy such as aa-1-13 and includes what lies below; " +
        "`updated.since` and `updated.before` take 2026-11-20, 2026-11-20T09:30:00Z, 7d or 12h, a day being one of the shop’s time zone; an empty `vendor`, `type` or `category` means none. " +
        "`search` looks in titles, vendors, types, tags, handles, SKUs and barcodes, and forgives slips; quotes keep words together. " +
        "`sort` is " + ProductSort.Expected + ". " +
        "`page` counts from 1 and `size` goes to 100; follow `meta.next`, which costs the same at any depth.";

    private static async Task<Results<Ok<Answer<IReadOnlyList<ProductAnswer>>>, ProblemHttpResult>> List(
        HttpRequest request, ListStores stores, FindProducts find, CountProducts count, CancellationToken cancel, string? storeId = null, string? page = null, string? size = null, string? search = null, string? sort = null, string? after = null)
    {
        if (Number(page, 1, int.MaxValue) is not { } number)
            return Problems.Field("page", $"page is “{page}”; it is a whole number from 1.");
        if (Number(size ?? StandardPage.ToString(CultureInfo.InvariantCulture), 1, LargestPage) is not { } rows)
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {LargestPage}.");
        var (filter, problems) = FilterText.Read(Given(request), "search");
        if (problems.Count > 0)
            return Problems.Field(problems[0].Parameter, problems[0].Message);
        var order = ProductSort.Read(sort);
        if (order is null && !string.IsNullOrEmpty(sort))
            return Problems.Field("sort", $"sort is “{sort}”; it is {ProductSort.Expected}.");
        var cursor = ProductCursor.Read(after);
        if (cursor is null && !string.IsNullOrEmpty(after))
            return Problems.Field("after", "after is not a place that this API gave; follow meta.next as it is.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;

        PagePlace place = cursor is null ? new PagePlace.Numbered(number) : new PagePlace.After(cursor);
        FoundProducts found;
        try
        {
            found = await find.Find(new(store.Id, filter, ProductSort.For(order, filter), rows, place), cancel);
        }
        catch (PostgresException unfit) when (cursor is not null && unfit.SqlState.StartsWith(DataException, StringComparison.Ordinal))
        {
            return Problems.Field("after", "after belongs to another order than sort names; begin again without it, or follow meta.next as it is.");
        }
        var total = found.Total ?? await count.Count(store.Id, filter, cancel);
        var next = found.End is null ? null : Next(request, number + 1, found.End);
        return TypedResults.Ok(Answer.Of<IReadOnlyList<ProductAnswer>>(
            [.. found.Rows.Select(ProductAnswer.Of)], Corrected(found.Search), new(number, rows, total, next)));
    }

    private static async Task<Results<Ok<Answer<ProductDetailsAnswer>>, ProblemHttpResult>> One(
        string id, ListStores stores, ReadProduct read, CancellationToken cancel, string? storeId = null)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        return await read.Read(store.Id, number, cancel) is { DeletedAt: null } product
            ? TypedResults.Ok(Answer.Of(ProductDetailsAnswer.Of(product, store.Currency)))
            : Problems.NotFound($"There is no product {id} in {store.Name}.");
    }

    private static int? Number(string? text, int from, int to) =>
        text is null ? from
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number : null;

    private static IEnumerable<KeyValuePair<string, string>> Given(HttpRequest request) =>
        from parameter in request.Query
        where !OwnParameters.Contains(parameter.Key)
        from value in parameter.Value
        select KeyValuePair.Create(parameter.Key, value ?? "");

    private static string Next(HttpRequest request, int page, ProductCursor end)
    {
        var kept = request.Query.Where(parameter => parameter.Key is not ("page" or "after"));
        return request.Path + QueryString.Create(kept).Add("page", page.ToString(CultureInfo.InvariantCulture)).Add("after", end.Text);
    }

    private static string? Corrected(SearchTerms? search) =>
        search?.Corrected.Select(term => $"Nothing contains “{term.Typed}”; shown is “{string.Join("” or “", term.Words)}”.").FirstOrDefault();
}
