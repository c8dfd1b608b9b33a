namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Whether stock that an event tells is taken as it stands. Pure. Only where it is certainly newer than what the copy knows: times
/// have whole seconds, and what was retried for hours may be long overtaken.
/// </summary>
internal static class LevelDecision
{
    /// <summary>An event that is older than this when it is handled is read again instead.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromMinutes(5);

    /// <param name="heard">What the event says.</param>
    /// <param name="now">When it is handled: it may have waited here, or be handled once more days later.</param>
    /// <param name="known">The time of the quantities that the copy holds; null where it holds none.</param>
    /// <param name="dataAsOf">The moment of Shopify that the last pull showed.</param>
    public static bool IsData(HeardLevel heard, DateTimeOffset now, DateTimeOffset? known, DateTimeOffset? dataAsOf) =>
        heard is { Available: not null, UpdatedAt: { } at }
        && known is { } before && at > before
        && !(at <= dataAsOf)
        && now - at < Prompt;
}
