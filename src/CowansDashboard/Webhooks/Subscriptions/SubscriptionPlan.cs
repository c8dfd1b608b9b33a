using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>What the last checks left about one topic.</summary>
/// <param name="SeenAt">When it was last found as it should be; null when it never was.</param>
public sealed record KnownSubscription(string Topic, long? ShopifyId, string? Uri, DateTimeOffset? SeenAt);

/// <summary>
/// What should be subscribed against what is. Ours are those at our address, under our name, or with an id that we were given;
/// whatever else the app has belongs to somebody else and is left as it is. Pure.
/// </summary>
public static class SubscriptionPlan
{
    public static IReadOnlyList<SubscriptionStep> Of(
        IEnumerable<WebhookTopic> wanted, Uri callback, string name, IReadOnlyDictionary<string, KnownSubscription> known, IReadOnlyList<WebhookSubscriptionNode> actual)
    {
        var steps = new List<SubscriptionStep>();
        foreach (var topic in wanted.Where(topic => topic.InApi is not null))
        {
            var before = known.GetValueOrDefault(topic.Name);
            var ours = actual.Where(each => each.Topic == topic.InApi && IsOurs(each, callback, name, before)).ToList();
            var kept = ours.Find(each => IsAt(each, callback)) ?? ours.FirstOrDefault();
            steps.Add(kept is null ? new SubscriptionStep.Register(topic, before?.SeenAt is null ? Loss.None : Loss.Vanished)
                : IsAt(kept, callback) && IsWhole(kept) ? new SubscriptionStep.Keep(topic, kept.Id, LossOfKept(kept, before))
                : new SubscriptionStep.Point(topic, kept.Id, LossOfMoved(kept, callback, before)));
            steps.AddRange(ours.Where(each => each != kept).Select(each => new SubscriptionStep.Drop(topic, each.Id)));
        }
        return steps;
    }

    private static bool IsOurs(WebhookSubscriptionNode each, Uri callback, string name, KnownSubscription? before) =>
        IsAt(each, callback) || each.Name == name || (before?.ShopifyId is { } id && id == each.Id.Number);

    private static bool IsAt(WebhookSubscriptionNode each, Uri callback) =>
        System.Uri.TryCreate(each.Uri, UriKind.Absolute, out var uri) && uri == callback;

    // A filter or a list of fields keeps events or changes from us.
    private static bool IsWhole(WebhookSubscriptionNode each) =>
        each.IncludeFields.Count == 0 && string.IsNullOrEmpty(each.Filter) && each.Format is null or "JSON";

    // Another id than the one we were given: it was gone in between, and a check that died had just registered it again.
    private static Loss LossOfKept(WebhookSubscriptionNode kept, KnownSubscription? before) =>
        before?.SeenAt is null || before.ShopifyId == kept.Id.Number ? Loss.None : Loss.Vanished;

    private static Loss LossOfMoved(WebhookSubscriptionNode kept, Uri callback, KnownSubscription? before) =>
        before?.SeenAt is null ? Loss.None
        : before.ShopifyId != kept.Id.Number ? Loss.Vanished
        : before.Uri == kept.Uri && before.Uri != callback.ToString() ? Loss.Moved
        : Loss.Elsewhere;
}
