namespace CowansDashboard.Exports;

/// <summary>A product with everything that a file can tell of it, as the copy holds it: edits that wait for Shopify included.</summary>
public sealed record ExportedProduct
{
    public required long Id { get; init; }
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

    /// <summary>Of Shopify's taxonomy, from the top down: "Apparel &amp; Accessories > Clothing".</summary>
    public required string? Category { get; init; }

    /// <summary>Of the team's own tree, from the top down.</summary>
    public required string? OwnCategory { get; init; }

    public required bool IsGiftCard { get; init; }
    public required bool RequiresSellingPlan { get; init; }
    public required bool IsOnOnlineStore { get; init; }
    public required DateTimeOffset? CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required IReadOnlyList<string> Collections { get; init; }

    public IReadOnlyList<string> OptionNames { get; set; } = [];
    public IReadOnlyList<ExportedVariant> Variants { get; set; } = [];
    public IReadOnlyList<ExportedPicture> Pictures { get; set; } = [];
    public IReadOnlyDictionary<string, string> Metafields { get; set; } = new Dictionary<string, string>();
}

/// <summary>A variant of an exported product.</summary>
public sealed record ExportedVariant
{
    public required long Id { get; init; }
    public required long? ShopifyId { get; init; }
    public required string Title { get; init; }
    public required IReadOnlyList<string> OptionValues { get; init; }
    public required string? Sku { get; init; }
    public required string? Barcode { get; init; }

    /// <summary>In the shop's currency.</summary>
    public required decimal Price { get; init; }

    public required decimal? CompareAtPrice { get; init; }
    public required decimal? UnitCost { get; init; }
    public required bool Taxable { get; init; }
    public required string InventoryPolicy { get; init; }
    public required bool Tracked { get; init; }
    public required bool RequiresShipping { get; init; }
    public required decimal? Weight { get; init; }

    /// <summary>KILOGRAMS, GRAMS, POUNDS or OUNCES.</summary>
    public required string? WeightUnit { get; init; }

    public required string? HarmonizedSystemCode { get; init; }
    public required string? CountryCodeOfOrigin { get; init; }
    public required string? PictureUrl { get; init; }

    public IReadOnlyDictionary<string, string> Metafields { get; set; } = new Dictionary<string, string>();

    /// <summary>What is available, by our number of the place; places that do not stock it are missing.</summary>
    public IReadOnlyDictionary<long, long> Stock { get; set; } = new Dictionary<long, long>();
}

/// <summary>A picture of an exported product.</summary>
public sealed record ExportedPicture(string Url, string? Alt);
