using System.Globalization;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Web.Api;

/// <summary>Whose payload names people: only those who may act see it.</summary>
public static class PersonalPayload
{
    public static bool Is(string topic) =>
        topic.StartsWith("orders/", StringComparison.OrdinalIgnoreCase) || topic.StartsWith("customers/", StringComparison.OrdinalIgnoreCase) || WebhookTopic.Of(topic) is null;
}

/// <summary>Reads the filters of a list of events from an address.</summary>
public static class EventFilter
{
    private static readonly string[] Outcomes = ["changed", "unchanged", "own", "conflict", "deleted", "noted", "ignored", "dead", "queued"];
    private static readonly string[] Entities = ["product", "collection", "inventory_item", "location", "order", "shop", "bulk_operation"];

    public static (DeliveryFilter Filter, string? WrongName, string? Wrong) Read(Func<string, string?> parameter)
    {
        var filter = new DeliveryFilter();
        if (parameter("topic") is { Length: > 0 } topic)
        {
            if (WebhookTopic.Of(topic) is not { } known)
                return (filter, "topic", $"topic is “{topic}”; topics are {string.Join(", ", WebhookTopic.All.Select(each => each.Name))}.");
            filter = filter with { Topic = known.Name };
        }
        if (parameter("outcome") is { Length: > 0 } outcome)
        {
            if (!Outcomes.Contains(outcome))
                return (filter, "outcome", $"outcome is “{outcome}”; it is {string.Join(", ", Outcomes)}.");
            filter = outcome is DeliveryState.Dead or DeliveryState.Queued ? filter with { State = outcome } : filter with { Outcome = outcome };
        }
        if (parameter("entity") is { Length: > 0 } entity)
        {
            if (!Entities.Contains(entity))
                return (filter, "entity", $"entity is “{entity}”; it is {string.Join(", ", Entities)}.");
            filter = filter with { Entity = entity };
        }
        if (parameter("entityId") is { Length: > 0 } id)
        {
            if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return (filter, "entityId", $"entityId is “{id}”; it is an id as Shopify gives it, digits only.");
            filter = filter with { EntityId = number };
        }
        foreach (var name in (string[])["since", "before"])
        {
            if (parameter(name) is not { Length: > 0 } text)
                continue;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return (filter, name, $"{name} is “{text}”; it is a moment such as 2026-11-20T09:30:00Z.");
            filter = name == "since" ? filter with { Since = at } : filter with { Before = at };
        }
        return (filter, null, null);
    }
}

/// <summary>How a shop's webhooks are. Callback is null where no public address is set; attention counts what needs a person.</summary>
public sealed record WebhookStatusAnswer(
    string? Callback, int Registered, int Wanted, DateTimeOffset? CheckedAt, string? CheckError, long Queued, DateTimeOffset? StalledSince, long Failing, long Dead,
    double PerMinute, DateTimeOffset? LastHeardAt, double? LagSeconds, int Attention);

/// <summary>A shop's webhooks since a moment, in figures.</summary>
public sealed record WebhookMetricsAnswer(
    DateTimeOffset Since, long Heard, IReadOnlyDictionary<string, long> Outcomes, IReadOnlyList<TopicAnswer> Topics, IReadOnlyList<TenMinutesAnswer> TenMinutes);

public sealed record TopicAnswer(string Topic, long Heard, long Repeats, long Changed, long Queued, long Dead, double? LagSeconds, DateTimeOffset LastHeardAt);

public sealed record TenMinutesAnswer(DateTimeOffset From, long Heard, double? LagSeconds);

/// <summary>An event. Outcome is null while it waits or after it was given up; entityId is Shopify's, productId ours.</summary>
public sealed record WebhookEventAnswer(
    string Id, string WebhookId, string Topic, DateTimeOffset? TriggeredAt, DateTimeOffset HeardAt, bool IsTest, int Repeats, string State, string? Outcome, string? Entity, string? EntityId,
    string? ProductId, string? Title, int Attempts, string? Error, DateTimeOffset? DoneAt, double? LagSeconds, string? ChangeSetId, int Replays)
{
    public static WebhookEventAnswer Of(DeliveryRow row) => new(
        row.Id.Text(), row.WebhookId, row.Topic, row.TriggeredAt?.ToUniversalTime(), row.HeardAt.ToUniversalTime(), row.IsTest, row.Repeats, row.State, row.Outcome, row.Entity, row.EntityId?.Text(),
        row.ProductId?.Text(), row.Title, row.Tries, row.Error, row.DoneAt?.ToUniversalTime(), WebhooksApi.Seconds(row.Lag), row.ChangeSetId?.Text(), row.Replays);
}

/// <summary>An event with its payload, as text and exactly; both null where your role may not read it. Replays are the last twenty, the newest at the end.</summary>
public sealed record WebhookEventDetailsAnswer(
    WebhookEventAnswer Event, string? EventId, string? ApiVersion, DateTimeOffset? RepeatedAt, string? Payload, string? PayloadBase64, IReadOnlyList<ReplayedAnswer> Replays);

/// <summary>One time that an event was handled once more. The event itself keeps what came of it the first time.</summary>
public sealed record ReplayedAnswer(DateTimeOffset At, string? By, string State, string? Outcome, DateTimeOffset? DoneAt, string? Error, string? ChangeSetId)
{
    public static ReplayedAnswer Of(ReplayRow row) => new(
        row.AskedAt.ToUniversalTime(), row.AskedBy, row.State, row.Outcome, row.DoneAt?.ToUniversalTime(), row.Error, row.ChangeSetId?.Text());
}

/// <summary>What is subscribed, as of the last check.</summary>
public sealed record SubscriptionsAnswer(string? Callback, DateTimeOffset? CheckedAt, string? CheckError, int Registered, int Wanted, IReadOnlyList<SubscriptionAnswer> Topics, IReadOnlyList<GapAnswer> Gaps)
{
    public static SubscriptionsAnswer Of(StoreSubscriptions known, Uri? callback) => new(
        callback?.ToString(), known.Check?.At.ToUniversalTime(), known.Check?.Error, known.Registered, known.Wanted,
        [.. known.Topics.Select(row => new SubscriptionAnswer(row.Topic, State(row.State), row.Uri, row.SeenAt?.ToUniversalTime(), row.BackAt?.ToUniversalTime(), row.Refusal))],
        [.. known.Gaps.Select(gap => new GapAnswer(gap.Id.Text(), gap.Topics, gap.Reason.ToString().ToLowerInvariant(), gap.From.ToUniversalTime(), gap.To.ToUniversalTime(), gap.RunId?.Text(), gap.RepairedAt?.ToUniversalTime(), gap.Changed))]);

    private static string State(SubscriptionState state) => state switch
    {
        SubscriptionState.Registered => "registered",
        SubscriptionState.Refused => "refused",
        SubscriptionState.ByApp => "byApp",
        _ => "missing",
    };
}

public sealed record SubscriptionAnswer(string Topic, string State, string? Uri, DateTimeOffset? SeenAt, DateTimeOffset? BackAt, string? Refusal);

/// <summary>From when to when not everything was heard, why, and the run that pulled it.</summary>
public sealed record GapAnswer(string Id, IReadOnlyList<string> Topics, string Reason, DateTimeOffset From, DateTimeOffset To, string? RunId, DateTimeOffset? RepairedAt, long? Changed);
