using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CowansDashboard.Web.Api;

/// <summary>Collections changed by programs, as a person would change them: checked, recorded, and waiting for Shopify.</summary>
public static class ChangeCollectionsApi
{
    private const string Fields =
        "title, handle (with redirectNewHandle), descriptionHtml, seo, sortOrder, templateSuffix, imageUrl, imageAlt, and sources: each with a title and one of definition (as GET answers it), productIds or collectionIds (ids of the copy). "
        + "Idempotency-Key: the same key with the same body is carried out once and answered the same.";

    public static IEndpointRouteBuilder MapChangeCollectionsApi(this IEndpointRouteBuilder app)
    {
        var collections = app.MapGroup("/api/collections").WithTags("Collections").RequireAuthorization(Policies.Merchandiser);
        collections.MapPost("/", Create).WithIdempotencyKey().WithName("CreateCollection")
            .WithSummary("Makes a collection in the copy, which a push makes in Shopify").WithDescription($"publicationIds names the places where it shall be published. {Fields}");
        collections.MapPut("/{id}", Change).WithIdempotencyKey().WithName("ChangeCollection")
            .WithSummary("Changes fields and sources of a collection; what is not named stays")
            .WithDescription($"A source with its id is changed, or goes with remove: true; one without an id is added. version is what the collection had when it was read: another one answers 409. {Fields}");
        collections.MapDelete("/{id}", Delete).WithIdempotencyKey().WithName("DeleteCollection")
            .WithSummary("Deletes a collection, with a window in which it can be restored")
            .WithDescription("The next push takes it back from every place where it is published; Shopify deletes it rollbackHours after that was confirmed (24 unless the setting says otherwise), or from now where it is published nowhere; removal says how far it is. What was changed in Shopify meanwhile is not deleted until it is restored, or deleted anyway on its page. version is what the collection had when it was read: another one answers 409. All may stand in the body or in the address.");
        collections.MapPost("/{id}/rollback", RollBack).WithIdempotencyKey().WithName("RollBackCollection")
            .WithSummary("Restores a collection that was deleted here, published again where it was");
        collections.MapPost("/{id}/delete-anyway", DeleteAnyway).WithIdempotencyKey().WithName("DeleteCollectionAnyway")
            .WithSummary("Deletes a removed collection although it was changed in Shopify within its window")
            .WithDescription("changed is what removal.changed of GET answered: where something else was changed since, that is answered with 409 and nothing is decided.");
        collections.MapPost("/{id}/duplicate", Duplicate).WithIdempotencyKey().WithName("DuplicateCollection")
            .WithSummary("Makes a collection with the fields and sources of this one, published nowhere").WithDescription("title is that of the copy; without it “Copy of …”.");
        collections.MapPost("/{id}/products", Add).WithIdempotencyKey().WithName("AddCollectionProducts").WithSummary("Puts products into a collection by hand").WithDescription("productIds are ids of the copy.");
        collections.MapDelete("/{id}/products/{productId}", Remove).WithIdempotencyKey().WithName("RemoveCollectionProduct").WithSummary("Takes a product out of a collection that was put in by hand");
        collections.MapPost("/{id}/order", Order).WithIdempotencyKey().WithName("OrderCollectionProducts")
            .WithSummary("Puts the products of a collection in an order").WithDescription("productIds in the wanted order; those that it does not name follow as they are. Only while sortOrder is manual.");
        collections.MapPost("/{id}/publications", Publish).WithIdempotencyKey().WithName("PublishCollection").WithSummary("Publishes a collection at places of the shop").WithDescription("publicationIds are ids of the copy.");
        collections.MapDelete("/{id}/publications/{publicationId}", TakeBack).WithIdempotencyKey().WithName("UnpublishCollection").WithSummary("Takes a collection back from a place");
        collections.MapPost("/sync", Sync).WithName("SyncCollections").WithSummary("Reads collections again, whole and with every product in them")
            .WithDescription($"collectionIds are ids of the copy, at most {MostAtOnce}.");
        return app;
    }

    private const int MostAtOnce = 250, LongestReason = 500;

