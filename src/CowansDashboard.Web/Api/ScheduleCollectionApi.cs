using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections;
using CowansDashboard.History;
using CowansDashboard.Schedules;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Changes of a collection that begin, and mostly end, by themselves, for programs.</summary>
public static class ScheduleCollectionApi
{
    public static IEndpointRouteBuilder MapScheduleCollectionApi(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/collections/{id}/schedule", Create).WithTags("Schedules").RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName("ScheduleCollection")
            .WithSummary("Lets a change of a collection begin at a time, and where it has an end go back by itself")
            .WithDescription("start, end, title and send are those of POST /api/schedules. changes are fields and sources as PUT /api/collections/{id} takes them; order is product ids in the wanted order; addProductIds, removeProductIds, "
                + "publicationIds and unpublishIds are ids of the copy. Sources that would be added or removed, and a removal, are not scheduled, nor products put in by hand together with a source. "
                + "Read, move, call off and end it under /api/schedules.");
        return app;
    }

    private static async Task<Results<Created<Answer<ScheduleAnswer>>, ProblemHttpResult>> Create(
        string id, ScheduleCollectionBody body, ClaimsPrincipal user, ListStores stores, ReadCollection read, PlanCollectionChange plan, ScheduleCollection schedule, ReadSchedules schedules, CancellationToken cancel, string? storeId = null)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only.");
        if (SchedulesApi.Clock(body.Start) is not { } start)
            return SchedulesApi.WrongClock("start", body.Start);
        if (body.End is not null && SchedulesApi.Clock(body.End) is null)
            return SchedulesApi.WrongClock("end", body.End);
        if (body.Changes is { } said && ReadableBody.Problem(said) is { } unreadable)
            return unreadable;
        var wanted = CollectionBody.OfChange((JsonObject?)body.Changes?.DeepClone() ?? []);
        if (wanted.Problems.Count > 0)
            return Problems.Fields("changes holds what cannot be changed.", wanted.Problems);
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        if (await read.Read(store.Id, number, cancel) is not { DeletedAt: null } found)
            return Problems.NotFound($"There is no collection {id} in {store.Name}.");
        if (Pairs(body, found, out var order, out var pairs) is { } unknown)
            return unknown;
        if (order is not null)
            wanted.Fields[MemberOrder.Field] = order;
        var planned = await plan.Plan(store.Id, number, new CollectionChange(wanted.Fields) { Sources = wanted.Sources, Version = wanted.Version }, pairs, cancel);
        if (planned is not PlannedCollectionChange.Planned { Wanted: { } change })
            return Problems.Of(StatusCodes.Status409Conflict, string.Join(" ", (planned as PlannedCollectionChange.Refused)?.Problems.Select(problem => problem.Sentence).Distinct() ?? []) + " Nothing was scheduled.");
        var times = new ScheduleTimes(start, SchedulesApi.Clock(body.End)) { Title = body.Title, Sends = body.Send is not false };
        switch (await schedule.Schedule(store.Id, number, $"{found.Row.Title}, over the API", change, times, new BulkConsent(), user.AsAskedBy(), cancel))
        {
            case ScheduleOutcome.Scheduled scheduled:
                var made = (await schedules.Find(store.Id, scheduled.ScheduleId, cancel))!;
                return TypedResults.Created($"/api/schedules/{made.Id.Text()}", Answer.Of(ScheduleAnswer.Of(made), SchedulesApi.Said(made, times, store, scheduled.LeftOut)));
            case var other:
                return SchedulesApi.Refused(other);
        }
    }

    private static ProblemHttpResult? Pairs(ScheduleCollectionBody body, CollectionDetails found, out JsonArray? order, out CollectionPairs pairs)
    {
        (order, pairs) = (null, new CollectionPairs());
        var lists = new List<IReadOnlyList<long>>();
        foreach (var (name, list) in new[] { ("order", body.Order), ("addProductIds", body.AddProductIds), ("removeProductIds", body.RemoveProductIds), ("publicationIds", body.PublicationIds), ("unpublishIds", body.UnpublishIds) })
        {
            var ids = new List<long>();
            foreach (var text in list ?? [])
                if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && (!name.EndsWith("ublicationIds", StringComparison.Ordinal) || found.Places.Any(place => place.PublicationId == id)))
                    ids.Add(id);
                else
                    return Problems.Field(name, $"{name} names “{text}”; it is a list of ids of the copy.");
            lists.Add(ids);
        }
        order = body.Order is null ? null : [.. lists[0].Select(id => (JsonNode)id)];
        pairs = new CollectionPairs { ProductsIn = lists[1], ProductsOut = lists[2], PlacesOn = lists[3], PlacesOff = lists[4] };
        return null;
    }

    public sealed record ScheduleCollectionBody(
        string? Start, string? End, string? Title, bool? Send, JsonObject? Changes, IReadOnlyList<string>? Order, IReadOnlyList<string>? AddProductIds, IReadOnlyList<string>? RemoveProductIds,
        IReadOnlyList<string>? PublicationIds, IReadOnlyList<string>? UnpublishIds);
}
