using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Schedules;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Schedules;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Changes that begin and end by themselves, for programs: a prepared batch is scheduled, moved, called off or ended.</summary>
public static class SchedulesApi
{
    private const int StandardSize = 50;
    private const int MostSize = 200;

    private const string Times =
        "start and end are times on the shop's clocks, such as 2026-11-27T00:00, without an offset; without an end the values stay. A time that the clocks leave out or that comes twice is said in message. ";

    public static IEndpointRouteBuilder MapSchedulesApi(this IEndpointRouteBuilder app)
    {
        var schedules = app.MapGroup("/api/schedules").WithTags("Schedules");
        schedules.MapGet("/", List).RequireAuthorization(Policies.Viewer).WithName("ListSchedules")
            .WithSummary("What is still to come or runs, the next first, and then what is over").WithDescription("size is at most 200, 50 unless the address says otherwise.");
        schedules.MapGet("/{id}", One).RequireAuthorization(Policies.Viewer).WithName("Schedule").WithSummary("One schedule: when, how it stands, what it did");
        schedules.MapGet("/{id}/values", Values).RequireAuthorization(Policies.Viewer).WithName("ScheduledValues").WithSummary("The values that a schedule sets, page by page")
            .WithDescription("state narrows to waiting, active, ended, lifted (somebody else changed the field meanwhile) or skipped. meta.next is the address of the next page.");
        schedules.MapPost("/", Create).RequireAuthorization(Policies.Merchandiser).WithName("CreateSchedule").WithSummary("Schedules a batch that POST /api/batch/create has prepared")
            .WithDescription(Times + "send: false does not send what begins and ends to Shopify. confirm and confirmZeros are those of /api/batch. "
                + "Above the limits of the shop a second person has to approve it, or it is held back. A removal is not scheduled, and neither are stock and metafields that come or go.");
        schedules.MapPut("/{id}", Change).RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName("ChangeSchedule").WithSummary("Moves a schedule; of one that runs only its end")
            .WithDescription("The body names only what shall change: start, end (null before it begins: it stays), title, send. " + Times + "Moving a time voids an approval.");
        schedules.MapDelete("/{id}", Cancel).RequireAuthorization(Policies.Merchandiser).WithName("CancelSchedule").WithSummary("Calls off a schedule that has not begun; its batch can be applied or scheduled again");
        schedules.MapPost("/{id}/end", End).RequireAuthorization(Policies.Merchandiser).WithName("EndSchedule").WithSummary("Ends a schedule that runs, without waiting for its time");
        return app;
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<ScheduleAnswer>>>, ProblemHttpResult>> List(
        ListStores stores, ReadSchedules read, CancellationToken cancel, string? storeId = null, string? size = null)
    {
        if (Size(size) is not { } most)
            return WrongSize(size);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<ScheduleAnswer>>([.. (await read.List(store.Id, most, cancel)).Select(ScheduleAnswer.Of)]));
    }

