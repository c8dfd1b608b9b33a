using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>A metafield; in a bulk result its parent is the product or variant.</summary>
public sealed record MetafieldNode
{
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    [JsonPropertyName("__parentId")]
    public ShopifyId ParentId { get; init; }

    public string Namespace { get; init => field = value ?? ""; } = "";

    public string Key { get; init => field = value ?? ""; } = "";

    public string Type { get; init => field = value ?? ""; } = "";

    public string Value { get; init => field = value ?? ""; } = "";

    /// <summary>Give it back to change the metafield only if nobody else did.</summary>
    public string? CompareDigest { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
