using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>A variant, from a page or a line of <c>BulkVariants</c>.</summary>
public sealed record VariantNode
{
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    /// <summary>Its product; only <c>VariantsById</c> and <c>BulkVariants</c> tell.</summary>
    public NodeRef? Product { get; init; }

    public string Title { get; init => field = value ?? ""; } = "";

    public string? Sku { get; init; }

    public string? Barcode { get; init; }

    public decimal? Price { get; init; }

    public decimal? CompareAtPrice { get; init; }

    public int? Position { get; init; }

    public bool? Taxable { get; init; }

    /// <summary>DENY or CONTINUE.</summary>
    public string? InventoryPolicy { get; init; }

    public long? InventoryQuantity { get; init; }

    public long? SellableOnlineQuantity { get; init; }

    public bool? AvailableForSale { get; init; }

    public bool? RequiresComponents { get; init; }

    public bool? ShowUnitPrice { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public IReadOnlyList<SelectedOption> SelectedOptions { get; init => field = value ?? []; } = [];

    public Money? UnitPrice { get; init; }

    public UnitPriceMeasurement? UnitPriceMeasurement { get; init; }

    public InventoryItemNode? InventoryItem { get; init; }

    public Page<NodeRef>? Media { get; init; }

    public Page<MetafieldNode>? Metafields { get; init; }
}

/// <summary>What a variant is of one option.</summary>
public sealed record SelectedOption
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string? Value { get; init; }

    public NodeRef? OptionValue { get; init; }
}

/// <summary>The measure behind a price per unit.</summary>
public sealed record UnitPriceMeasurement
{
    public string? MeasuredType { get; init; }

    public string? QuantityUnit { get; init; }

    public decimal? QuantityValue { get; init; }

    public string? ReferenceUnit { get; init; }

    public int? ReferenceValue { get; init; }
}

/// <summary>What stands behind a variant in the stock room: weight, cost, customs data.</summary>
public sealed record InventoryItemNode
{
    public ShopifyId Id { get; init; }

    public string? Sku { get; init; }

    public bool? Tracked { get; init; }

    public bool? RequiresShipping { get; init; }

    public Money? UnitCost { get; init; }

    public string? HarmonizedSystemCode { get; init; }

    public string? CountryCodeOfOrigin { get; init; }

    public string? ProvinceCodeOfOrigin { get; init; }

    public Measurement? Measurement { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public Page<InventoryLevelNode>? InventoryLevels { get; init; }

    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }
}

/// <summary>An item's measures.</summary>
public sealed record Measurement
{
    public Weight? Weight { get; init; }
}

/// <summary>A weight in GRAMS, KILOGRAMS, OUNCES or POUNDS.</summary>
public sealed record Weight
{
    public string? Unit { get; init; }

    public decimal Value { get; init; }
}
