using System.Text.Json;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>A product of the copy with everything that hangs on it, apart from its variants' rows in full.</summary>
public sealed record ProductDetails
{
    public required long Id { get; init; }
    public required long StoreId { get; init; }
    public required long? ShopifyId { get; init; }
    public required string Title { get; init; }
    public required string Handle { get; init; }
    public required string DescriptionHtml { get; init; }
    public required string Vendor { get; init; }
    public required string ProductType { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required string Status { get; init; }
    public required string? TemplateSuffix { get; init; }
    public required string? SeoTitle { get; init; }
    public required string? SeoDescription { get; init; }
    public required string? CategoryId { get; init; }
    public required string? CategoryName { get; init; }
    public required bool IsGiftCard { get; init; }
    public required bool RequiresSellingPlan { get; init; }
    public required bool HasOnlyDefaultVariant { get; init; }
    public required string? OnlineStoreUrl { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required long? FeaturedMediaId { get; init; }
    public required int? RemoteVariantsCount { get; init; }
    public required int? RemoteMediaCount { get; init; }
    public required DateTimeOffset? RemoteCreatedAt { get; init; }
    public required DateTimeOffset? RemoteUpdatedAt { get; init; }
    public required IReadOnlyList<PendingField> Pending { get; init; }
    public required int SyncState { get; init; }
    public required long? Stock { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a pull, a webhook or a person last changed it here.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset? DeletedAt { get; init; }

    /// <summary>How it is removed here; null while it is not.</summary>
    public Removal? Removal { get; init; }

    /// <summary>A new handle leaves a redirect at the old address.</summary>
    public bool RedirectNewHandle { get; init; } = true;

    public IReadOnlyList<ProductOption> Options { get; init; } = [];
    public IReadOnlyList<ProductVariant> Variants { get; init; } = [];
    public IReadOnlyList<ProductMedia> Media { get; init; } = [];
    public IReadOnlyList<Metafield> Metafields { get; init; } = [];
    public IReadOnlyList<ProductCollection> Collections { get; init; } = [];
    public IReadOnlyList<ProductPublication> Publications { get; init; } = [];
    public IReadOnlyList<StockLocation> Locations { get; init; } = [];

    /// <summary>Open ones, of the product and of what hangs on it.</summary>
    public IReadOnlyList<ProductConflict> Conflicts { get; init; } = [];
}

/// <summary>A field edited here and not yet confirmed by Shopify, with the value both sides last agreed on.</summary>
public sealed record PendingField(string Name, JsonElement Base);

/// <summary>A field that changed on both sides: what both last agreed on, ours, and Shopify's.</summary>
public sealed record ProductConflict(long Id, string Entity, long EntityId, string Field, JsonElement? Base, JsonElement? Ours, JsonElement? Shopifys, DateTimeOffset DetectedAt);

public sealed record ProductOption(long Id, long? ShopifyId, string Name, int Position, IReadOnlyList<string> Values);

public sealed record ProductMedia(
    long Id, long? ShopifyId, int Position, string MediaType, string? Alt, string Status, string? Url, string? PreviewUrl, int? Width, int? Height, string? MimeType, string? Errors)
{
    public IReadOnlyList<PendingField> Pending { get; init; } = [];
}

public sealed record Metafield(long Id, long? ShopifyId, long OwnerId, string OwnerKind, string Namespace, string Key, string Type, string Value)
{
    public IReadOnlyList<PendingField> Pending { get; init; } = [];
}

public sealed record ProductCollection(long Id, string Title, int Position, int? Products);

/// <summary>A place where products can be published, and whether this one is.</summary>
public sealed record ProductPublication(long Id, string Title, bool Published);

public sealed record StockLocation(long Id, string Name, bool IsActive, long? Available);

public sealed record ProductVariant
{
    public required long Id { get; init; }
    public required long? ShopifyId { get; init; }
    public required string Title { get; init; }
    public required IReadOnlyList<string> OptionValues { get; init; }
    public required int Position { get; init; }
    public required string? Sku { get; init; }
    public required string? Barcode { get; init; }
    public required decimal Price { get; init; }
    public required decimal? CompareAtPrice { get; init; }
    public required decimal? UnitCost { get; init; }
    public required bool Taxable { get; init; }
    public required string InventoryPolicy { get; init; }
    public required bool Tracked { get; init; }
    public required bool RequiresShipping { get; init; }
    public required decimal? Weight { get; init; }
    public required string? WeightUnit { get; init; }
    public required string? HarmonizedSystemCode { get; init; }
    public required string? CountryCodeOfOrigin { get; init; }
    public required IReadOnlyList<long> MediaIds { get; init; }
    public required IReadOnlyList<PendingField> Pending { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public IReadOnlyList<StockLevel> Levels { get; init; } = [];

    /// <summary>Available over all active places; null when stock is not tracked.</summary>
    public long? Stock => Tracked ? Levels.Sum(level => level.Available ?? 0) : null;
}

public sealed record StockLevel(long LocationId, int? Available, int? OnHand, int? Committed, int? Incoming, int? Reserved, int? Damaged, int? SafetyStock, int? QualityControl);
