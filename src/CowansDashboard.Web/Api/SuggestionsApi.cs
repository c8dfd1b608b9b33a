using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Collections.Suggestions;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Suggestions for product types and collections, for programs. None is applied unasked.</summary>
public static class SuggestionsApi
{
    public static IEndpointRouteBuilder MapSuggestionsApi(this IEndpointRouteBuilder app)
    {
        var suggestions = app.MapGroup("/api/collections/suggestions").WithTags("Collections");
        suggestions.MapGet("/", List).RequireAuthorization(Policies.Viewer).WithName("ListSuggestions")
            .WithSummary("What could be done to product types and collections, with the reasons, the surest first")
            .WithDescription("`kind` is set-type, split-type, retire-type, shared-word, price-band, map-category, set-category or, where a model was asked, grouping. `types` says which types would change into which, `collection` which collection would be made, `category` which category of Shopify’s would be given to products, or to which one a category of your tree (ownCategoryId) would be mapped. `declined` names those that stay away.");
        suggestions.MapPost("/{key}/accept", Accept).RequireAuthorization(Policies.Merchandiser).WithName("AcceptSuggestion")
            .WithSummary("Prepares the bulk edit of a suggestion, or makes its collection")
            .WithDescription("A change of types is only prepared: batchId is a batch of /api/batch that waits for somebody to apply it. A collection is made here and waits for a push; undoing its change set takes it away.");
        suggestions.MapPost("/{key}/decline", Decline).RequireAuthorization(Policies.Merchandiser).WithName("DeclineSuggestion")
            .WithSummary("Keeps a suggestion away from the shop until it is brought back");
        suggestions.MapPost("/{key}/bring-back", BringBack).RequireAuthorization(Policies.Merchandiser).WithName("BringBackSuggestion")
            .WithSummary("Lets a declined suggestion be made again");
        return app;
    }

    private static async Task<Results<Ok<Answer<SuggestionsAnswer>>, ProblemHttpResult>> List(ReadSuggestions read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var found = await read.Read(store.Id, cancel);
        return TypedResults.Ok(Answer.Of(new SuggestionsAnswer([.. found.Suggestions.Select(one => SuggestionAnswer.Of(one, store.Currency))], found.Products, [.. found.Declined.Select(one => new DeclinedAnswer(one.Key, one.Title, one.By, one.At.ToUniversalTime()))])));
    }

    private static async Task<Results<Ok<Answer<AcceptedAnswer>>, ProblemHttpResult>> Accept(
        string key, ClaimsPrincipal user, AcceptSuggestion accept, ReadSuggestions read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, suggestion, problem) = await Find(key, storeId, read, stores, cancel);
        if (suggestion is null)
            return problem!;
        return await accept.Accept(store!.Id, suggestion, user.AsAskedBy(), cancel) switch
        {
            AcceptOutcome.Prepared prepared => TypedResults.Ok(Answer.Of(new AcceptedAnswer(prepared.PreviewId.Text(), null, null), $"Nothing has changed yet: before and after are at {BulkEditPage.Url(prepared.PreviewId)}.")),
            AcceptOutcome.Made made => TypedResults.Ok(Answer.Of(new AcceptedAnswer(null, made.CollectionId.Text(), made.ChangeSetId.Text()), $"{made.Title} is made here and waits for a push.")),
            AcceptOutcome.Mapped mapped => TypedResults.Ok(Answer.Of(new AcceptedAnswer(null, null, mapped.ChangeSetId.Text()), $"{mapped.Category} is mapped to {mapped.To}. POST /api/v1/categories/undo takes it back.")),
            AcceptOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => throw new InvalidOperationException("An acceptance has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<DeclinedAnswer>>, ProblemHttpResult>> Decline(
        string key, ClaimsPrincipal user, TimeProvider clock, DeclineSuggestion decline, ReadSuggestions read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, suggestion, problem) = await Find(key, storeId, read, stores, cancel);
        if (suggestion is null)
            return problem!;
        var by = user.AsAskedBy().Name;
        await decline.Decline(store!.Id, suggestion, by, cancel);
        return TypedResults.Ok(Answer.Of(new DeclinedAnswer(suggestion.Key, suggestion.Title, by, clock.GetUtcNow()), "It stays away until it is brought back."));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> BringBack(string key, BringBackSuggestions bringBack, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        return await bringBack.BringBack(store.Id, key, cancel) > 0 ? TypedResults.NoContent() : Problems.NotFound($"No suggestion {key} is declined in {store.Name}.");
    }

    private static async Task<(StoreRow? Store, Suggestion? Suggestion, ProblemHttpResult? Problem)> Find(string key, string? storeId, ReadSuggestions read, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, problem);
        return (await read.Read(store.Id, cancel)).Find(key) is { } found
            ? (store, found, null)
            : (store, null, Problems.NotFound($"There is no suggestion {key} in {store.Name} now. GET /api/collections/suggestions lists those that there are."));
    }

    public sealed record SuggestionsAnswer(IReadOnlyList<SuggestionAnswer> Suggestions, long FromProducts, IReadOnlyList<DeclinedAnswer> Declined);

    /// <summary>One suggestion; <c>sure</c> is from 0 to 1, <c>by</c> the model that thought of it, or null where none was asked.</summary>
    public sealed record SuggestionAnswer(string Key, string Kind, string Title, string Why, long Products, double Sure, string? By, IReadOnlyList<TypeChangeAnswer>? Types, SuggestedCollectionAnswer? Collection, SuggestedCategoryAnswer? Category)
    {
        public static SuggestionAnswer Of(Suggestion one, string currency) => new(one.Key, KindOf(one.Kind), one.Title, one.Why, one.Products, Math.Round(one.Sure, 3), one.By,
            one.Action is SuggestedAction.SetTypes types ? [.. types.Moves.CountBy(move => (move.From, move.To)).Select(each => new TypeChangeAnswer(each.Key.From, each.Key.To, each.Value))] : null,
            one.Action is SuggestedAction.NewCollection collection ? new(collection.Title, SourceWriting.Write(collection.Source, null, currency)) : null,
            one.Action switch
            {
                SuggestedAction.Map map => new(map.To.Id, map.To.FullName, map.Category.Id.Text()),
                SuggestedAction.SetCategories given => new(given.To.Id, given.To.FullName, null),
                _ => null,
            });

        private static string KindOf(SuggestionKind kind) => kind switch
        {
            SuggestionKind.SetType => "set-type",
            SuggestionKind.SplitType => "split-type",
            SuggestionKind.RetireType => "retire-type",
            SuggestionKind.SharedWord => "shared-word",
            SuggestionKind.PriceBand => "price-band",
            SuggestionKind.MapCategory => "map-category",
            SuggestionKind.SetCategory => "set-category",
            _ => "grouping",
        };
    }

    /// <summary>So many products of one type would have another.</summary>
    public sealed record TypeChangeAnswer(string From, string To, long Products);

    /// <summary>A category of Shopify's taxonomy.</summary>
    public sealed record SuggestedCategoryAnswer(string Id, string FullName, string? OwnCategoryId);

    /// <summary>A collection as Shopify would return its one source.</summary>
    public sealed record SuggestedCollectionAnswer(string Title, JsonObject Definition);

    public sealed record DeclinedAnswer(string Key, string Title, string By, DateTimeOffset At);

    /// <summary>What an acceptance prepared or made.</summary>
    public sealed record AcceptedAnswer(string? BatchId, string? CollectionId, string? ChangeSetId);
}
