using System.Globalization;
using System.Text.Json;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync;

/// <summary>
/// Compares the whole copy with the demo store's own truth, row by row and field by field. Both sides become lines
/// of text; what differs is shown.
/// </summary>
internal static class CopyOfShop
{
    private static readonly (string Kind, string Sql, Func<JsonElement, object?[]> Truth)[] Kinds =
    [
        ("products", """
            select shopify_id, title, handle, description_html, vendor, product_type, status, array_to_string(tags, '|'), template_suffix,
                   seo_title, seo_description, category_id, is_gift_card, requires_selling_plan, remote_variants_count, remote_media_count, remote_created_at, published_at
            from products where store_id = $1 and deleted_at is null and shopify_id is not null
            """, p => [p.Of("id"), p.Of("title"), p.Of("handle"), p.Of("descriptionHtml"), p.Of("vendor"), p.Of("productType"), p.Of("status"), Joined(p.Of("tags")), p.Of("templateSuffix"),
                p.Of("seoTitle"), p.Of("seoDescription"), p.Of("categoryId").GetString()?.Split('/')[^1], p.Of("isGiftCard"), p.Of("requiresSellingPlan"), p.Of("variantsCount"), p.Of("mediaCount"), Time(p.Of("createdAt")), Time(p.Of("publishedAt"))]),
        ("options", """
            select o.shopify_id, p.shopify_id, o.name, o.position,
                   (select string_agg(v->>'id' || ':' || (v->>'name') || ':' || (v->>'hasVariants') || ':' || coalesce(v->'swatch'->>'color', ''), '|' order by n) from jsonb_array_elements(o.option_values) with ordinality e (v, n))
            from product_options o join products p on p.id = o.product_id where o.store_id = $1 and o.deleted_at is null
            """, o => [o.Of("id"), o.Of("productId"), o.Of("name"), o.Of("position"),
                string.Join('|', o.Of("values").EnumerateArray().Select(v => $"{v.Of("id")}:{v.Of("name")}:{(v.Of("hasVariants").GetBoolean() ? "true" : "false")}:{v.Of("swatchColor").GetString()}"))]),
        ("variants", """
            select v.shopify_id, p.shopify_id, v.inventory_item_id, v.position, v.title, v.sku, v.barcode, v.price, v.compare_at_price, v.taxable, v.inventory_policy,
                   v.tracked, v.requires_shipping, v.unit_cost, v.weight, v.weight_unit, v.harmonized_system_code, v.country_code_of_origin,
                   array_to_string(v.option_values, '|'), v.media_ids[1], v.remote_created_at
            from variants v join products p on p.id = v.product_id where v.store_id = $1 and v.deleted_at is null
            """, v => [v.Of("id"), v.Of("productId"), v.Of("inventoryItemId"), v.Of("position"), v.Of("title"), v.Of("sku"), v.Of("barcode"), Money(v.Of("price")), Money(v.Of("compareAtPrice")), v.Of("taxable"), v.Of("inventoryPolicy"),
                v.Of("tracked"), v.Of("requiresShipping"), Money(v.Of("unitCost")), Money(v.Of("weight")), v.Of("weightUnit"), v.Of("harmonizedSystemCode"), v.Of("countryCodeOfOrigin"),
                string.Join('|', v.Of("selectedOptions").EnumerateArray().Select(s => s.Of("value").GetString())), v.Of("mediaId"), Time(v.Of("createdAt"))]),
        ("media", """
            select m.shopify_id, p.shopify_id, m.position, m.status, m.alt from media m join products p on p.id = m.product_id
            where m.store_id = $1 and m.deleted_at is null
            """, m => [m.Of("id"), m.Of("productId"), m.Of("position"), m.Of("status"), m.Of("alt")]),
        ("metafields", """
            select f.shopify_id, f.owner_kind, coalesce(p.shopify_id, v.shopify_id, c.shopify_id), f.namespace, f.key, f.type, f.value
            from metafields f
            left join products p on f.owner_kind = 'product' and p.id = f.owner_id
            left join variants v on f.owner_kind = 'variant' and v.id = f.owner_id
            left join collections c on f.owner_kind = 'collection' and c.id = f.owner_id
            where f.store_id = $1 and f.deleted_at is null
            """, f => [f.Of("id"), f.Of("ownerType").GetString() switch { "PRODUCT" => "product", "PRODUCTVARIANT" => "variant", _ => "collection" }, f.Of("ownerId"), f.Of("namespace"), f.Of("key"), f.Of("type"), f.Of("value")]),
        ("collections", """
            select shopify_id, title, handle, description_html, sort_order, template_suffix, seo_title, seo_description, remote_products_count,
                   (select string_agg(split_part(s.gid, '/', 5), '|' order by s.position) from collection_sources s where s.collection_id = c.id and s.deleted_at is null)
            from collections c where store_id = $1 and deleted_at is null
            """, c => [c.Of("id"), c.Of("title"), c.Of("handle"), c.Of("descriptionHtml"), c.Of("sortOrder"), c.Of("templateSuffix"), c.Of("seoTitle"), c.Of("seoDescription"), c.Of("productsCount"),
                c.Of("sources").GetArrayLength() == 0 ? null : string.Join('|', c.Of("sources").EnumerateArray().Select(s => s.Of("id").GetString()))]),
        ("collection-members", """
            select c.shopify_id, p.shopify_id, m.position from collection_members m
            join collections c on c.id = m.collection_id join products p on p.id = m.product_id where m.store_id = $1
            """, m => [m.Of("collectionId"), m.Of("productId"), m.Of("position")]),
        ("locations", "select shopify_id, name, is_active, fulfils_online_orders, address->>'city' from locations where store_id = $1 and deleted_at is null",
            l => [l.Of("id"), l.Of("name"), l.Of("isActive"), l.Of("fulfillsOnlineOrders"), l.Of("city")]),
        ("inventory-levels", """
            select v.shopify_id, l.inventory_item_id, o.shopify_id, l.is_active, l.available, l.on_hand, l.committed, l.incoming, l.reserved, l.damaged, l.safety_stock, l.quality_control
            from inventory_levels l join locations o on o.id = l.location_id left join variants v on v.id = l.variant_id
            where l.store_id = $1 and l.deleted_at is null
            """, l => [l.Of("variantId"), l.Of("inventoryItemId"), l.Of("locationId"), l.Of("isActive"), l.Of("available"), l.Of("on_hand"), l.Of("committed"), l.Of("incoming"), l.Of("reserved"), l.Of("damaged"), l.Of("safety_stock"), l.Of("quality_control")]),
        ("publications", "select shopify_id, title, auto_publish from publications where store_id = $1 and deleted_at is null", p => [p.Of("id"), p.Of("title"), p.Of("autoPublish")]),
        ("product-publications", """
            select p.shopify_id, b.shopify_id from product_publications x join products p on p.id = x.product_id join publications b on b.id = x.publication_id where x.store_id = $1
            """, x => [x.Of("productId"), x.Of("publicationId")]),
    ];