    private static async Task<Results<Ok<Answer<ScheduleAnswer>>, ProblemHttpResult>> One(string id, [AsParameters] Scheduling scheduling, CancellationToken cancel, string? storeId = null)
    {
        var (_, schedule, problem) = await Find(id, storeId, scheduling, cancel);
        return schedule is null ? problem! : TypedResults.Ok(Answer.Of(ScheduleAnswer.Of(schedule)));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<ScheduledValueAnswer>>>, ProblemHttpResult>> Values(
        string id, HttpRequest request, NameReferences name, [AsParameters] Scheduling scheduling, CancellationToken cancel, string? storeId = null, string? state = null, string? after = null, string? size = null)
    {
        if (Size(size) is not { } most)
            return WrongSize(size);
        if (!string.IsNullOrEmpty(state) && state is not ("waiting" or "active" or "ended" or "lifted" or "skipped"))
            return Problems.Field("state", $"state is “{state}”; it is waiting, active, ended, lifted or skipped.");
        if (!long.TryParse(string.IsNullOrEmpty(after) ? "0" : after, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
            return Problems.Field("after", $"after is “{after}”; it is the id of a value, digits only.");
        var (store, schedule, problem) = await Find(id, storeId, scheduling, cancel);
        if (schedule is null)
            return problem!;
        var values = await scheduling.Read.Values(store!.Id, schedule.Id, string.IsNullOrEmpty(state) ? null : [state], from, most + 1, cancel);
        var names = await name.Name(store.Id, [.. ScheduleWords.Sources(values)], cancel);
        var next = values.Count > most ? NextPage.Of(request, values[most - 1].Id.Text()) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<ScheduledValueAnswer>>([.. values.Take(most).Select(value => ScheduledValueAnswer.Of(value, names, store.Currency))], null, new PageMeta(1, most, null, next)));
    }

    private static async Task<Results<Created<Answer<ScheduleAnswer>>, ProblemHttpResult>> Create(
        CreateScheduleRequest request, ClaimsPrincipal user, ScheduleBulkEdit schedule, [AsParameters] Scheduling scheduling, CancellationToken cancel)
    {
        if (!long.TryParse(request.BatchId, NumberStyles.None, CultureInfo.InvariantCulture, out var batch))
            return Problems.Field("batchId", $"batchId is “{request.BatchId}”; it is the id that POST /api/batch/create answers.");
        if (Clock(request.Start) is not { } start)
            return WrongClock("start", request.Start);
        if (request.End is not null && Clock(request.End) is null)
            return WrongClock("end", request.End);
        var (store, problem) = await StoreChoice.Of(request.StoreId, scheduling.Stores, cancel);
        if (store is null)
            return problem!;
        var times = new ScheduleTimes(start, Clock(request.End)) { Title = request.Title, Sends = request.Send is not false };
        var consent = new BulkConsent { ToWarnings = request.Confirm is true, Zeros = request.ConfirmZeros };
        switch (await schedule.Schedule(store.Id, batch, times, consent, user.AsAskedBy(), cancel))
        {
            case ScheduleOutcome.Scheduled scheduled:
                var made = (await scheduling.Read.Find(store.Id, scheduled.ScheduleId, cancel))!;
                return TypedResults.Created($"/api/schedules/{made.Id.Text()}", Answer.Of(ScheduleAnswer.Of(made), Said(made, times, store, scheduled.LeftOut)));
            case ScheduleOutcome.Asks asks:
                return Problems.Of(StatusCodes.Status409Conflict, string.Join(" ", asks.Warnings)
                    + $" Nothing was scheduled; send confirm: true{(asks.Zeros > 0 ? $" and confirmZeros: {asks.Zeros.Text()}" : "")} to go on.");
            case var other:
                return Refused(other);
        }
    }

    private static async Task<Results<Ok<Answer<ScheduleAnswer>>, ProblemHttpResult>> Change(
        string id, JsonObject body, ClaimsPrincipal user, ChangeSchedule change, [AsParameters] Scheduling scheduling, CancellationToken cancel, string? storeId = null)
    {
        string[] known = ["start", "end", "title", "send"];
        if (body.Select(field => field.Key).FirstOrDefault(name => !known.Contains(name)) is { } strange)
            return Problems.Field(strange, $"“{strange}” is no field of this request; {string.Join(", ", known)} are.");
        foreach (var name in known[..2])
            if (body.TryGetPropertyValue(name, out var value) && (value is null ? name == "start" : Clock(Text(value)) is null))
                return WrongClock(name, value?.ToString());
        if (body.ContainsKey("send") && body["send"]?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            return Problems.Field("send", "send is true or false.");
        if (body["title"] is { } title && title.GetValueKind() != JsonValueKind.String)
            return Problems.Field("title", "title is a text.");
        var (store, schedule, problem) = await Find(id, storeId, scheduling, cancel);
        if (schedule is null)
            return problem!;
        var times = new ScheduleTimes(Clock(Text(body["start"])) ?? schedule.StartsLocal, body.ContainsKey("end") ? Clock(Text(body["end"])) : schedule.EndsLocal)
        {
            Title = Text(body["title"]),
            Sends = body["send"]?.GetValue<bool>() ?? schedule.Sends,
        };
        if (await change.Change(store!.Id, schedule.Id, times, user.AsAskedBy(), cancel) is not ScheduleOutcome.Scheduled and var refused)
            return Refused(refused);
        var now = (await scheduling.Read.Find(store.Id, schedule.Id, cancel))!;
        return TypedResults.Ok(Answer.Of(ScheduleAnswer.Of(now), Said(now, times, store, 0)));
    }

    private static async Task<Results<Ok<Answer<ScheduleAnswer>>, ProblemHttpResult>> Cancel(
        string id, CancelSchedule cancelling, [AsParameters] Scheduling scheduling, CancellationToken cancel, string? storeId = null)
    {
        var (store, schedule, problem) = await Find(id, storeId, scheduling, cancel);
        if (schedule is null)
            return problem!;
        if (!await cancelling.Cancel(store!.Id, schedule.Id, cancel))
            return Problems.Of(StatusCodes.Status409Conflict, $"It is {State((await scheduling.Read.Find(store.Id, schedule.Id, cancel))!)}: only one that has not begun is called off. One that runs is ended by POST /api/schedules/{id}/end.");
        return TypedResults.Ok(Answer.Of(ScheduleAnswer.Of((await scheduling.Read.Find(store.Id, schedule.Id, cancel))!), "Called off. Its batch is kept for a week."));
    }

    private static async Task<Results<Accepted<Answer<ScheduleAnswer>>, ProblemHttpResult>> End(
        string id, EndScheduleNow end, [AsParameters] Scheduling scheduling, CancellationToken cancel, string? storeId = null)
    {
        var (store, schedule, problem) = await Find(id, storeId, scheduling, cancel);
        if (schedule is null)
            return problem!;
        if (!await end.End(store!.Id, schedule.Id, cancel))
            return Problems.Of(StatusCodes.Status409Conflict, $"It is {State(schedule)}: only one that runs is ended.");
        return TypedResults.Accepted($"/api/schedules/{id}", Answer.Of(ScheduleAnswer.Of((await scheduling.Read.Find(store.Id, schedule.Id, cancel))!), "It ends now; ask again for what it did."));
    }

    private static async Task<(StoreRow? Store, Schedule? Schedule, ProblemHttpResult? Problem)> Find(string id, string? storeId, Scheduling scheduling, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, null, Problems.Field("id", $"id is “{id}”; it is the id of a schedule, digits only."));
        var (store, problem) = await StoreChoice.Of(storeId, scheduling.Stores, cancel);
        if (store is null)
            return (null, null, problem);
        return await scheduling.Read.Find(store.Id, number, cancel) is { } schedule ? (store, schedule, null) : (store, null, Problems.NotFound($"There is no schedule {id} in {store.Name}."));
    }

    internal static ProblemHttpResult Refused(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.Wrong { Problem: var wrong } => Problems.Field(wrong.Value, wrong.Sentence),
        ScheduleOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
        _ => throw new InvalidOperationException("Scheduling has no other outcome."),
    };

    internal static string? Said(Schedule schedule, ScheduleTimes times, StoreRow store, long leftOut)
    {
        var zone = StoreZone.Of(store.TimeZone);
        string?[] parts =
        [
            schedule.State is ScheduleState.Planned ? ShopMoment.Start(times.Start, zone).Note : null,
            times.End is { } end ? ShopMoment.End(end, zone).Note : null,
            schedule.WaitsForApproval ? $"{string.Join(" ", schedule.NeedsApproval)} A second person has to approve it first." : null,
            leftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $"{leftOut:N0} rows of the batch cannot be scheduled and are left out.") : null,
        ];
        return string.Join(" ", parts.OfType<string>()) is { Length: > 0 } said ? said : null;
    }

    private static string State(Schedule schedule) => schedule.State.ToString().ToLowerInvariant();

    private static string? Text(JsonNode? node) => node?.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : null;

    internal static DateTime? Clock(string? text) =>
        DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock) ? clock : null;

