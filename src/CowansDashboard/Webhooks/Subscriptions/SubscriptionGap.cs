namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>The time in which a topic may not have been heard. Pure.</summary>
/// <param name="From">The last moment of which we know that it was heard or subscribed.</param>
/// <param name="Since">What a pull has to look back to.</param>
public sealed record SubscriptionGap(DateTimeOffset From, DateTimeOffset Since)
{
    /// <summary>
    /// Shopify tries for four hours before it ends a subscription: what it failed to post then is lost as well, also where a later
    /// event of the same topic came through.
    /// </summary>
    public static readonly TimeSpan Attempts = TimeSpan.FromHours(4);

    /// <param name="seenAt">When the subscription was last found as it should be.</param>
    /// <param name="heardAt">When the last real event of the topic was triggered that was heard; null when none was.</param>
    public static SubscriptionGap Of(DateTimeOffset seenAt, DateTimeOffset? heardAt)
    {
        var heard = heardAt ?? DateTimeOffset.MinValue;
        return new(heard > seenAt ? heard : seenAt, seenAt - Attempts);
    }

    /// <summary>Several topics were lost: from the first of them on.</summary>
    public static SubscriptionGap Together(IReadOnlyCollection<SubscriptionGap> gaps) => new(gaps.Min(gap => gap.From), gaps.Min(gap => gap.Since));
}
