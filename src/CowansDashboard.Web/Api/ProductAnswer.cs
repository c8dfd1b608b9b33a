using System.Globalization;
using System.Text.Json;
using CowansDashboard.Catalog;
using CowansDashboard.Search;

namespace CowansDashboard.Web.Api;

/// <summary>A product of a list. Ids and money are strings, since a double would round them.</summary>
public sealed record ProductAnswer(
    string Id, string? ShopifyId, string Title, string Handle, string Status, string Vendor, string ProductType, IReadOnlyList<string> Tags,
    int VariantsCount, string? MinPrice, string? MaxPrice, long? Stock, string? ThumbnailUrl, string SyncState, int Version, DateTimeOffset UpdatedAt)
{
    public static ProductAnswer Of(ProductRow row) => new(
        row.Id.Text(), row.ShopifyId?.Text(), row.Title, row.Handle, row.Status.ToLowerInvariant(), row.Vendor, row.ProductType, row.Tags,
        row.Variants, row.MinPrice?.Text(), row.MaxPrice?.Text(), row.Stock, row.ThumbnailUrl, FilterField.Sync.Values![(int)row.Sync], row.Version, row.UpdatedAt.ToUniversalTime());
}

internal static class ApiText
{
    public static string Text(this long id) => id.ToString(CultureInfo.InvariantCulture);

