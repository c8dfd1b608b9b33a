using CowansDashboard.Shopify;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>Why something may not have been heard.</summary>
public enum Loss
{
    None,

    /// <summary>Shopify has it no more: it ends a subscription after eight failed attempts, and apps and people can end it.</summary>
    Vanished,

    /// <summary>Somebody pointed it to another address, or narrowed what it posts.</summary>
    Elsewhere,

    /// <summary>We changed the address ourselves.</summary>
    Moved,
}

/// <summary>What a check does about one topic.</summary>
public abstract record SubscriptionStep(WebhookTopic Topic, Loss Loss)
{
    /// <summary>It is as it should be.</summary>
    public sealed record Keep(WebhookTopic Topic, ShopifyId Id, Loss Loss) : SubscriptionStep(Topic, Loss);

    public sealed record Register(WebhookTopic Topic, Loss Loss) : SubscriptionStep(Topic, Loss);

    /// <summary>It is ours and posts to another place, or not everything.</summary>
    public sealed record Point(WebhookTopic Topic, ShopifyId Id, Loss Loss) : SubscriptionStep(Topic, Loss);

    /// <summary>A second one of ours: every event would come twice.</summary>
    public sealed record Drop(WebhookTopic Topic, ShopifyId Id) : SubscriptionStep(Topic, Loss.None);
}
