using System.Globalization;
using System.Text.Json;
using CowansDashboard.Collections;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Collections;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace CowansDashboard.Web.Api;

/// <summary>Collections for programs: the list, one with its sources, and its products in its order.</summary>
public static class CollectionsApi
{
    private const int LargestPage = 100;
    private const int StandardPage = 50;

    // A cursor holds the sort's value as text: that of another sort is no number or moment to PostgreSQL.
    private const string DataException = "22";

    public static IEndpointRouteBuilder MapCollectionsApi(this IEndpointRouteBuilder app)
    {
        var collections = app.MapGroup("/api/collections").WithTags("Collections").RequireAuthorization(Policies.Viewer);
        collections.MapGet("/", List).WithName("ListCollections")
            .WithSummary("Lists collections by words, kind of sources and order")
            .WithDescription($"`search` looks in titles and handles, all words must be found; `source` is {Kinds}; `sort` is {CollectionSort.Expected}; `size` goes to 100. Follow `meta.next`, which costs the same at any depth.");
        collections.MapGet("/{id}", One).WithName("GetCollection")
            .WithSummary("One collection with its sources as Shopify holds them, and where it is published");
        collections.MapGet("/{id}/products", Products).WithName("ListCollectionProducts")
            .WithSummary("The products of a collection, in its order")
            .WithDescription("`page` counts from 1 and `size` goes to 100.");
        return app;
    }

    private static string Kinds => string.Join(", ", CollectionsState.Kinds.Select(each => each.Name));

    private static async Task<Results<Ok<Answer<IReadOnlyList<CollectionListAnswer>>>, ProblemHttpResult>> List(
        HttpRequest request, ListStores stores, FindCollections find, CancellationToken cancel, string? storeId = null, string? size = null, string? search = null, string? source = null, string? sort = null, string? page = null, string? after = null)
    {
        if (Number(size, StandardPage, LargestPage) is not { } rows)
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {LargestPage}.");
        if (Number(page, 1, int.MaxValue) is not { } number)
            return Problems.Field("page", $"page is “{page}”; it is a whole number from 1.");
        if (search?.Contains('\0', StringComparison.Ordinal) == true)
            return Problems.Field("search", "search holds a character that no title has (U+0000).");
        var kind = CollectionsState.KindOf(source);
        if (kind is null && !string.IsNullOrEmpty(source))
            return Problems.Field("source", $"source is “{source}”; it is one of {Kinds}.");
        var order = CollectionSort.Read(sort);
        if (order is null && !string.IsNullOrEmpty(sort))
            return Problems.Field("sort", $"sort is “{sort}”; it is {CollectionSort.Expected}.");
        var cursor = ProductCursor.Read(after);
        if (cursor is null && (!string.IsNullOrEmpty(after) || number > 1))
            return Problems.Field(string.IsNullOrEmpty(after) ? "page" : "after", "after is not a place that this API gave; follow meta.next as it is.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        FoundCollections found;
        try
        {
            found = await find.Find(new(store.Id, search ?? "", kind, order ?? CollectionSort.Default, rows, cursor is null ? PagePlace.First : new PagePlace.After(cursor)), cancel);
        }
        catch (PostgresException unfit) when (cursor is not null && unfit.SqlState.StartsWith(DataException, StringComparison.Ordinal))
        {
            return Problems.Field("after", "after belongs to another order than sort names; begin again without it, or follow meta.next as it is.");
        }
        var next = found.End is null ? null : Next(request, number + 1, found.End.Text);
        return TypedResults.Ok(Answer.Of<IReadOnlyList<CollectionListAnswer>>([.. found.Rows.Select(CollectionListAnswer.Of)], null, new(number, rows, found.Total, next)));
    }

    private static async Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> One(
        string id, ListStores stores, ReadCollection read, CancellationToken cancel, string? storeId = null)
    {
        var (_, found, wrong) = await Find(id, storeId, stores, read, cancel);
        return found is null ? wrong! : TypedResults.Ok(Answer.Of(CollectionDetailsAnswer.Of(found)));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<CollectionProductAnswer>>>, ProblemHttpResult>> Products(
        string id, HttpRequest request, ListStores stores, ReadCollection read, ReadMembers members, CancellationToken cancel, string? storeId = null, string? page = null, string? size = null)
    {
        if (Number(size, StandardPage, LargestPage) is not { } rows)
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {LargestPage}.");
        if (Number(page, 1, int.MaxValue / LargestPage) is not { } number)
            return Problems.Field("page", $"page is “{page}”; it is a whole number from 1.");
        var (store, found, wrong) = await Find(id, storeId, stores, read, cancel);
        if (found is null)
            return wrong!;
        var list = await members.Read(store!.Id, found.Row.Id, (number - 1) * rows, rows, cancel);
        var next = (long)number * rows < found.Row.Products ? Next(request, number + 1, null) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<CollectionProductAnswer>>([.. list.Select(CollectionProductAnswer.Of)], null, new(number, rows, found.Row.Products, next)));
    }

    private static async Task<(StoreRow? Store, CollectionDetails? Found, ProblemHttpResult? Wrong)> Find(
        string id, string? storeId, ListStores stores, ReadCollection read, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, null, Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only."));
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, wrong);
        return await read.Read(store.Id, number, cancel) is { DeletedAt: null } found
            ? (store, found, null)
            : (store, null, Problems.NotFound($"There is no collection {id} in {store.Name}."));
    }