    public static string Text(this decimal money) => money.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One product with all that belongs to it. <c>pending</c> maps a field edited here to the value both sides last agreed on.</summary>
public sealed record ProductDetailsAnswer(
    string Id, string? ShopifyId, string Title, string Handle, string Status, string Vendor, string ProductType, IReadOnlyList<string> Tags,
    int VariantsCount, string SyncState, int Version, DateTimeOffset UpdatedAt,
    string DescriptionHtml, SeoAnswer Seo, CategoryAnswer? Category, string Currency, string? TemplateSuffix, bool IsGiftCard, bool RequiresSellingPlan,
    string? OnlineStoreUrl, DateTimeOffset? PublishedAt, DateTimeOffset? ShopifyCreatedAt, DateTimeOffset? ShopifyUpdatedAt,
    IReadOnlyList<OptionAnswer> Options, IReadOnlyList<VariantAnswer> Variants, IReadOnlyList<MediaAnswer> Media, IReadOnlyList<MetafieldAnswer> Metafields,
    IReadOnlyList<CollectionAnswer> Collections, IReadOnlyList<PublicationAnswer> Publications,
    IReadOnlyDictionary<string, JsonElement> Pending, IReadOnlyList<ConflictAnswer> Conflicts)
{
    public static ProductDetailsAnswer Of(ProductDetails product, string currency)
    {
        // Looked up once: a product has up to 2,048 variants, each with metafields and places of its own.
        var fields = product.Metafields.ToLookup(field => (field.OwnerKind, field.OwnerId), field =>
            new MetafieldAnswer(field.Id.Text(), field.ShopifyId?.Text(), field.Namespace, field.Key, field.Type, field.Value));
        var places = product.Locations.ToDictionary(location => location.Id, location => location.Name);
        return new(
            product.Id.Text(), product.ShopifyId?.Text(), product.Title, product.Handle, product.Status.ToLowerInvariant(), product.Vendor, product.ProductType, product.Tags,
            product.Variants.Count, FilterField.Sync.Values![product.SyncState], product.Version, product.UpdatedAt.ToUniversalTime(),
            product.DescriptionHtml, new(product.SeoTitle, product.SeoDescription),
            product.CategoryId is null ? null : new(product.CategoryId, product.CategoryName), currency, product.TemplateSuffix, product.IsGiftCard, product.RequiresSellingPlan,
            product.OnlineStoreUrl, product.PublishedAt?.ToUniversalTime(), product.RemoteCreatedAt?.ToUniversalTime(), product.RemoteUpdatedAt?.ToUniversalTime(),
            [.. product.Options.Select(option => new OptionAnswer(option.Id.Text(), option.ShopifyId?.Text(), option.Name, option.Position, option.Values))],
            [.. product.Variants.Select(variant => VariantAnswer.Of(variant, places, [.. fields[("variant", variant.Id)]]))],
            [.. product.Media.Select(media => new MediaAnswer(media.Id.Text(), media.ShopifyId?.Text(), media.Position, media.MediaType, media.Status, media.Alt, media.Url, media.PreviewUrl, media.Width, media.Height))],
            [.. fields[("product", product.Id)]],
            [.. product.Collections.Select(collection => new CollectionAnswer(collection.Id.Text(), collection.Title, collection.Position))],
            [.. product.Publications.Select(place => new PublicationAnswer(place.Id.Text(), place.Title, place.Published))],
            Pendings(product.Pending),
            [.. product.Conflicts.Select(conflict => new ConflictAnswer(conflict.Id.Text(), conflict.Entity, conflict.EntityId.Text(), conflict.Field, conflict.Base, conflict.Ours, conflict.Shopifys, conflict.DetectedAt.ToUniversalTime()))]);
    }

    internal static IReadOnlyDictionary<string, JsonElement> Pendings(IReadOnlyList<PendingField> fields) => fields.ToDictionary(field => field.Name, field => field.Base);
}

/// <summary>A field changed on both sides: the last agreed value, ours, and Shopify's.</summary>
public sealed record ConflictAnswer(string Id, string Entity, string EntityId, string Field, JsonElement? Base, JsonElement? Ours, JsonElement? Shopify, DateTimeOffset DetectedAt);

public sealed record SeoAnswer(string? Title, string? Description);

public sealed record CategoryAnswer(string Id, string? Name);

public sealed record OptionAnswer(string Id, string? ShopifyId, string Name, int Position, IReadOnlyList<string> Values);

public sealed record MediaAnswer(string Id, string? ShopifyId, int Position, string MediaType, string Status, string? Alt, string? Url, string? PreviewUrl, int? Width, int? Height);

public sealed record MetafieldAnswer(string Id, string? ShopifyId, string Namespace, string Key, string Type, string Value);

public sealed record CollectionAnswer(string Id, string Title, int Position);

public sealed record PublicationAnswer(string Id, string Title, bool Published);

public sealed record InventoryAnswer(string LocationId, string LocationName, int? Available, int? OnHand, int? Committed, int? Incoming, int? Reserved, int? Damaged, int? SafetyStock, int? QualityControl);

public sealed record VariantAnswer(
    string Id, string? ShopifyId, string Title, IReadOnlyList<string> OptionValues, int Position, string? Sku, string? Barcode, string Price, string? CompareAtPrice,
    string? UnitCost, bool Taxable, string InventoryPolicy, bool Tracked, bool RequiresShipping, string? Weight, string? WeightUnit, string? HarmonizedSystemCode,
    string? CountryCodeOfOrigin, IReadOnlyList<string> MediaIds, IReadOnlyList<InventoryAnswer> Inventory, IReadOnlyList<MetafieldAnswer> Metafields, IReadOnlyDictionary<string, JsonElement> Pending)
{
    public static VariantAnswer Of(ProductVariant variant, IReadOnlyDictionary<long, string> places, IReadOnlyList<MetafieldAnswer> metafields) => new(
        variant.Id.Text(), variant.ShopifyId?.Text(), variant.Title, variant.OptionValues, variant.Position, variant.Sku, variant.Barcode, variant.Price.Text(), variant.CompareAtPrice?.Text(),
        variant.UnitCost?.Text(), variant.Taxable, variant.InventoryPolicy, variant.Tracked, variant.RequiresShipping, variant.Weight?.Text(), variant.WeightUnit, variant.HarmonizedSystemCode,
        variant.CountryCodeOfOrigin, [.. variant.MediaIds.Select(ApiText.Text)],
        [.. variant.Levels.Select(level => new InventoryAnswer(
            level.LocationId.Text(), places.GetValueOrDefault(level.LocationId, ""), level.Available, level.OnHand, level.Committed, level.Incoming, level.Reserved, level.Damaged, level.SafetyStock, level.QualityControl))],
        metafields, ProductDetailsAnswer.Pendings(variant.Pending));
}
