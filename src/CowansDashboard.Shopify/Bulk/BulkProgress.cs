namespace CowansDashboard.Shopify.Bulk;

/// <summary>Where a bulk query stands.</summary>
/// <param name="Stage">What is going on.</param>
/// <param name="Operation">Shopify's operation; none before it started.</param>
/// <param name="ObjectCount">Objects written so far.</param>
/// <param name="RootObjectCount">Objects of the root connection among them.</param>
/// <param name="Elapsed">Since the runner took it up.</param>
public sealed record BulkProgress(BulkStage Stage, ShopifyId Operation, long ObjectCount, long RootObjectCount, TimeSpan Elapsed);

/// <summary>What a bulk query is doing.</summary>
public enum BulkStage
{
    /// <summary>All of our slots in this shop are taken.</summary>
    WaitingForSlot,

    /// <summary>We hold a slot, but Shopify says that the shop already runs as many as it may: other apps of the shop take part.</summary>
    ShopIsBusy,

    /// <summary>The start was lost on its way, and Shopify lists no such operation: it is tried again.</summary>
    StartUnknown,

    /// <summary>Accepted, not yet reading.</summary>
    Created,

    /// <summary>Reading.</summary>
    Running,

    /// <summary>Asked to stop.</summary>
    Canceling,
}
