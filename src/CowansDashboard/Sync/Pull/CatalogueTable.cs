namespace CowansDashboard.Sync.Pull;

/// <summary>
/// How rows of one table arrive: the columns in the order in which a reading writes them. Hashed columns decide
/// whether a row changed; loose ones (times, signed URLs) are written only along with such a change.
/// </summary>
public sealed class CatalogueTable
{
    private CatalogueTable(string name, string[] owner, string[] hashed, string[] loose)
    {
        Name = name;
        Owner = owner;
        Hashed = hashed;
        Loose = loose;
    }

    public string Name { get; }

    /// <summary>Store and parents; written at the birth of a row and after that only where a level finds its variant.</summary>
    public string[] Owner { get; }

    public string[] Hashed { get; }

    public string[] Loose { get; }

    /// <summary>The columns of a new row; rows that exist already carry their id after them.</summary>
    public string[] Columns => [.. Owner, .. Hashed, .. Loose, "row_hash", "ticket"];

    /// <summary>New rows bring an id reserved from the sequence, because rows of another table refer to it at once.</summary>
    public bool ReservesIds { get; private init; }

    /// <summary>What in a row names its product: a column, or nothing where a row has no product.</summary>
    public string? ProductColumn { get; private init; }

    /// <summary>SQL for a row's product, where t is the row.</summary>
    public string ProductOf => Name switch
    {
        "metafields" => "case t.owner_kind when 'product' then t.owner_id when 'variant' then (select v.product_id from variants v where v.id = t.owner_id) end",
        "inventory_levels" => "(select v.product_id from variants v where v.id = t.variant_id)",
        _ => ProductColumn is { } column ? $"t.{column}" : "null::bigint",
    };

    /// <summary>SQL for the collection that a row belongs to.</summary>
    public string CollectionOf => Name switch { "collections" => "t.id", "collection_members" => "t.collection_id", _ => "null::bigint" };

    /// <summary>The fields that people edit and that merge one by one.</summary>
    public string[] Fields => [.. Hashed.Where(column => column is not ("shopify_id" or "inventory_item_id" or "location_id"))];

    /// <summary>Columns whose changes are history: what people see and edit, not counts, times and states that Shopify keeps for itself.</summary>
    public string[] Recorded => HasPending ? [.. Fields.Where(column => !Unrecorded.Contains(column))] : [];

    /// <summary>SQL for the rows t whose changes are history: a collection that sorts itself moves its products without anybody's doing.</summary>
    public string RecordedOnly => Name == "collection_members" ? " and exists (select from collections o where o.id = t.collection_id and o.sort_order = 'MANUAL')" : "";

    private static readonly HashSet<string> Unrecorded =
    [
        "remote_variants_count", "remote_media_count", "remote_created_at", "remote_products_count", "has_only_default_variant", "featured_media_id", "variant_id",
        "committed", "incoming", "reserved", "damaged", "safety_stock", "quality_control", "width", "height", "mime_type", "errors", "media_type",
    ];

    /// <summary>Staged rows that exist carry no id of ours and are matched by Shopify's: options, which come with their product.</summary>
    public bool MatchesByShopifyId { get; private init; }

    /// <summary>The table keeps people's edits.</summary>
    public bool HasPending => Name is not ("locations" or "publications");

    /// <summary>The name of the entity in conflicts and histories.</summary>
    public required string Entity { get; init; }

    /// <summary>Rows are marked as deleted and keep their time of change; memberships are simply removed.</summary>
    public bool SoftDeletes { get; private init; } = true;

    /// <summary>Columns whose values are sets and merge element by element.</summary>
    public string[] Sets { get; private init; } = [];

    /// <summary>Columns of which Shopify makes something else than it is given: an address of its own, other HTML, another handle.</summary>
    public string[] Rewritten { get; private init; } = [];

    public static readonly CatalogueTable Products = new("products",
        ["store_id"],
        ["shopify_id", "title", "handle", "description_html", "vendor", "product_type", "tags", "status", "template_suffix",
            "seo_title", "seo_description", "category_id", "is_gift_card", "requires_selling_plan", "has_only_default_variant",
            "online_store_url", "published_at", "featured_media_id", "remote_variants_count", "remote_media_count", "remote_created_at"],
        ["remote_updated_at"]) { Entity = "product", ReservesIds = true, ProductColumn = "id", Sets = ["tags"] };

    public static readonly CatalogueTable Options = new("product_options",
        ["store_id", "product_id"],
        ["shopify_id", "name", "position", "option_values"],
        []) { Entity = "option", ProductColumn = "product_id", MatchesByShopifyId = true };

    public static readonly CatalogueTable Variants = new("variants",
        ["store_id", "product_id"],
        ["shopify_id", "inventory_item_id", "title", "option_values", "position", "sku", "barcode", "price", "compare_at_price",
            "unit_cost", "unit_price", "taxable", "inventory_policy", "tracked", "requires_shipping", "weight", "weight_unit",
            "harmonized_system_code", "country_code_of_origin", "media_ids", "remote_created_at"],
        ["remote_updated_at"]) { Entity = "variant", ProductColumn = "product_id" };

    public static readonly CatalogueTable Media = new("media",
        ["store_id", "product_id"],
        ["shopify_id", "position", "media_type", "alt", "status", "width", "height", "mime_type", "errors"],
        ["url", "preview_url"]) { Entity = "media", ProductColumn = "product_id" };

    public static readonly CatalogueTable Metafields = new("metafields",
        ["store_id", "owner_kind", "owner_id"],
        ["shopify_id", "namespace", "key", "type", "value"],
        ["compare_digest", "remote_updated_at"]) { Entity = "metafield" };

    public static readonly CatalogueTable Levels = new("inventory_levels",
        ["store_id"],
        ["variant_id", "inventory_item_id", "location_id", "is_active", "available", "on_hand", "committed", "incoming", "reserved",
            "damaged", "safety_stock", "quality_control"],
        ["quantities_updated_at"]) { Entity = "inventory level" };

    public static readonly CatalogueTable Collections = new("collections",
        ["store_id"],
        ["shopify_id", "title", "handle", "description_html", "sort_order", "template_suffix", "seo_title", "seo_description",
            "image_url", "image_alt", "remote_products_count"],
        ["remote_updated_at"]) { Entity = "collection", Rewritten = ["handle", "description_html", "image_url"] };

    public static readonly CatalogueTable Publications = new("publications",
        ["store_id"],
        ["shopify_id", "title", "auto_publish"],
        []) { Entity = "publication" };

    public static readonly CatalogueTable Locations = new("locations",
        ["store_id"],
        ["shopify_id", "name", "is_active", "fulfils_online_orders", "address"],
        []) { Entity = "location" };

    public static readonly CatalogueTable Members = new("collection_members",
        ["store_id", "collection_id", "product_id"],
        ["position"],
        []) { Entity = "collection member", ProductColumn = "product_id", SoftDeletes = false };

    public static readonly CatalogueTable ProductPublications = new("product_publications",
        ["store_id", "publication_id", "product_id"],
        [],
        []) { Entity = "product publication", ProductColumn = "product_id", SoftDeletes = false };
}
