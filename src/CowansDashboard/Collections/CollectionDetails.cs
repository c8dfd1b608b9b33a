using System.Text.Json;
using CowansDashboard.Catalog;
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

    public required bool RedirectNewHandle { get; init; }

    /// <summary>How it is removed here, as Removal writes it; null while it stays.</summary>
    public required string? Removal { get; init; }

    /// <summary>It is here only, 1, or removed here only, 2.</summary>
    public required short Mark { get; init; }

    /// <summary>Fields that wait for Shopify, with what both sides last agreed on.</summary>
    public required IReadOnlyList<PendingField> Pending { get; init; }

    /// <summary>A person's order of its products, by our ids, while it waits for Shopify.</summary>
    public required IReadOnlyList<long>? MemberOrder { get; init; }

    /// <summary>In Shopify's order.</summary>
    public IReadOnlyList<StoredSource> Sources { get; init; } = [];

    /// <summary>Every place of the shop.</summary>
    public IReadOnlyList<CollectionPlace> Places { get; init; } = [];

    /// <summary>The open conflicts of it and of its sources.</summary>
    public IReadOnlyList<ProductConflict> Conflicts { get; init; } = [];
}

/// <summary>A source as Shopify returned it.</summary>
public sealed record StoredSource(long Id, string? Gid, string Type, string Title, JsonElement Definition)
{
    /// <summary>It is here only, 1.</summary>
    public short Mark { get; init; }

    public IReadOnlyList<PendingField> Pending { get; init; } = [];
}

/// <summary>A place where collections are published.</summary>
/// <param name="PublicationId">Our id of the place.</param>
/// <param name="Title">Its name.</param>
/// <param name="PairId">The row that says that the collection is published there, also one that is removed here only.</param>
/// <param name="IsPublished">It is published there, by the edits that wait.</param>
/// <param name="Waits">Shopify has not heard of it.</param>
public sealed record CollectionPlace(long PublicationId, string Title, long? PairId, bool IsPublished, bool Waits);

/// <summary>A product of a collection, at its place.</summary>
public sealed record CollectionMember(
    int Position, long ProductId, long? ShopifyId, string Title, string Status, string Vendor, decimal? MinPrice, decimal? MaxPrice, long? Stock, string? ThumbnailUrl, SyncState Sync);
