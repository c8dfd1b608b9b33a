using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Sync.Pull;

/// <summary>One bulk query of a full pull: what it asks, the parts of its result, and what must be in the copy before them.</summary>
public sealed record PullKind(string Name, Func<string?, BulkQuery> Query, PullPart[] Parts, string[] After)
{
    /// <summary>Products first, because everything else refers to them; then the largest results.</summary>
    public static readonly PullKind[] All =
    [
        new("products", BulkQuery.Products, [PullPart.Products], []),
        new("variants", BulkQuery.Variants, [PullPart.Variants, PullPart.VariantMetafields], ["products"]),
        new("inventory", BulkQuery.Inventory, [PullPart.Levels], ["products", "variants"]),
        new("metafields", BulkQuery.Metafields, [PullPart.ProductMetafields], ["products"]),
        new("media", BulkQuery.Media, [PullPart.Media], ["products"]),
        new("collections", BulkQuery.Collections, [PullPart.Collections, PullPart.Members, PullPart.CollectionMetafields], ["products"]),
        new("publications", BulkQuery.Publications, [PullPart.Publications, PullPart.ProductPublications], ["products"]),
    ];

    public static PullKind Of(string name) => All.First(kind => kind.Name == name);
}
