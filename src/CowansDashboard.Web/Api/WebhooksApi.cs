using System.Globalization;
using System.Security.Claims;
using System.Text;
using CowansDashboard.Accounts;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>What Shopify posts, for programs: how it goes, what came, what is subscribed, and having it handled again.</summary>
public static class WebhooksApi
{
    private const int StandardPage = 50;
    private const int LargestPage = 100;
    private const int MostIds = 1_000;
    private static readonly string[] Filters = ["topic", "outcome", "entity", "entityId", "since", "before"];

    public static IEndpointRouteBuilder MapWebhooksApi(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup("/api/webhooks").WithTags("Webhooks");
        webhooks.MapGet("/status", Status).RequireAuthorization(Policies.Viewer).WithName("WebhookStatus")
            .WithSummary("Whether webhooks are set up, how quickly they are handled, and what needs a person");
        webhooks.MapGet("/metrics", Metrics).RequireAuthorization(Policies.Viewer).WithName("WebhookMetrics")
            .WithSummary("Counts and lag by topic, by outcome and by ten minutes")
            .WithDescription("`since` is a moment such as 2026-11-20T00:00:00Z, at most 14 days ago; without it the last 24 hours. Lag is from Shopify’s trigger to the copy for the first time, in seconds, 95 of 100; test events and replays do not count.");
        webhooks.MapGet("/events", Events).RequireAuthorization(Policies.Viewer).WithName("ListWebhookEvents")
            .WithSummary("Lists what Shopify posted, the newest first")
            .WithDescription("`topic` is as in Shopify’s header; `outcome` is changed, unchanged, own, conflict, deleted, noted, ignored, dead or queued; `entity` and `entityId` are what it is about, by Shopify’s id. Follow `meta.next`, which costs the same at any depth.");
        webhooks.MapGet("/events/{id}", Event).RequireAuthorization(Policies.Viewer).WithName("ReadWebhookEvent")
            .WithSummary("One event with its payload; payloads of orders and customers need the role merchandiser");
        webhooks.MapGet("/subscriptions", Subscriptions).RequireAuthorization(Policies.Viewer).WithName("ListWebhookSubscriptions")
            .WithSummary("Which topics Shopify posts here, as of the last check, and the times in which not everything was heard");
        webhooks.MapPost("/subscriptions/check", Check).RequireAuthorization(Policies.Merchandiser).WithName("CheckWebhookSubscriptions")
            .WithSummary("Compares the subscriptions with what they should be, registers what is missing and pulls what was not heard");
        webhooks.MapPost("/test", Test).RequireAuthorization(Policies.Merchandiser).WithName("TestWebhook")
            .WithSummary("Posts a signed test event to the dashboard’s public address; it changes nothing");
        webhooks.MapPost("/replay", Replay).RequireAuthorization(Policies.Merchandiser).WithName("ReplayWebhooks")
            .WithSummary("Has events handled once more")
            .WithDescription("One of `ids` (up to 1,000), `since` (with or without `topic`), or `dead: true` for all that were given up. Nothing old is written: what an event names is read again, and what came of it the first time stays. An id that no event has is answered with 404, and nothing is replayed.");
        return app;
    }

    private static async Task<Results<Ok<Answer<WebhookStatusAnswer>>, ProblemHttpResult>> Status(
        ListStores stores, ReadCallbackAddress addresses, ReadSubscriptions subscriptions, ReadWebhookTroubles troubles, CountDeliveries count, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var address = await addresses.Read(cancel);
        var known = await subscriptions.Read(store.Id, cancel);
        var wrong = await troubles.Read(store.Id, cancel);
        var now = await count.Now(store.Id, cancel);
        return TypedResults.Ok(Answer.Of(new WebhookStatusAnswer(
            address?.Callback.ToString(), known.Registered, known.Wanted, known.Check?.At.ToUniversalTime(), known.Check?.Error, now.Queued, wrong.StalledSince?.ToUniversalTime(),
            now.Failing, now.Dead, Math.Round(now.PerMinute, 1), now.LastHeardAt?.ToUniversalTime(), Seconds(now.LagP95), wrong.Count),
            address is null ? new SubscriptionCheck.NoAddress().Sentence : null));
    }