    internal static ProblemHttpResult WrongClock(string name, string? text) =>
        Problems.Field(name, $"{name} is “{text}”; it is a time on the shop's clocks such as 2026-11-27T00:00, without an offset.");

    private static int? Size(string? text) =>
        string.IsNullOrEmpty(text) ? StandardSize : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= MostSize ? size : null;

    private static ProblemHttpResult WrongSize(string? text) => Problems.Field("size", $"size is “{text}”; it is a whole number from 1 to {MostSize}.");

    public sealed record CreateScheduleRequest(string? BatchId, string? Start, string? End, string? Title, bool? Send, bool? Confirm, long? ConfirmZeros, string? StoreId);

    /// <summary>What finding a schedule needs.</summary>
    public sealed record Scheduling(ReadSchedules Read, ListStores Stores);
}

/// <summary>A schedule. start and end are times on the shop's clocks in timeZone, startsAt and endsAt the same as moments; what it said tells how each went.</summary>
public sealed record ScheduleAnswer(
    string Id, string Title, string State, string BatchId, string Start, string? End, string TimeZone, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, bool Send, string MadeBy, DateTimeOffset MadeAt,
    long Products, long Collections, long Fields, ScheduledCounts Values, IReadOnlyList<string> NeedsApproval, bool WaitsForApproval, string? ApprovedBy,
    DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? StartSaid, string? EndSaid, string? StartChangeSetId, string? EndChangeSetId)
{
    public static ScheduleAnswer Of(Schedule schedule) => new(
        schedule.Id.Text(), schedule.Title, schedule.State.ToString().ToLowerInvariant(), schedule.PreviewId.Text(), Clock(schedule.StartsLocal), schedule.EndsLocal is { } end ? Clock(end) : null,
        schedule.TimeZone, schedule.StartsAt.ToUniversalTime(), schedule.EndsAt?.ToUniversalTime(), schedule.Sends, schedule.MadeBy, schedule.MadeAt.ToUniversalTime(),
        schedule.Products, schedule.Collections, schedule.Fields, new(schedule.Waiting, schedule.Active, schedule.Ended, schedule.Lifted, schedule.Skipped),
        schedule.NeedsApproval, schedule.WaitsForApproval, schedule.ApprovedBy,
        schedule.StartedAt?.ToUniversalTime(), schedule.EndedAt?.ToUniversalTime(), schedule.StartSaid, schedule.EndSaid, schedule.StartChangeSet?.Text(), schedule.EndChangeSet?.Text());

    private static string Clock(DateTime clock) => clock.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>How the values of a schedule stand; lifted were changed by somebody else while it ran, skipped were not set at all.</summary>
public sealed record ScheduledCounts(long Waiting, long Active, long Ended, long Lifted, long Skipped);

/// <summary>
/// One value that a schedule sets; element is the tag that comes or goes, where the field is a set. A value of a collection names that, and a product only where
/// one is put in or taken out (members) by hand; publications are places. words says what a source would hold.
/// </summary>
public sealed record ScheduledValueAnswer(
    string Id, string? ProductId, string? Product, string? Variant, string? CollectionId, string? Collection, string Entity, string Field, string? Element, JsonNode? Seen, JsonNode? Value, string? Words, string State, string? Said)
{
    public static ScheduledValueAnswer Of(ScheduledValue value, ReferenceNames names, string currency) => new(
        value.Id.Text(), value.ProductId == 0 ? null : value.ProductId.Text(), value.Product, value.Variant, value.CollectionId?.Text(), value.Collection, value.Entity, value.Field,
        value.Element.Length == 0 ? null : value.Element, value.Seen, value.Value, value.Field == "definition" ? CollectionWords.Definition(value.Value, names, currency) : null, value.State, value.Said);
}
