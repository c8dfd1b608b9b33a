namespace CowansDashboard.Webhooks;

/// <summary>What Shopify posted and signed, as it is kept. Headers are hints: only the body is signed.</summary>
public sealed record Delivery(long StoreId, string WebhookId, string Topic, byte[] Body)
{
    public string? EventId { get; init; }

    public DateTimeOffset? TriggeredAt { get; init; }

    public string? ApiVersion { get; init; }

    public bool IsTest { get; init; }
}