    private static int? Number(string? text, int standard, int most) =>
        text is null ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;

    private static string Next(HttpRequest request, int page, string? after)
    {
        var next = QueryString.Create(request.Query.Where(parameter => parameter.Key is not ("page" or "after"))).Add("page", page.ToString(CultureInfo.InvariantCulture));
        return request.Path + (after is null ? next : next.Add("after", after));
    }
}

/// <summary>A collection of a list. <c>sources</c> are picked, conditions, sub-collections or unknown.</summary>
public sealed record CollectionListAnswer(
    string Id, string? ShopifyId, string Title, string Handle, string? ImageUrl, IReadOnlyList<string> Sources, long ProductsCount, string SortOrder,
    IReadOnlyList<string> Publications, string SyncState, int Version, DateTimeOffset UpdatedAt, RemovedCollectionAnswer? Removal)
{
    public static CollectionListAnswer Of(CollectionRow row) => new(
        row.Id.Text(), row.ShopifyId?.Text(), row.Title, row.Handle, row.ImageUrl, [.. CollectionsState.Kinds.Where(each => row.Sources.HasFlag(each.Kind)).Select(each => each.Name)],
        row.Products, row.SortOrder.ToLowerInvariant(), row.Publications, FilterField.Sync.Values![(int)row.Sync], row.Version, row.UpdatedAt.ToUniversalTime(), RemovedCollectionAnswer.Of(row.Removal));
}

/// <summary>
/// How far the removal of a collection is. <c>confirmedAt</c> is when Shopify published it nowhere any more, <c>endsAt</c> when Shopify deletes it;
/// <c>changed</c> names what was changed in Shopify since, which keeps it.
/// </summary>
public sealed record RemovedCollectionAnswer(int RollbackHours, DateTimeOffset? ConfirmedAt, DateTimeOffset? EndsAt, bool IsGoing, string? Problem, IReadOnlyList<string> Changed)
{
    public static RemovedCollectionAnswer? Of(CollectionRemoval? removal) => removal is null ? null
        : new(removal.Hours, removal.ConfirmedAt?.ToUniversalTime(), removal.EndsAt?.ToUniversalTime(), removal.IsGoing, removal.Problem, removal.Changed);
}

/// <summary>A source; <c>definition</c> is what Shopify returned.</summary>
public sealed record CollectionSourceAnswer(string Id, string? ShopifyId, string Type, string Title, JsonElement Definition);

/// <summary>One collection.</summary>
public sealed record CollectionDetailsAnswer(
    string Id, string? ShopifyId, string Title, string Handle, string? ImageUrl, string? ImageAlt, string DescriptionHtml, SeoAnswer Seo, string? TemplateSuffix, string SortOrder,
    long ProductsCount, IReadOnlyList<string> Publications, IReadOnlyList<CollectionSourceAnswer> Sources, string SyncState, int Version, DateTimeOffset UpdatedAt, DateTimeOffset? ShopifyUpdatedAt, RemovedCollectionAnswer? Removal)
{
    public static CollectionDetailsAnswer Of(CollectionDetails found) => new(
        found.Row.Id.Text(), found.Row.ShopifyId?.Text(), found.Row.Title, found.Row.Handle, found.Row.ImageUrl, found.ImageAlt, found.DescriptionHtml,
        new(found.SeoTitle, found.SeoDescription), found.TemplateSuffix, found.Row.SortOrder.ToLowerInvariant(), found.Row.Products, found.Row.Publications,
        [.. found.Sources.Select(source => new CollectionSourceAnswer(source.Id.Text(), source.Gid, source.Type, source.Title, source.Definition))],
        FilterField.Sync.Values![(int)found.Row.Sync], found.Row.Version, found.Row.UpdatedAt.ToUniversalTime(), found.RemoteUpdatedAt?.ToUniversalTime(), RemovedCollectionAnswer.Of(found.Row.Removal));
}

/// <summary>A product at its place in a collection.</summary>
public sealed record CollectionProductAnswer(
    int Position, string Id, string? ShopifyId, string Title, string Status, string Vendor, string? MinPrice, string? MaxPrice, long? Stock, string? ThumbnailUrl, string SyncState)
{
    public static CollectionProductAnswer Of(CollectionMember member) => new(
        member.Position, member.ProductId.Text(), member.ShopifyId?.Text(), member.Title, member.Status.ToLowerInvariant(), member.Vendor,
        member.MinPrice?.Text(), member.MaxPrice?.Text(), member.Stock, member.ThumbnailUrl, FilterField.Sync.Values![(int)member.Sync]);
}
