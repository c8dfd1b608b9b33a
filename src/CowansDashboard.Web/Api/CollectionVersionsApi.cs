using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>What a collection was at a moment, and the way back, for programs.</summary>
public static class CollectionVersionsApi
{
    public static IEndpointRouteBuilder MapCollectionVersionsApi(this IEndpointRouteBuilder app)
    {
        var versions = app.MapGroup("/api/collections/{id}/as-of").WithTags("Collections");
        versions.MapGet("/", Read).RequireAuthorization(Policies.Viewer).WithName("CollectionAsOf")
            .WithSummary("A collection as it was at a moment, and what is different now")
            .WithDescription("at is a moment with its offset, such as 2026-11-20T09:00:00Z. Of each difference canReturn says whether it can be brought back; created and removed stand for sources, places and products that came or went since.");
        versions.MapPost("/restore", Restore).RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName("RestoreCollectionAsOf")
            .WithSummary("Brings chosen differences back, as a change set that waits for a push and can be undone")
            .WithDescription("differences names those of GET by entity, entityId and field; without it everything that can return does.");
        return app;
    }

    private static async Task<Results<Ok<Answer<CollectionAsOfAnswer>>, ProblemHttpResult>> Read(
        string id, ListStores stores, ReadCollectionAsOf read, NameReferences name, TimeProvider clock, CancellationToken cancel, string? at = null, string? storeId = null)
    {
        var (store, then, wrong) = await Find(id, at, storeId, stores, read, clock, cancel);
        if (then is null)
            return wrong!;
        var names = await name.Name(store!.Id, [.. then.Sources.Select(source => Say(source.Definition))], cancel);
        return TypedResults.Ok(Answer.Of(new CollectionAsOfAnswer(then.Id.Text(), then.At.ToUniversalTime(), then.KnownSince.ToUniversalTime(), then.IsKnown, then.Then,
            [.. then.Sources.Select(source => new SourceThenAnswer(source.Id.Text(), source.Title, source.Definition, CollectionWords.Definition(source.Definition, names, store.Currency)))], then.Places,
            [.. then.Differences.Select(one => new DifferenceAnswer(one.Entity, one.EntityId.Text(), one.RowName, one.Field, one.Label, one.Then, one.Now, one.CanReturn))])));
    }

    private static async Task<Results<Ok<Answer<RestoredAnswer>>, ProblemHttpResult>> Restore(
        string id, RestoreAsOfBody body, ClaimsPrincipal user, ListStores stores, ReadCollectionAsOf read, RestoreCollectionFields restore, TimeProvider clock, CancellationToken cancel, string? storeId = null)
    {
        var (store, then, wrong) = await Find(id, body.At, storeId, stores, read, clock, cancel);
        if (then is null)
            return wrong!;
        if (body.Differences?.Any(one => one is null) == true)
            return Problems.Field("differences", "differences holds null; each is one of GET, by entity, entityId and field.");
        var known = then.Differences.Where(one => one.CanReturn).ToDictionary(one => (one.Entity, one.EntityId.Text(), one.Field));
        var chosen = new HashSet<ChosenField>();
        foreach (var one in body.Differences ?? [.. known.Values.Select(each => new ChosenDifference(each.Entity, each.EntityId.Text(), each.Field))])
            if (known.TryGetValue((one.Entity, one.EntityId, one.Field), out var found))
                chosen.Add(new(found.Entity, found.EntityId, found.Field));
            else
                return Problems.Field("differences", $"{one.Entity} {one.EntityId} {one.Field} is no difference that can be brought back.");
        var person = user.AsAskedBy();
        var head = new ChangeSetHead(store!.Id, ChangeSetKind.Restore, string.Create(CultureInfo.InvariantCulture, $"As it was on {then.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC, over the API"), null, person.Id, person.Name);
        return await restore.Restore(head, then.Id, then.At, chosen, cancel) switch
        {
            SaveOutcome.Saved saved => TypedResults.Ok(Answer.Of(new RestoredAnswer(saved.ChangeSetId == 0 ? null : saved.ChangeSetId.Text(), saved.Fields),
                saved.ChangeSetId == 0 ? "Everything was so already." : "Brought back; waiting for a push.")),
            SaveOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, $"{string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct())} Nothing was brought back."),
            _ => Problems.Of(StatusCodes.Status409Conflict, "Somebody changed a chosen field at this moment. Nothing was brought back."),
        };
    }

    private static async Task<(StoreRow? Store, CollectionAsOf? Then, ProblemHttpResult? Wrong)> Find(
        string id, string? at, string? storeId, ListStores stores, ReadCollectionAsOf read, TimeProvider clock, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, null, Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only."));
        if (!DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) || moment > clock.GetUtcNow())
            return (null, null, Problems.Field("at", $"at is “{at}”; it is a moment that has been, such as 2026-11-20T09:00:00Z."));
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, null, wrong);
        return await read.Read(store.Id, number, moment, cancel) switch
        {
            null => (store, null, Problems.NotFound($"There is no collection {id} in {store.Name}.")),
            { IsKnown: false } unknown => (store, null, Problems.Field("at", $"The copy knows this collection since {unknown.KnownSince.UtcDateTime:O}.")),
            var then => (store, then, null),
        };
    }

    private static CollectionSource Say(JsonNode? definition) =>
        SourceReading.Read(definition?["collections"] is JsonArray ? SourceChecks.OfCollections : SourceChecks.ByConditions, JsonSerializer.SerializeToElement(definition ?? new JsonObject()));

    public sealed record RestoreAsOfBody(string? At, IReadOnlyList<ChosenDifference>? Differences);

    public sealed record ChosenDifference(string Entity, string EntityId, string Field);

    public sealed record RestoredAnswer(string? ChangeSetId, int Fields);
}

/// <summary>fields are the columns as they were, sources with what each said in words, publications by name.</summary>
public sealed record CollectionAsOfAnswer(
    string Id, DateTimeOffset At, DateTimeOffset KnownSince, bool IsKnown, JsonObject Fields, IReadOnlyList<SourceThenAnswer> Sources, IReadOnlyList<string> Publications, IReadOnlyList<DifferenceAnswer> Differences);

/// <summary>A source as it was; words say it to people.</summary>
public sealed record SourceThenAnswer(string Id, string Title, JsonNode? Definition, string Words);

/// <summary>One thing that is different now.</summary>
public sealed record DifferenceAnswer(string Entity, string EntityId, string? Name, string Field, string Label, JsonNode? Then, JsonNode? Now, bool CanReturn);
