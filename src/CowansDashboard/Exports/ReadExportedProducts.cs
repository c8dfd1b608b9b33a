using System.Data;
using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>Reads some products with everything that a file can tell of them, all at one moment, in the order in which they are asked for. Products that went meanwhile are left out.</summary>
public sealed class ReadExportedProducts(NpgsqlDataSource database)
{
    private const string Products = """
        select p.id, p.shopify_id, p.title, p.handle, p.description_html, p.vendor, p.product_type, p.tags, p.status, p.template_suffix, p.seo_title, p.seo_description,
            coalesce(t.full_name, p.category_id), o.path, p.is_gift_card, p.requires_selling_plan,
            exists(select from product_publications b join publications w on w.id = b.publication_id and w.deleted_at is null
                where b.product_id = p.id and b.mark <> 2 and w.title = 'Online Store'),
            p.remote_created_at, coalesce(p.remote_updated_at, p.updated_at),
            array(select c.title from collection_members m join collections c on c.id = m.collection_id and c.deleted_at is null where m.product_id = p.id and m.mark <> 2 order by c.title, c.id)
        from unnest($2) with ordinality w (id, place)
        join products p on p.id = w.id
        left join taxonomy_categories t on t.id = p.category_id
        left join lateral (
            select string_agg(n.name, ' > ' order by length(n.path)) as path from product_categories g join categories c on c.id = g.category_id and c.deleted_at is null
            join categories n on n.id = any (string_to_array(trim(both '/' from c.path), '/')::bigint[]) where g.product_id = p.id) o on true
        where p.store_id = $1 and p.deleted_at is null and p.mark <> 2
        order by w.place
        """;

    private const string Options = "select product_id, name from product_options where product_id = any($2) and store_id = $1 and deleted_at is null and mark <> 2 order by product_id, position, id";

    private const string Variants = """
        select v.product_id, v.id, v.shopify_id, v.title, v.option_values, v.sku, v.barcode, v.price, v.compare_at_price, v.unit_cost, v.taxable, v.inventory_policy, v.tracked,
            v.requires_shipping, v.weight, v.weight_unit, v.harmonized_system_code, v.country_code_of_origin,
            (select coalesce(m.url, m.preview_url) from media m where m.id = v.media_ids[1] and m.deleted_at is null)
        from variants v where v.product_id = any($2) and v.store_id = $1 and v.deleted_at is null and v.mark <> 2 order by v.product_id, v.position, v.id
        """;

    private const string Pictures = """
        select product_id, coalesce(url, preview_url), alt from media
        where product_id = any($2) and store_id = $1 and deleted_at is null and mark <> 2 and media_type = 'IMAGE' and coalesce(url, preview_url) is not null order by product_id, position, id
        """;

    private const string Metafields = """
        select owner_kind, owner_id, namespace || '.' || key, value from metafields
        where store_id = $1 and owner_kind = 'product' and owner_id = any($2) and deleted_at is null and mark <> 2
        union all
        select m.owner_kind, m.owner_id, m.namespace || '.' || m.key, m.value from variants v join metafields m on m.owner_id = v.id and m.owner_kind = 'variant'
        where v.product_id = any($2) and v.store_id = $1 and v.deleted_at is null and m.deleted_at is null and m.mark <> 2
        """;

    private const string Stock = """
        select l.variant_id, l.location_id, l.available from variants v join inventory_levels l on l.variant_id = v.id
        where v.product_id = any($2) and v.store_id = $1 and l.is_active and l.deleted_at is null and l.available is not null
        """;

