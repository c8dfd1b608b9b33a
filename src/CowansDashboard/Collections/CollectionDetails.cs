using System.Text.Json;
using CowansDashboard.Search;

namespace CowansDashboard.Collections;

/// <summary>A collection of the copy with its sources and places; its members are read page by page.</summary>
public sealed record CollectionDetails
{
    public required CollectionRow Row { get; init; }
    public required string DescriptionHtml { get; init; }
    public required string? TemplateSuffix { get; init; }
    public required string? SeoTitle { get; init; }
    public required string? SeoDescription { get; init; }
    public required string? ImageAlt { get; init; }
    public required DateTimeOffset? RemoteUpdatedAt { get; init; }
    public required DateTimeOffset? DeletedAt { get; init; }

    /// <summary>In Shopify's order.</summary>
    public IReadOnlyList<StoredSource> Sources { get; init; } = [];
}

/// <summary>A source as Shopify returned it.</summary>
public sealed record StoredSource(long Id, string? Gid, string Type, string Title, JsonElement Definition);

/// <summary>A product of a collection, at its place.</summary>
public sealed record CollectionMember(
    int Position, long ProductId, long? ShopifyId, string Title, string Status, string Vendor, decimal? MinPrice, decimal? MaxPrice, long? Stock, string? ThumbnailUrl, SyncState Sync);
