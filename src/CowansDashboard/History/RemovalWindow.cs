using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// The time in which a deleted product can be restored. It runs from the moment at which Shopify has the product archived,
/// and remembers what Shopify held then, so that nothing is deleted that somebody has edited there since.
/// </summary>
public static class RemovalWindow
{
    /// <summary>Lets the windows of those products run that wait for it and that both sides have archived. Under the lock of the products.</summary>
    public static async Task<int> Start(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            update removals r set confirmed_at = now(), ends_at = now() + make_interval(hours => r.hours), confirmed = ({Held})
            from products p
            where r.product_id = any($1) and r.closed_at is null and r.kind = 'delete' and r.confirmed_at is null and p.id = r.product_id
                and p.deleted_at is null and p.status = 'ARCHIVED' and not coalesce(p.pending ? 'status', false)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = products });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Ends the removals of these products, and the conflict over them, whichever way it went.</summary>
    /// <param name="connection">Holds the products.</param>
    /// <param name="products">Ours ids; those that are not removed are passed over.</param>
    /// <param name="as">restored, purged, gone or kept.</param>
    /// <param name="changeSetId">What restored them.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task Close(NpgsqlConnection connection, long[] products, string @as, long? changeSetId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with over as (update removals set closed_at = now(), closed_as = $2, closed_set = $3 where product_id = any($1) and closed_at is null returning product_id)
            update conflicts c set closed_at = now(), closed_as = case $2 when 'restored' then 'returned' else 'deleted' end, change_set_id = $3
            from over where c.entity = 'product' and c.entity_id = over.product_id and c.field = 'removal' and c.closed_at is null and $2 <> 'kept'
            """, connection);
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = @as });
        command.Parameters.Add(new() { Value = (object?)changeSetId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What of a product is no longer as it was when its window began, in words. Pure.</summary>
    public static IReadOnlyList<string> Changed(JsonObject then, JsonObject now)
    {
        string[] parts = [.. then.Select(part => part.Key).Union(now.Select(part => part.Key)).Where(part => (string?)then[part] != (string?)now[part])];
        var fields = parts.Where(part => !part.Contains(':', StringComparison.Ordinal)).Select(part => CatalogueFields.LabelOf(CatalogueFields.Product, part).ToLowerInvariant());
        var rows = parts.Where(part => part.Contains(':', StringComparison.Ordinal)).CountBy(part => part[..part.IndexOf(':', StringComparison.Ordinal)])
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value:#,0} {Named(kind.Key, kind.Value)}"));
        return [.. fields.Concat(rows)];
    }

    private static string Named(string kind, int count) => (kind, count) switch
    {
        ("conflict", 1) => "field in conflict",
        ("conflict", _) => "fields in conflict",
        ("media", 1) => "picture",
        ("media", _) => "pictures",
        (_, 1) => kind,
        _ => kind + "s",
    };

    /// <summary>
    /// What Shopify holds of product p as far as the copy knows, part -> hash: its fields, options, variants, media and
    /// metafields. Stock moves by itself, and where it is sold says nothing of an archived product.
    /// </summary>
    public const string Held = """
        select jsonb_object_agg(h.part, md5(h.value)) from (
            select e.key as part, e.value::text as value
            from products t cross join lateral jsonb_each(to_jsonb(t) || coalesce(t.pending, '{}')) e
            where t.id = p.id and e.key = any('{title,handle,description_html,vendor,product_type,status,template_suffix,seo_title,seo_description,category_id,requires_selling_plan}')
            union all
            select 'tags', (select coalesce(string_agg(tag, ',' order by tag collate "C"), '') from jsonb_array_elements_text(coalesce(t.pending -> 'tags', to_jsonb(t.tags))) tag)
            from products t where t.id = p.id
            union all
            select 'option:' || t.id, jsonb_build_array(b.v -> 'name', b.v -> 'position', jsonb_path_query_array(b.v -> 'option_values', '$[*].name'))::text
            from product_options t cross join lateral (select to_jsonb(t) || coalesce(t.pending, '{}')) b (v)
            where t.product_id = p.id and t.mark <> 1 and t.shopify_id is not null and (t.deleted_at is null or t.mark = 2)
            union all
            select 'variant:' || t.id, jsonb_build_array(b.v -> 'option_values', b.v -> 'position', b.v -> 'sku', b.v -> 'barcode', trim_scale((b.v ->> 'price')::numeric),
                trim_scale((b.v ->> 'compare_at_price')::numeric), trim_scale((b.v ->> 'unit_cost')::numeric), b.v -> 'taxable', b.v -> 'inventory_policy', b.v -> 'tracked',
                b.v -> 'requires_shipping', trim_scale((b.v ->> 'weight')::numeric), b.v -> 'weight_unit', b.v -> 'harmonized_system_code', b.v -> 'country_code_of_origin', b.v -> 'media_ids')::text
            from variants t cross join lateral (select to_jsonb(t) || coalesce(t.pending, '{}')) b (v)
            where t.product_id = p.id and t.mark <> 1 and t.shopify_id is not null and (t.deleted_at is null or t.mark = 2)
            union all
            select 'media:' || t.id, jsonb_build_array(b.v -> 'alt', b.v -> 'position')::text
            from media t cross join lateral (select to_jsonb(t) || coalesce(t.pending, '{}')) b (v)
            where t.product_id = p.id and t.mark <> 1 and t.shopify_id is not null and (t.deleted_at is null or t.mark = 2)
            union all
            select 'metafield:' || t.id, jsonb_build_array(b.v -> 'type', b.v -> 'value')::text
            from metafields t cross join lateral (select to_jsonb(t) || coalesce(t.pending, '{}')) b (v)
            where (t.owner_kind = 'product' and t.owner_id = p.id or t.owner_kind = 'variant' and t.owner_id in (select v.id from variants v where v.product_id = p.id))
                and t.mark <> 1 and t.shopify_id is not null and (t.deleted_at is null or t.mark = 2)
            union all
            select 'conflict:' || c.entity || ':' || c.entity_id || ':' || c.field, coalesce(c.shopifys::text, '')
            from conflicts c where c.product_id = p.id and c.closed_at is null and c.field not in ('removal', 'deleted')) h
        """;
}
