using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>One product with everything of it that waits for Shopify.</summary>
public sealed record PendingProduct(long ProductId, long? ShopifyId, string Title)
{
    public required IReadOnlyList<PendingEntity> Entities { get; init; }

    /// <summary>Its living options in order: the names that variants refer to.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Variants that it would have.</summary>
    public int Variants { get; init; }

    public int Tags { get; init; }

    public int Media { get; init; }

    /// <summary>How it is removed here: only its status goes then, or nothing.</summary>
    public Removal? Removal { get; init; }

    /// <summary>Its status waits because it was restored.</summary>
    public bool Returns { get; init; }

    /// <summary>What sending its status means to people beyond the status; null where it means nothing more.</summary>
    public string? Meaning => Removal?.Text ?? (Returns ? PushMeaning.Restore : null);
}

/// <summary>
/// One row that waits for Shopify. <paramref name="Row"/> holds its columns as PostgreSQL's to_jsonb writes them, and what
/// is needed to name it at Shopify: its owner, its location, its publication.
/// </summary>
public sealed record PendingEntity(string Entity, long Id, long? ShopifyId, PushKind Kind, JsonObject Row, JsonObject Pending)
{
    /// <summary>What there is to send: what both sides agreed on, and what it shall be. How stock was changed is no field of it.</summary>
    public IReadOnlyList<PushedField> Changes() => Kind switch
    {
        PushKind.Update => [.. Pending.Where(one => one.Key != "how").Select(one => new PushedField(one.Key, one.Value, Row[one.Key]))],
        PushKind.Create => [.. NewFields.Of(Entity).Where(name => name != MemberOrder.Field || Row[name] is not null).Select(name => new PushedField(name, null, Row[name]))],
        _ => [],
    };
}

public enum PushKind
{
    Update,
    Create,
    Remove,
}

/// <summary>One field of an item.</summary>
public sealed record PushedField(string Field, JsonNode? Base, JsonNode? New);

/// <summary>Which columns a new row brings to Shopify.</summary>
public static class NewFields
{
    private static readonly string[] Product = ["title", "handle", "description_html", "vendor", "product_type", "tags", "status",
        "template_suffix", "seo_title", "seo_description", "category_id", "is_gift_card", "requires_selling_plan"];

    private static readonly string[] Variant = ["option_values", "position", "sku", "barcode", "price", "compare_at_price", "unit_cost", "taxable",
        "inventory_policy", "tracked", "requires_shipping", "weight", "weight_unit", "harmonized_system_code", "country_code_of_origin"];

    private static readonly string[] Collection = ["title", "handle", "description_html", "seo_title", "seo_description", "sort_order", "template_suffix",
        "image_url", "image_alt", MemberOrder.Field];

    public static IReadOnlyList<string> Of(string entity) => entity switch
    {
        "product" => Product,
        "variant" => Variant,
        "option" => ["name", "position", "option_values"],
        "metafield" => ["namespace", "key", "type", "value"],
        "media" => ["alt"],
        CatalogueFields.Collection => Collection,
        CatalogueFields.Source => ["title", "definition"],
        _ => [],
    };
}