    /// <param name="database">The copy.</param>
    /// <param name="store">Which store of it.</param>
    /// <param name="demo">The truth.</param>
    /// <param name="except">Kinds that are left out of the comparison.</param>
    public static async Task ShouldEqual(this TestDatabase database, long store, DemoStore demo, params string[] except)
    {
        var differences = new List<string>();
        foreach (var (kind, sql, truth) in Kinds.Where(one => !except.Contains(one.Kind)))
        {
            var expected = (await demo.State(kind)).Select(row => truth(row)).Where(row => row.Length > 0).Select(Line).ToHashSet();
            var held = await Held(database, sql, store);
            held.Count.ShouldBe(held.Distinct().Count(), $"{kind}: the copy holds a row twice");
            differences.AddRange(expected.Except(held).Order().Take(3).Select(row => $"{kind}: the shop has  {row}"));
            differences.AddRange(held.Except(expected).Order().Take(3).Select(row => $"{kind}: the copy has  {row}"));
        }
        differences.ShouldBeEmpty();
        await SummariesAreRight(database, store);
    }

    /// <summary>What differs between a kind of rows here and in the shop: whole rows of either side, as their values.</summary>
    public static async Task<IReadOnlyList<string[]>> Differing(this TestDatabase database, long store, DemoStore demo, string kind)
    {
        var (_, sql, truth) = Kinds.Single(one => one.Kind == kind);
        var expected = (await demo.State(kind)).Select(row => Line(truth(row))).ToHashSet();
        expected.SymmetricExceptWith(await Held(database, sql, store));
        return [.. expected.Select(line => line.Split(" ¦ "))];
    }

    /// <summary>How many rows of every kind that a pull counts are in the copy, gone ones included.</summary>
    public static Task<long> Rows(this TestDatabase database, long store) => database.Scalar<long>("""
        select (select count(*) from products where store_id = $1) + (select count(*) from product_options where store_id = $1)
             + (select count(*) from variants where store_id = $1) + (select count(*) from media where store_id = $1)
             + (select count(*) from metafields where store_id = $1) + (select count(*) from collections where store_id = $1)
             + (select count(*) from collection_members where store_id = $1) + (select count(*) from inventory_levels where store_id = $1)
             + (select count(*) from publications where store_id = $1) + (select count(*) from product_publications where store_id = $1)
        """, store);

    private static async Task SummariesAreRight(TestDatabase database, long store)
    {
        (await database.Scalar<long>("""
            select count(*) from products p left join product_summaries s on s.product_id = p.id
            where p.store_id = $1 and (s.product_id is null
                or s.variants <> (select count(*) from variants v where v.product_id = p.id and v.deleted_at is null)
                or s.min_price is distinct from (select min(price) from variants v where v.product_id = p.id and v.deleted_at is null)
                or s.stock is distinct from (select sum(l.available) from variants v join inventory_levels l on l.variant_id = v.id
                    where v.product_id = p.id and v.deleted_at is null and v.tracked and l.is_active and l.deleted_at is null)
                or s.sync_state <> case when p.deleted_at is null then 0 else 4 end
                or s.title <> p.title or not starts_with(s.search_text, lower(unaccent(p.title))))
            """, store)).ShouldBe(0, "summaries that do not agree with the rows");
    }

    private static async Task<List<string>> Held(TestDatabase database, string sql, long store)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = store });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        var values = new object?[reader.FieldCount];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values!);
            rows.Add(Line(values));
        }
        return rows;
    }

    private static string Line(object?[] values) => string.Join(" ¦ ", values.Select(Text));

    private static string Text(object? value) => value switch
    {
        null or DBNull => "∅",
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "∅",
        JsonElement element => element.ToString(),
        decimal money => Plain(money),
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString()!,
    };

    private static object? Money(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => value.GetDecimal(),
        _ => decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture),
    };

    private static DateTimeOffset? Time(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDateTimeOffset();

    private static string Joined(JsonElement tags) => string.Join('|', tags.EnumerateArray().Select(tag => tag.GetString()).Distinct().OrderBy(tag => tag, StringComparer.Ordinal));

    private static string Plain(decimal value) => value.ToString("0.#############", CultureInfo.InvariantCulture);

    private static JsonElement Of(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : default;
}
