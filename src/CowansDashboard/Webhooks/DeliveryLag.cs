namespace CowansDashboard.Webhooks;

/// <summary>
/// How late events are, counted in one way wherever it is shown: from Shopify's trigger until the copy had it for the first time.
/// Test events, replays, and what was given up do not count.
/// </summary>
public static class DeliveryLag
{
    /// <summary>Of all but the slowest twentieth the longest way; an aggregate over webhook_deliveries.</summary>
    public const string P95 = $"percentile_disc(0.95) within group (order by {Way}) filter (where {Counts})";

    internal const string Counts = "state = 'done' and replayed_at is null and not is_test";

    // Shopify's clock may be ahead of ours: nothing arrives before it was sent.
    private const string Way = "done_at - least(triggered_at, heard_at)";

    internal static DateTimeOffset Began(DateTimeOffset? triggered, DateTimeOffset heard) => triggered < heard ? triggered.Value : heard;
}