    public async Task<IReadOnlyList<ExportedProduct>> Read(long storeId, IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var products = new List<ExportedProduct>(ids.Count);
        await foreach (var row in Rows(connection, Products, storeId, ids, cancel))
            products.Add(Product(row));
        var options = await Lists(connection, Options, storeId, ids, row => row.GetString(1), cancel);
        var variants = await Lists(connection, Variants, storeId, ids, Variant, cancel);
        var pictures = await Lists(connection, Pictures, storeId, ids, row => new ExportedPicture(row.GetString(1), Text(row, 2)), cancel);
        var metafields = new Dictionary<(string, long), Dictionary<string, string>>();
        await foreach (var row in Rows(connection, Metafields, storeId, ids, cancel))
            Of(metafields, (row.GetString(0), row.GetInt64(1)))[row.GetString(2)] = row.GetString(3);
        var stock = new Dictionary<long, Dictionary<long, long>>();
        await foreach (var row in Rows(connection, Stock, storeId, ids, cancel))
            Of(stock, row.GetInt64(0))[row.GetInt64(1)] = row.GetInt32(2);

        foreach (var product in products)
        {
            product.OptionNames = options.GetValueOrDefault(product.Id, []);
            product.Variants = variants.GetValueOrDefault(product.Id, []);
            product.Pictures = pictures.GetValueOrDefault(product.Id, []);
            product.Metafields = metafields.GetValueOrDefault(("product", product.Id), []);
            foreach (var variant in product.Variants)
            {
                variant.Metafields = metafields.GetValueOrDefault(("variant", variant.Id), []);
                variant.Stock = stock.GetValueOrDefault(variant.Id, []);
            }
        }
        return products;
    }

    private static ExportedProduct Product(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ShopifyId = Number(row, 1),
        Title = row.GetString(2),
        Handle = row.GetString(3),
        DescriptionHtml = row.GetString(4),
        Vendor = row.GetString(5),
        ProductType = row.GetString(6),
        Tags = row.GetFieldValue<string[]>(7),
        Status = row.GetString(8),
        TemplateSuffix = Text(row, 9),
        SeoTitle = Text(row, 10),
        SeoDescription = Text(row, 11),
        Category = Text(row, 12),
        OwnCategory = Text(row, 13),
        IsGiftCard = row.GetBoolean(14),
        RequiresSellingPlan = row.GetBoolean(15),
        IsOnOnlineStore = row.GetBoolean(16),
        CreatedAt = row.IsDBNull(17) ? null : row.GetFieldValue<DateTimeOffset>(17),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(18),
        Collections = row.GetFieldValue<string[]>(19),
    };

    private static ExportedVariant Variant(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(1),
        ShopifyId = Number(row, 2),
        Title = row.GetString(3),
        OptionValues = row.GetFieldValue<string[]>(4),
        Sku = Text(row, 5),
        Barcode = Text(row, 6),
        Price = row.GetDecimal(7),
        CompareAtPrice = Money(row, 8),
        UnitCost = Money(row, 9),
        Taxable = row.GetBoolean(10),
        InventoryPolicy = row.GetString(11),
        Tracked = row.GetBoolean(12),
        RequiresShipping = row.GetBoolean(13),
        Weight = Money(row, 14),
        WeightUnit = Text(row, 15),
        HarmonizedSystemCode = Text(row, 16),
        CountryCodeOfOrigin = Text(row, 17),
        PictureUrl = Text(row, 18),
    };

    private static async IAsyncEnumerable<NpgsqlDataReader> Rows(
        NpgsqlConnection connection, string sql, long storeId, IReadOnlyCollection<long> ids, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return reader;
    }

    /// <summary>Rows by the product in their first column.</summary>
    private static async Task<Dictionary<long, List<T>>> Lists<T>(
        NpgsqlConnection connection, string sql, long storeId, IReadOnlyCollection<long> ids, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var lists = new Dictionary<long, List<T>>(ids.Count);
        await foreach (var row in Rows(connection, sql, storeId, ids, cancel))
            Of(lists, row.GetInt64(0)).Add(read(row));
        return lists;
    }

    private static TValue Of<TKey, TValue>(Dictionary<TKey, TValue> all, TKey key)
        where TKey : notnull
        where TValue : new()
    {
        if (!all.TryGetValue(key, out var value))
            all[key] = value = new();
        return value;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static decimal? Money(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDecimal(column);
}
