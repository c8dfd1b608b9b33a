namespace CowansDashboard.Webhooks.Handling;

/// <summary>A delivery that this node handles at the moment.</summary>
internal sealed class ClaimedDelivery(long id, long storeId, string topic, byte[] body, DateTimeOffset heardAt, int attempts, int postponed = 0, long? replayId = null)
{
    public long Id => id;

    public long StoreId => storeId;

    public string Topic => topic;

    /// <summary>How often it had to wait for Shopify.</summary>
    public int Postponed => postponed;

    /// <summary>The replay of it that is handled, where it is not the delivery itself.</summary>
    public long? ReplayId => replayId;

    /// <summary>When it came, or when it was asked for once more.</summary>
    public DateTimeOffset HeardAt => heardAt;

    /// <summary>This one included.</summary>
    public int Attempts => attempts;

    public DeliveryMeaning Meaning { get; } = DeliveryMeaning.Of(topic, body);

    /// <summary>What came of it is committed.</summary>
    public bool IsSettled { get; set; }
}

/// <summary>What came of a delivery.</summary>
internal sealed record SettledDelivery(ClaimedDelivery Delivery, string Outcome, long? ChangeSetId = null);
