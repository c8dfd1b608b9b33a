using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>The stock of one item at one location; in a bulk result its parent is the item.</summary>
public sealed record InventoryLevelNode
{
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    [JsonPropertyName("__parentId")]
    public ShopifyId ParentId { get; init; }

    public bool? IsActive { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public NodeRef? Location { get; init; }

    public IReadOnlyList<QuantityNode> Quantities { get; init => field = value ?? []; } = [];
}

/// <summary>One named quantity: available, on_hand, committed, incoming, reserved, damaged, safety_stock or quality_control.</summary>
public sealed record QuantityNode
{
    public string Name { get; init => field = value ?? ""; } = "";

    public long Quantity { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A place that holds stock.</summary>
public sealed record LocationNode
{
    public ShopifyId Id { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";

    public bool? IsActive { get; init; }

    public bool? FulfillsOnlineOrders { get; init; }

    public bool? ShipsInventory { get; init; }

    public bool? HasActiveInventory { get; init; }

    public bool? IsFulfillmentService { get; init; }

    public LocationAddress? Address { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? DeactivatedAt { get; init; }
}

/// <summary>Where a location is.</summary>
public sealed record LocationAddress
{
    public string? Address1 { get; init; }

    public string? Address2 { get; init; }

    public string? City { get; init; }

    public string? Province { get; init; }

    public string? ProvinceCode { get; init; }

    public string? Country { get; init; }

    public string? CountryCode { get; init; }

    public string? Zip { get; init; }
}
