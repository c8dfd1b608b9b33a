namespace CowansDashboard.Shopify.Wire;

/// <summary>What Shopify was told to post, and where to. An app sees its own only.</summary>
public sealed record WebhookSubscriptionNode
{
    public ShopifyId Id { get; init; }

    /// <summary>As in WebhookSubscriptionTopic: PRODUCTS_UPDATE.</summary>
    public string Topic { get; init => field = value ?? ""; } = "";

    /// <summary>An https address, or one of Pub/Sub or EventBridge.</summary>
    public string Uri { get; init => field = value ?? ""; } = "";

    public string? Name { get; init; }

    /// <summary>JSON or XML.</summary>
    public string? Format { get; init; }

    /// <summary>Only events that match it are posted.</summary>
    public string? Filter { get; init; }

    /// <summary>Only these fields are posted; empty means all.</summary>
    public IReadOnlyList<string> IncludeFields { get; init => field = value ?? []; } = [];
}

/// <summary>Data of <c>WebhookSubscriptionsPage</c>.</summary>
public sealed record WebhookSubscriptionsData(Page<WebhookSubscriptionNode> WebhookSubscriptions);
