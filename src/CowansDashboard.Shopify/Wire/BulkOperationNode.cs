namespace CowansDashboard.Shopify.Wire;

/// <summary>A bulk operation as Shopify reports it.</summary>
public sealed record BulkOperationNode
{
    public ShopifyId Id { get; init; }

    /// <summary>One of <see cref="BulkStatuses"/>.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>QUERY or MUTATION.</summary>
    public string? Type { get; init; }

    /// <summary>ACCESS_DENIED, INTERNAL_SERVER_ERROR or TIMEOUT; a failed operation may also have none.</summary>
    public string? ErrorCode { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Objects written so far.</summary>
    public long ObjectCount { get; init; }

    public long RootObjectCount { get; init; }

    public long? FileSize { get; init; }

    /// <summary>Signed, good for seven days; null when there are no results.</summary>
    public string? Url { get; init; }

    public string? PartialDataUrl { get; init; }

    /// <summary>The query, where the document asks for it.</summary>
    public string? Query { get; init; }
}

/// <summary>The states of a bulk operation.</summary>
public static class BulkStatuses
{
    public const string Created = "CREATED";
    public const string Running = "RUNNING";
    public const string Canceling = "CANCELING";
    public const string Canceled = "CANCELED";
    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Expired = "EXPIRED";
}