    private static async Task<Results<Ok<Answer<WebhookMetricsAnswer>>, ProblemHttpResult>> Metrics(
        ListStores stores, CountDeliveries count, CountOutcomes outcomes, TimeProvider clock, CancellationToken cancel, string? storeId = null, string? since = null)
    {
        var now = clock.GetUtcNow();
        var from = now.AddDays(-1);
        if (!string.IsNullOrEmpty(since) && (!Moment(since, out from) || from < now.AddDays(-15) || from > now))
            return Problems.Field("since", $"since is “{since}”; it is a moment of the last 14 days such as {now.AddHours(-6):yyyy-MM-dd'T'HH:00:00'Z'}.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var topics = await count.ByTopic(store.Id, from, cancel);
        return TypedResults.Ok(Answer.Of(new WebhookMetricsAnswer(
            from.ToUniversalTime(), topics.Sum(topic => topic.Heard), await outcomes.Count(store.Id, from, cancel),
            [.. topics.Select(topic => new TopicAnswer(topic.Topic, topic.Heard, topic.Repeats, topic.Changed, topic.Queued, topic.Dead, Seconds(topic.LagP95), topic.LastHeardAt.ToUniversalTime()))],
            [.. (await count.ByTime(store.Id, from, cancel)).Select(ten => new TenMinutesAnswer(ten.From.ToUniversalTime(), ten.Heard, Seconds(ten.LagP95)))])));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<WebhookEventAnswer>>>, ProblemHttpResult>> Events(
        HttpRequest request, ListStores stores, ReadDeliveries read, CancellationToken cancel,
        string? storeId = null, string? topic = null, string? outcome = null, string? entity = null, string? entityId = null, string? since = null, string? before = null, string? size = null, string? after = null)
    {
        if (request.Query.Keys.FirstOrDefault(name => !Filters.Contains(name) && name is not ("storeId" or "size" or "after")) is { } unknown)
            return Problems.Field(unknown, $"There is no filter “{unknown}”. Filters are {string.Join(", ", Filters)}.");
        var (filter, wrongName, wrong) = EventFilter.Read(name => request.Query[name] is [.., var value] ? value : null);
        if (wrong is not null)
            return Problems.Field(wrongName!, wrong);
        var rows = StandardPage;
        if (!string.IsNullOrEmpty(size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out rows) || rows is < 1 or > LargestPage))
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {LargestPage}.");
        long? place = null;
        if (!string.IsNullOrEmpty(after))
            place = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        if (place is null && !string.IsNullOrEmpty(after))
            return Problems.Field("after", "after is not a place that this API gave; follow meta.next as it is.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var found = await read.Find(store.Id, filter, place, rows, cancel);
        IReadOnlyList<WebhookEventAnswer> data = [.. found.Rows.Select(WebhookEventAnswer.Of)];
        return TypedResults.Ok(Answer.Of(data, meta: new PageMeta(1, rows, null, found.Next is { } next ? NextPage.Of(request, next.Text()) : null)));
    }

    private static async Task<Results<Ok<Answer<WebhookEventDetailsAnswer>>, ProblemHttpResult>> Event(
        string id, ClaimsPrincipal user, ListStores stores, ReadDeliveries read, ReadReplays replays, CancellationToken cancel, string? storeId = null)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of an event, digits only.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        if (await read.Read(store.Id, number, cancel) is not { } found)
            return Problems.NotFound($"There is no event {id} in {store.Name}.");
        var shows = !PersonalPayload.Is(found.Row.Topic) || user.IsInRole(Roles.Merchandiser) || user.IsInRole(Roles.Admin);
        return TypedResults.Ok(Answer.Of(new WebhookEventDetailsAnswer(
            WebhookEventAnswer.Of(found.Row), found.Row.EventId, found.Row.ApiVersion, found.Row.RepeatedAt?.ToUniversalTime(),
            shows ? Encoding.UTF8.GetString(found.Body) : null, shows ? Convert.ToBase64String(found.Body) : null,
            [.. (await replays.Of(store.Id, number, cancel)).Select(ReplayedAnswer.Of)])));
    }

    private static async Task<Results<Ok<Answer<SubscriptionsAnswer>>, ProblemHttpResult>> Subscriptions(
        ListStores stores, ReadSubscriptions read, ReadCallbackAddress addresses, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        return TypedResults.Ok(Answer.Of(SubscriptionsAnswer.Of(await read.Read(store.Id, cancel), (await addresses.Read(cancel))?.Callback)));
    }

    private static async Task<Results<Ok<Answer<SubscriptionsAnswer>>, ProblemHttpResult>> Check(
        StoreRequest? request, ListStores stores, CheckSubscriptions check, ReadSubscriptions read, ReadCallbackAddress addresses, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request?.StoreId, stores, cancel);
        if (store is null)
            return problem!;
        return await check.Check(store.Id, cancel) switch
        {
            SubscriptionCheck.NoAddress none => Problems.Of(StatusCodes.Status409Conflict, none.Sentence),
            SubscriptionCheck.Failed failed => Problems.Of(StatusCodes.Status502BadGateway, failed.Sentence),
            var done => TypedResults.Ok(Answer.Of(SubscriptionsAnswer.Of(await read.Read(store.Id, cancel), (await addresses.Read(cancel))?.Callback), done.Sentence)),
        };
    }

