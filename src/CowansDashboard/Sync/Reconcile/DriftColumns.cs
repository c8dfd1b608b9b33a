using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>SQL for what tells a row of the catalogue apart, where an alias names the row.</summary>
internal static class DriftColumns
{
    private static readonly HashSet<string> Reckoned =
        ["remote_variants_count", "remote_media_count", "remote_created_at", "remote_products_count", "has_only_default_variant", "featured_media_id", "variant_id"];

    /// <summary>The fields that are compared one by one. What Shopify reckons from others, and where a member stands, says nothing of its own.</summary>
    public static IReadOnlyList<string> Fields(CatalogueTable table) =>
        [.. table.Fields.Where(field => !Reckoned.Contains(field) && (table != CatalogueTable.Members || field != "position"))];

    /// <summary>What both sides last agreed on, of a row t: an edit that waits for Shopify is no difference, and its base is kept beside it.</summary>
    public static string Agreed(CatalogueTable table, string field) => table.HasPending
        ? $"case when t.pending ? '{field}' then t.pending -> '{field}' else coalesce(to_jsonb(t.{field}), 'null') end"
        : $"coalesce(to_jsonb(t.{field}), 'null')";

    public static string Key(CatalogueTable table, string row) => table.Name switch
    {
        "media" => $"{row}.shopify_id || '/' || {row}.product_id",
        "inventory_levels" => $"{row}.inventory_item_id || '/' || {row}.location_id",
        "collection_members" => $"{row}.collection_id || '/' || {row}.product_id",
        "product_publications" => $"{row}.publication_id || '/' || {row}.product_id",
        _ => $"{row}.shopify_id::text",
    };

    public static string About(CatalogueTable table, string row) => table.Name switch
    {
        "product_options" or "locations" => $"{row}.name",
        "media" => $"{row}.alt",
        "metafields" => $"{row}.namespace || '.' || {row}.key",
        "inventory_levels" => $"(select l.name from locations l where l.id = {row}.location_id)",
        "collection_members" => $"(select c.title from collections c where c.id = {row}.collection_id)",
        "product_publications" => $"(select p.title from publications p where p.id = {row}.publication_id)",
        _ => $"{row}.title",
    };

    public static string Collection(CatalogueTable table, string row) => table.Name switch
    {
        "collections" => $"{row}.shopify_id",
        "collection_members" => $"(select c.shopify_id from collections c where c.id = {row}.collection_id)",
        "metafields" => $"(select c.shopify_id from collections c where {row}.owner_kind = 'collection' and c.id = {row}.owner_id)",
        _ => "null::bigint",
    };

    /// <summary>Shopify's own time of the change, as far as it tells one.</summary>
    public static string Since(CatalogueTable table, string row) =>
        table.Loose.Contains("remote_updated_at") ? $"{row}.remote_updated_at"
        : table.Loose.Contains("quantities_updated_at") ? $"{row}.quantities_updated_at"
        : "null::timestamptz";

    /// <summary>A collection that is made by rules changes without anybody's doing.</summary>
    public static string By(CatalogueTable table, string row) => table == CatalogueTable.Members
        ? $"(select 'Rule in Shopify' from collection_sources q where q.collection_id = {row}.collection_id and q.deleted_at is null and q.definition::text like '%\"conditions\"%' limit 1)"
        : "null::text";

    public static string Product(CatalogueTable table) => table.ProductOf;

    public static string ProductShopifyId(CatalogueTable table) => table == CatalogueTable.Products ? "t.shopify_id" : $"(select o.shopify_id from products o where o.id = {table.ProductOf})";
}
