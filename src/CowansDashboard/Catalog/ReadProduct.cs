using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>Reads one product of a store with all that belongs to it, in one round trip.</summary>
public sealed class ReadProduct(NpgsqlDataSource database)
{
    public async Task<ProductDetails?> Read(long storeId, long id, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        string[] statements = [Product, Options, Variants, Levels, Media, Metafields, Collections, Publications, Locations, Conflicts];
        foreach (var sql in statements)
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = id } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;

        var product = ProductRows.Product(reader);
        var options = await Next(reader, ProductRows.Option, cancel);
        var variants = await Next(reader, ProductRows.Variant, cancel);
        var levels = (await Next(reader, ProductRows.Level, cancel)).ToLookup(level => level.VariantId, level => level.Level);
        return product with
        {
            Options = options,
            Variants = [.. variants.Select(variant => variant with { Levels = [.. levels[variant.Id]] })],
            Media = await Next(reader, ProductRows.Media, cancel),
            Metafields = await Next(reader, ProductRows.Metafield, cancel),
            Collections = await Next(reader, row => new ProductCollection(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.Maybe<int>(3)), cancel),
            Publications = await Next(reader, row => new ProductPublication(row.GetInt64(0), row.GetString(1), row.GetBoolean(2)), cancel),
            Locations = await Next(reader, row => new StockLocation(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.Maybe<long>(3)), cancel),
            Conflicts = await Next(reader, ProductRows.Conflict, cancel),
        };
    }

    private static async Task<List<T>> Next<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await reader.NextResultAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }

    private const string Product = """
        select p.id, p.store_id, p.shopify_id, p.title, p.handle, p.description_html, p.vendor, p.product_type, p.tags, p.status,
               p.template_suffix, p.seo_title, p.seo_description, p.category_id, c.full_name, p.is_gift_card, p.requires_selling_plan,
               p.has_only_default_variant, p.online_store_url, p.published_at, p.featured_media_id, p.remote_variants_count,
               p.remote_media_count, p.remote_created_at, p.remote_updated_at, p.pending::text, case when p.removal is not null and p.deleted_at is null then 5 else coalesce(s.sync_state, 0) end, s.stock,
               p.version, p.created_at, p.updated_at, p.deleted_at, p.redirect_new_handle, p.removal
        from products p
        left join product_summaries s on s.product_id = p.id
        left join taxonomy_categories c on c.id = p.category_id
        where p.store_id = $1 and p.id = $2
        """;

    private const string Options = """
        select id, shopify_id, name, position, coalesce((select array_agg(value ->> 'name' order by place) from jsonb_array_elements(option_values) with ordinality v (value, place)), '{}')
        from product_options where store_id = $1 and product_id = $2 and deleted_at is null
        order by position, id
        """;

    private const string Variants = """
        select id, shopify_id, title, option_values, position, sku, barcode, price, compare_at_price, unit_cost, taxable, inventory_policy,
               tracked, requires_shipping, weight, weight_unit, harmonized_system_code, country_code_of_origin, media_ids, pending::text, updated_at
        from variants where store_id = $1 and product_id = $2 and deleted_at is null
        order by position, id
        """;

    private const string Levels = """
        select l.variant_id, l.location_id, l.available, l.on_hand, l.committed, l.incoming, l.reserved, l.damaged, l.safety_stock, l.quality_control
        from inventory_levels l join variants v on v.id = l.variant_id
        where v.store_id = $1 and v.product_id = $2 and v.deleted_at is null and l.deleted_at is null and l.is_active
        order by l.location_id
        """;

    private const string Media = """
        select id, shopify_id, position, media_type, alt, status, url, preview_url, width, height, mime_type, errors::text, pending::text
        from media where store_id = $1 and product_id = $2 and deleted_at is null
        order by position, id
        """;

    private const string Metafields = """
        select m.id, m.shopify_id, m.owner_id, m.owner_kind, m.namespace, m.key, m.type, m.value, m.pending::text
        from metafields m
        where m.store_id = $1 and m.deleted_at is null
          and ((m.owner_kind = 'product' and m.owner_id = $2)
            or (m.owner_kind = 'variant' and m.owner_id in (select id from variants where store_id = $1 and product_id = $2 and deleted_at is null)))
        order by m.owner_kind, m.namespace, m.key, m.id
        """;

    private const string Collections = """
        select c.id, c.title, m.position, c.remote_products_count
        from collection_members m join collections c on c.id = m.collection_id
        where m.store_id = $1 and m.product_id = $2 and m.mark <> 2 and c.deleted_at is null
        order by c.title, c.id
        """;

    private const string Publications = """
        select p.id, p.title, exists (select 1 from product_publications m where m.product_id = $2 and m.publication_id = p.id and m.mark <> 2)
        from publications p where p.store_id = $1 and p.deleted_at is null
        order by p.title, p.id
        """;

    private const string Locations = """
        select o.id, o.name, o.is_active, sum(l.available) filter (where v.tracked)
        from locations o
        left join (inventory_levels l join variants v on v.id = l.variant_id and v.product_id = $2 and v.deleted_at is null)
          on l.location_id = o.id and l.deleted_at is null and l.is_active
        where o.store_id = $1 and o.deleted_at is null
        group by o.id
        order by o.name, o.id
        """;

    private const string Conflicts = """
        select id, entity, entity_id, field, base::text, ours::text, shopifys::text, detected_at
        from conflicts where store_id = $1 and product_id = $2 and closed_at is null
        order by entity, entity_id, field
        """;
}