    private static async Task<Results<Ok<Answer<TestAnswer>>, ProblemHttpResult>> Test(StoreRequest? request, ListStores stores, SendTestDelivery send, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request?.StoreId, stores, cancel);
        if (store is null)
            return problem!;
        var sent = await send.Send(store.Id, cancel);
        return sent is TestDelivery.Heard heard
            ? TypedResults.Ok(Answer.Of(new TestAnswer(heard.DeliveryId.Text(), Math.Round(heard.Lag.TotalSeconds, 3)), heard.Sentence))
            : Problems.Of(StatusCodes.Status409Conflict, sent.Sentence);
    }

    private static async Task<Results<Accepted<Answer<ReplayAnswer>>, ProblemHttpResult>> Replay(
        ReplayRequest? asked, ClaimsPrincipal user, ListStores stores, ReplayDeliveries replay, CancellationToken cancel)
    {
        var request = asked ?? new ReplayRequest(null, null, null, null, null);
        var ways = (request.Ids is null ? 0 : 1) + (request.Since is null ? 0 : 1) + (request.Dead is true ? 1 : 0);
        if (ways != 1)
            return Problems.Field("ids", "Say one of ids, since, or dead: true.");
        if (request.Topic is { } topic && (request.Since is null || WebhookTopic.Of(topic) is null))
            return Problems.Field("topic", $"topic goes with since, and is one of {string.Join(", ", WebhookTopic.All.Select(each => each.Name))}.");
        var ids = new List<long>();
        foreach (var text in request.Ids ?? [])
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return Problems.Field("ids", $"ids holds “{text}”; ids are whole numbers as strings, as GET /api/webhooks/events answers them.");
            ids.Add(id);
        }
        if (request.Ids is not null && ids.Count is 0 or > MostIds)
            return Problems.Field("ids", $"ids holds {ids.Count}; from 1 to {MostIds} are possible. For more, give since.");
        var since = default(DateTimeOffset);
        if (request.Since is not null && !Moment(request.Since, out since))
            return Problems.Field("since", $"since is “{request.Since}”; it is a moment such as 2026-11-20T09:30:00Z.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (store is null)
            return problem!;
        if (await replay.Unknown(store.Id, ids, cancel) is { Count: > 0 } unknown)
            return Problems.NotFound($"There is no event {string.Join(", ", unknown.Take(5))}{(unknown.Count > 5 ? $" and {unknown.Count - 5} more of these" : "")} in {store.Name}. Nothing was replayed.");
        var by = user.AsAskedBy();
        var again = request.Dead is true ? await replay.Dead(store.Id, by, cancel)
            : request.Since is not null ? await replay.Since(store.Id, since, request.Topic is null ? null : WebhookTopic.Of(request.Topic)!.Name, by, cancel)
            : await replay.Of(store.Id, ids, by, cancel);
        return TypedResults.Accepted("/api/webhooks/status", Answer.Of(new ReplayAnswer(again), again == 1 ? "1 event is handled once more." : $"{again} events are handled once more."));
    }

    internal static double? Seconds(TimeSpan? span) => span is { } known ? Math.Round(known.TotalSeconds, 3) : null;

    private static bool Moment(string text, out DateTimeOffset at) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);

    public sealed record StoreRequest(string? StoreId);

    public sealed record ReplayRequest(IReadOnlyList<string>? Ids, string? Since, string? Topic, bool? Dead, string? StoreId);

    public sealed record ReplayAnswer(long Events);

    public sealed record TestAnswer(string EventId, double Seconds);
}
