using CowansDashboard.Search;

namespace CowansDashboard.Collections;

/// <summary>A collection in the list. UpdatedAt is Shopify's time of its last change, or ours where Shopify has not heard of one.</summary>
public sealed record CollectionRow(
    long Id, long? ShopifyId, string Title, string Handle, string? ImageUrl, SourceKinds Sources, long Products, string SortOrder,
    IReadOnlyList<string> Publications, SyncState Sync, int Version, DateTimeOffset UpdatedAt)
{
    /// <summary>It is removed here, and how far that is; null while it stays, and once Shopify has deleted it.</summary>
    public CollectionRemoval? Removal { get; init; }
}

/// <summary>How products come into a collection.</summary>
[Flags]
public enum SourceKinds
{
    None = 0,
    Picked = 1,
    Conditions = 2,
    SubCollections = 4,

    /// <summary>A kind of source that came with a later version of Shopify's API.</summary>
    Unknown = 8,
}
