namespace CowansDashboard.Shopify.Bulk;

/// <summary>How a bulk operation ended.</summary>
public abstract record BulkOutcome
{
    private BulkOutcome()
    {
    }

    /// <summary>Which operation.</summary>
    public required ShopifyId Operation { get; init; }

    /// <summary>Objects Shopify wrote.</summary>
    public long ObjectCount { get; init; }

    /// <summary>Objects of the root connection among them.</summary>
    public long RootObjectCount { get; init; }

    /// <summary>Everything was read. <paramref name="Url"/> is null when there was nothing to read; without a <paramref name="FileSize"/> Shopify has not said how long it is.</summary>
    public sealed record Completed(string? Url, long? FileSize) : BulkOutcome;

    /// <summary>
    /// Shopify gave up. Without a code (about half of all failures) the same query often succeeds when run again;
    /// ACCESS_DENIED never does. What was read until then is at <paramref name="PartialDataUrl"/>.
    /// </summary>
    public sealed record Failed(string? Code, string? PartialDataUrl) : BulkOutcome
    {
        /// <summary>Whether running it again could help.</summary>
        public bool CanRetry => Code != "ACCESS_DENIED";
    }

    /// <summary>Somebody, or Shopify itself, cancelled it.</summary>
    public sealed record Canceled(string? PartialDataUrl) : BulkOutcome;

    /// <summary>Its result is no longer kept, or Shopify no longer knows the operation: run it again.</summary>
    public sealed record Expired : BulkOutcome;

    /// <summary>It ran on without writing anything for <paramref name="Idle"/> and was cancelled: try a smaller slice.</summary>
    public sealed record Stuck(TimeSpan Idle, string? PartialDataUrl) : BulkOutcome;
}