    private static async Task<Results<Created<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Create(
        JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, CreateCollection create, CancellationToken cancel, string? storeId = null)
    {
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        var wanted = CollectionBody.OfNew(body);
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body is no collection that can be made.", wanted.Problems);
        var outcome = await create.Create(Head(store.Id, ChangeSetKind.Create, $"{body["title"]}, new, over the API", user),
            new NewCollection(wanted.Fields) { Sources = [.. wanted.Sources.Select(source => (source.Title!, source.Holds!))], PublicationIds = wanted.PublicationIds }, cancel);
        return await Made(outcome, store, read, cancel);
    }

    private static async Task<Results<Created<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Duplicate(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] JsonObject? body, ClaimsPrincipal user, ListStores stores, ReadCollection read, DuplicateCollection duplicate, CancellationToken cancel, string? storeId = null)
    {
        var (store, found, wrong) = await Find(id, storeId, stores, read, cancel);
        if (found is null)
            return wrong!;
        if (body?["title"] is { } title && title.GetValueKind() != JsonValueKind.String)
            return Problems.Field("title", "title is a text.");
        var outcome = await duplicate.Duplicate(Head(store!.Id, ChangeSetKind.Duplicate, $"Copy of {found.Row.Title}, over the API", user), found.Row.Id, (string?)body?["title"], cancel);
        return outcome is null ? Problems.NotFound($"There is no collection {id} in {store.Name}.") : await Made(outcome, store, read, cancel);
    }

    private static async Task<Results<Created<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Made(SaveOutcome outcome, StoreRow store, ReadCollection read, CancellationToken cancel)
    {
        if (outcome is not SaveOutcome.Saved saved)
            return NotSaved(outcome, "Nothing was made.");
        var id = saved.Created[CreateCollection.Key];
        var made = await read.Read(store.Id, id, cancel) ?? throw new InvalidOperationException("What was made is there.");
        return TypedResults.Created($"/api/collections/{id.Text()}", Answer.Of(CollectionDetailsAnswer.Of(made), "Made in the copy; waiting for a push."));
    }

    private static async Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Change(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, ChangeCollection change, CancellationToken cancel, string? storeId = null)
    {
        var (store, found, wrong) = await Find(id, storeId, stores, read, cancel);
        if (found is null)
            return wrong!;
        var wanted = CollectionBody.OfChange(body);
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body holds what cannot be changed.", wanted.Problems);
        if (Version(wanted.Version, found, "saved") is { } other)
            return other;
        return await Saved(store!, found, await change.Change(Head(store!.Id, ChangeSetKind.Edit, $"{found.Row.Title}, over the API", user), found.Row.Id,
            new CollectionChange(wanted.Fields) { Sources = wanted.Sources, Version = wanted.Version }, cancel), read, cancel);
    }

    private static async Task<Results<Ok<Answer<CollectionRemovalAnswer>>, ProblemHttpResult>> Delete(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] JsonObject? body, HttpRequest request, ClaimsPrincipal user, ListStores stores, ReadCollection read, DeleteCollections delete, CatalogOptions options, CancellationToken cancel)
    {
        if (Unknown(body, request.Query, "version", "rollbackHours", "reason", "storeId") is { } unknown)
            return unknown;
        if (WrongReason(body, request.Query) is { } reason)
            return reason;
        var (store, found, wrong) = await Find(id, Said(body, request.Query, "storeId"), stores, read, cancel);
        if (found is null)
            return wrong!;
        var (version, hours) = (Said(body, request.Query, "version"), Said(body, request.Query, "rollbackHours"));
        if (version is not null && !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Problems.Field("version", $"version is “{version}”; it is a whole number, as GET answered it.");
        if (hours is not null && !(int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) && typed is > 0 and <= Removal.MostHours))
            return Problems.Field("rollbackHours", $"rollbackHours is “{hours}”; it is a whole number from 1 to {Removal.MostHours}.");
        if (Version(version is null ? null : int.Parse(version, CultureInfo.InvariantCulture), found, "deleted") is { } other)
            return other;
        var window = hours is null ? options.RollbackHours : int.Parse(hours, CultureInfo.InvariantCulture);
        var head = Head(store!.Id, ChangeSetKind.Delete, $"Deleted: {found.Row.Title}, over the API", user) with { Reason = Said(body, request.Query, "reason") };
        return await delete.Delete(head, [found.Row.Id], window, int.Parse(version!, CultureInfo.InvariantCulture), cancel) switch
        {
            SaveOutcome.Saved saved => TypedResults.Ok(Answer.Of(new CollectionRemovalAnswer(found.Row.Id.Text(), saved.ChangeSetId.Text(), found.Row.ShopifyId is null ? null : window), found.Row.ShopifyId is null
                ? "The collection existed here only and is deleted at once; it can be restored."
                : found.Places.All(place => place.PairId is null)
                ? string.Create(CultureInfo.InvariantCulture, $"The collection is published nowhere: Shopify deletes it in {window} hours.")
                : string.Create(CultureInfo.InvariantCulture, $"The next push takes the collection back from every place, and Shopify deletes it {window} hours after that."))),
            SaveOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, $"{refused.Problems[0].Sentence} Nothing was deleted."),
            _ => Problems.Of(StatusCodes.Status409Conflict, "The collection is removed already."),
        };
    }

    private static async Task<Results<Ok<Answer<CollectionRemovalAnswer>>, ProblemHttpResult>> RollBack(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] JsonObject? body, HttpRequest request, ClaimsPrincipal user, ListStores stores, ReadCollection read, RollBackCollections rollBack, CancellationToken cancel)
    {
        if (Unknown(body, request.Query, "reason", "storeId") is { } unknown)
            return unknown;
        if (WrongReason(body, request.Query) is { } reason)
            return reason;
        if (Number(id) is not { } number)
            return NoId(id);
        var (store, wrong) = await StoreChoice.Of(Said(body, request.Query, "storeId"), stores, cancel);
        if (store is null)
            return wrong!;
        if (await read.Read(store.Id, number, cancel) is null)
            return Problems.NotFound($"There is no collection {id} in {store.Name}.");
        var person = user.AsAskedBy();
        return await rollBack.RollBack(store.Id, number, Said(body, request.Query, "reason"), person.Id, person.Name, cancel) switch
        {
            SaveOutcome.Saved { ChangeSetId: > 0 } saved => TypedResults.Ok(Answer.Of(new CollectionRemovalAnswer(number.Text(), saved.ChangeSetId.Text(), null), "The collection is here again; the next push publishes it where it was.")),
            SaveOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Problems[0].Sentence),
            _ => Problems.Of(StatusCodes.Status409Conflict, "The collection is not removed, or Shopify has deleted it: there is nothing to restore."),
        };
    }

    private static async Task<Results<Ok<Answer<CollectionRemovalAnswer>>, ProblemHttpResult>> DeleteAnyway(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, DeleteCollectionAnyway anyway, CancellationToken cancel)
    {
        if (body.Select(field => field.Key).FirstOrDefault(name => name is not ("changed" or "storeId")) is { } unknown)
            return Problems.Field(unknown, $"{unknown} is no field of this; changed and storeId are.");
        if (body["changed"] is not JsonArray { Count: > 0 } changed || changed.Any(one => one?.GetValueKind() != JsonValueKind.String))
            return Problems.Field("changed", "changed is missing: what was changed in Shopify, as removal.changed of GET answers it.");
        if (Number(id) is not { } number)
            return NoId(id);
        var (store, wrong) = await StoreChoice.Of(body["storeId"]?.ToString(), stores, cancel);
        if (store is null)
            return wrong!;
        if (await read.Read(store.Id, number, cancel) is not { } found)
            return Problems.NotFound($"There is no collection {id} in {store.Name}.");
        return await anyway.Delete(store.Id, number, [.. changed.Select(one => one!.GetValue<string>())], user.AsAskedBy().Name, cancel)
            ? TypedResults.Ok(Answer.Of(new CollectionRemovalAnswer(number.Text(), null, found.Row.Removal?.Hours), "Shopify deletes it at the end of its window, as it is there now."))
            : Problems.Of(StatusCodes.Status409Conflict, "It was changed again, or nothing is to be decided any more. Read it once more.");
    }

    private static Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Add(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, ChangeMembers members, CancellationToken cancel, string? storeId = null) =>
        OfIds(id, body, "productIds", storeId, stores, read, async (store, found, products) =>
            await members.Add(Head(store.Id, ChangeSetKind.Edit, $"Products into {found.Row.Title}, over the API", user), found.Row.Id, products, cancel), cancel);

    private static Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Remove(
        string id, string productId, ClaimsPrincipal user, ListStores stores, ReadCollection read, ChangeMembers members, CancellationToken cancel, string? storeId = null) =>
        OfIds(id, new JsonObject { ["productId"] = new JsonArray(productId) }, "productId", storeId, stores, read, async (store, found, products) =>
            await members.Remove(Head(store.Id, ChangeSetKind.Edit, $"A product out of {found.Row.Title}, over the API", user), found.Row.Id, products, cancel), cancel);

    private static Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Order(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, ChangeCollection change, CancellationToken cancel, string? storeId = null) =>
        OfIds(id, body, "productIds", storeId, stores, read, async (store, found, products) => await change.Change(
            Head(store.Id, ChangeSetKind.Edit, $"Order of {found.Row.Title}, over the API", user), found.Row.Id,
            new CollectionChange(new JsonObject { [MemberOrder.Field] = new JsonArray([.. products.Select(product => (JsonNode)product)]) }), cancel), cancel);

    private static Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Publish(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadCollection read, PublishCollection publish, CancellationToken cancel, string? storeId = null) =>
        OfIds(id, body, "publicationIds", storeId, stores, read, async (store, found, places) =>
            await publish.Publish(Head(store.Id, ChangeSetKind.Edit, $"{found.Row.Title} published, over the API", user), found.Row.Id, places, cancel), cancel);

    private static Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> TakeBack(
        string id, string publicationId, ClaimsPrincipal user, ListStores stores, ReadCollection read, PublishCollection publish, CancellationToken cancel, string? storeId = null) =>
        OfIds(id, new JsonObject { ["publicationId"] = new JsonArray(publicationId) }, "publicationId", storeId, stores, read, async (store, found, places) =>
            await publish.TakeBack(Head(store.Id, ChangeSetKind.Edit, $"{found.Row.Title} taken back from a place, over the API", user), found.Row.Id, places, cancel), cancel);

    private static async Task<Results<Accepted<Answer<SyncApi.RunReference>>, ProblemHttpResult>> Sync(
        JsonObject body, ClaimsPrincipal user, ListStores stores, StartPull start, CancellationToken cancel, string? storeId = null)
    {
        if (CollectionBody.Ids(body["collectionIds"]) is not { Count: > 0 and <= MostAtOnce } ids)
            return Problems.Field("collectionIds", $"collectionIds is a list of 1 to {MostAtOnce} ids of the copy.");
        var (store, wrong) = await StoreChoice.Of(storeId ?? (string?)body["storeId"]?.ToString(), stores, cancel);
        if (store is null)
            return wrong!;
        return await start.Start(new PullRequest(store.Id, PullScope.Selection, user.AsAskedBy()) { CollectionIds = ids }, cancel) switch
        {
            StartPullOutcome.Started started => TypedResults.Accepted($"/api/sync/parallel/status?id={started.RunId}", Answer.Of(new SyncApi.RunReference(started.RunId.Text()), "The pull is enqueued.")),
            StartPullOutcome.AlreadyActive active => Problems.Of(StatusCodes.Status409Conflict, active.Sentence),
            StartPullOutcome.Wrong refused => Problems.Field(refused.Field, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> OfIds(
        string id, JsonObject body, string name, string? storeId, ListStores stores, ReadCollection read, Func<StoreRow, CollectionDetails, IReadOnlyList<long>, Task<SaveOutcome?>> act, CancellationToken cancel)
    {
        if (Unknown(body, QueryCollection.Empty, name) is { } unknown)
            return unknown;
        if (CollectionBody.Ids(body[name]) is not { Count: > 0 } ids)
            return Problems.Field(name, name.EndsWith('s') ? $"{name} is a list of at least one id of the copy." : $"{name} is the id of the copy, digits only.");
        var (store, found, wrong) = await Find(id, storeId, stores, read, cancel);
        return found is null ? wrong! : await Saved(store!, found, await act(store!, found, ids), read, cancel);
    }

    private static async Task<Results<Ok<Answer<CollectionDetailsAnswer>>, ProblemHttpResult>> Saved(
        StoreRow store, CollectionDetails found, SaveOutcome? outcome, ReadCollection read, CancellationToken cancel)
    {
        if (outcome is not SaveOutcome.Saved saved)
            return outcome is null ? Problems.NotFound($"There is no collection {found.Row.Id.Text()} in {store.Name}.") : NotSaved(outcome, "Nothing was saved.");
        var now = await read.Read(store.Id, found.Row.Id, cancel) ?? found;
        return TypedResults.Ok(Answer.Of(CollectionDetailsAnswer.Of(now),
            saved.ChangeSetId == 0 ? "Everything was so already." : string.Create(CultureInfo.InvariantCulture, $"{saved.Fields} changed, in change set {saved.ChangeSetId}; waiting for a push.")));
    }

    private static ProblemHttpResult NotSaved(SaveOutcome outcome, string detail) => outcome switch
    {
        SaveOutcome.Refused { Problems: [{ Field: "version" } other, ..] } => Problems.Of(StatusCodes.Status409Conflict, $"{other.Sentence} {detail}"),
        SaveOutcome.Refused refused => Problems.Fields(detail, refused.Problems.GroupBy(problem => Path(problem.Entity, problem.Field)).ToDictionary(same => same.Key, same => same.Select(problem => problem.Sentence).ToArray())),
        SaveOutcome.Stale stale => Problems.Fields($"Somebody changed these fields at this moment. {detail}",
            stale.Fields.GroupBy(field => Path(field.Entity, field.Field)).ToDictionary(same => same.Key, same => same.Select(field => $"It is {field.Current?.ToJsonString() ?? "null"} now.").ToArray()), StatusCodes.Status409Conflict),
        _ => throw new InvalidOperationException("A save has no other outcome."),
    };

    private static string Path(string entity, string field) => (entity, field) switch
    {
        (CatalogueFields.Collection, MemberOrder.Field) => "productIds",
        (CatalogueFields.Collection, "seo_title" or "seo_description") => $"seo.{field[4..]}",
        (CatalogueFields.Collection, _) => Camel(field),
        (CatalogueFields.Source, _) => $"sources.{Camel(field)}",
        (CatalogueFields.Member, _) => "productIds",
        _ => "publicationIds",
    };

    private static string Camel(string column) => JsonNamingPolicy.CamelCase.ConvertName(string.Concat(column.Split('_').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..])));

    private static ProblemHttpResult? Version(int? version, CollectionDetails found, string done) =>
        version is null ? Problems.Field("version", $"version says which state of the collection was seen; it has {found.Row.Version} now.")
        : version != found.Row.Version ? Problems.Of(StatusCodes.Status409Conflict, $"The collection was changed meanwhile: version {found.Row.Version}, not {version}. Nothing was {done}.") : null;

    private static ChangeSetHead Head(long storeId, string kind, string title, ClaimsPrincipal user) => new(storeId, kind, title, null, user.AsAskedBy().Id, user.AsAskedBy().Name);

    private static string? Said(JsonObject? body, IQueryCollection query, string name) =>
        body?[name] is { } value ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : query[name].FirstOrDefault();

    private static ProblemHttpResult? Unknown(JsonObject? body, IQueryCollection query, params string[] known) =>
        (body?.Select(field => field.Key) ?? []).Concat(query.Keys).FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? Problems.Field(unknown, $"“{unknown}” is no field of this request; {string.Join(", ", known)} {(known.Length == 1 ? "is" : "are")}.") : null;

    private static ProblemHttpResult? WrongReason(JsonObject? body, IQueryCollection query) =>
        Said(body, query, "reason") is { } reason && (reason.Length > LongestReason || reason.Contains('\0'))
            ? Problems.Field("reason", string.Create(CultureInfo.InvariantCulture, $"reason is a text of at most {LongestReason} characters, without the character NUL.")) : null;

    private static long? Number(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ProblemHttpResult NoId(string id) => Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only.");

    private static async Task<(StoreRow? Store, CollectionDetails? Found, ProblemHttpResult? Wrong)> Find(string id, string? storeId, ListStores stores, ReadCollection read, CancellationToken cancel)
    {
        if (Number(id) is not { } number)
            return (null, null, NoId(id));
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, wrong);
        return await read.Read(store.Id, number, cancel) is { DeletedAt: null } found ? (store, found, null) : (store, null, Problems.NotFound($"There is no collection {id} in {store.Name}."));
    }

    /// <summary>rollbackHours is how long it can be restored once Shopify publishes it nowhere; null where it is not removed there.</summary>
    public sealed record CollectionRemovalAnswer(string Id, string? ChangeSetId, int? RollbackHours);
}
