using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings products and variants, read or answered without their lists, into the copy by the same merge as every pull. The
/// caller holds the products and refreshes their summaries.
/// </summary>
public sealed class MergeScalars(long storeId, long? runId)
{
    /// <summary>
    /// It is what Shopify answered to a push: rows are merged also where it made of what was sent what both sides had agreed on.
    /// </summary>
    public bool IsAnswer { get; init; }

    public async Task<MergeCounts> Merge(NpgsqlConnection connection, ScalarsRead read, CancellationToken cancel)
    {
        var counts = new MergeCounts();
        if (read.GoneProducts.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Products(connection, new RemoteSource(storeId, runId), read.GoneProducts, read.Ticket, cancel) };
        if (read.GoneVariants.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Rows(connection, CatalogueTable.Variants, await Ids(connection, read.GoneVariants, cancel), read.Ticket, cancel) };
        if (read.Products.Count > 0)
            counts += await Products(connection, read, cancel);
        if (read.Variants.Count > 0)
            counts += await Variants(connection, read, cancel);
        return counts;
    }

    private async Task<MergeCounts> Products(NpgsqlConnection connection, ScalarsRead read, CancellationToken cancel)
    {
        var known = await LoadKnown.Rows(connection, CatalogueTable.Products, storeId, cancel, LoadKnown.Any("shopify_id", read.Products.Select(Id)), anew: IsAnswer);
        var ids = new ReservedIds(CatalogueTable.Products);
        await ids.Fill(connection, read.Products.Count, cancel);
        var reading = new ProductReading(storeId, ids);
        var rows = new StagedRows(CatalogueTable.Products, known, read.Ticket);
        foreach (var product in read.Products)
            reading.Read(JsonMarshal.GetRawUtf8Value(product), rows);
        reading.Complete(rows);
        return await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
    }

    private async Task<MergeCounts> Variants(NpgsqlConnection connection, ScalarsRead read, CancellationToken cancel)
    {
        var theirs = LoadKnown.Any("shopify_id", read.Variants.Select(Id));
        var known = await LoadKnown.Rows(connection, CatalogueTable.Variants, storeId, cancel, theirs, anew: IsAnswer);
        var (products, media) = await Parents(connection, theirs, cancel);
        var reading = new VariantReading(storeId, await LoadKnown.Ids(connection, CatalogueTable.Products, storeId, cancel, LoadKnown.Any("id", products.Values.Distinct())), new StrayMedia());
        var productIds = await ShopifyIds(connection, products.Values, cancel);
        var rows = new StagedRows(CatalogueTable.Variants, known, read.Ticket);
        foreach (var variant in read.Variants)
            // Not in the copy: the next pull brings it, with what hangs on it.
            if (products.TryGetValue(Id(variant), out var product) && productIds.TryGetValue(product, out var parent))
                reading.Read(JsonMarshal.GetRawUtf8Value(variant), media[Id(variant)], rows, parent);
        reading.Complete(rows);
        return await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
    }

    /// <summary>The pictures are not part of what was read: what both sides agreed on stands for them.</summary>
    private async Task<(Dictionary<long, long> Products, Dictionary<long, long[]> Media)> Parents(NpgsqlConnection connection, string theirs, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select shopify_id, product_id, case when pending ? 'media_ids'
                then array(select e::bigint from jsonb_array_elements_text(pending -> 'media_ids') e) else media_ids end
            from variants where store_id = {storeId} and {theirs}
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (products, media) = (new Dictionary<long, long>(), new Dictionary<long, long[]>());
        while (await reader.ReadAsync(cancel))
            (products[reader.GetInt64(0)], media[reader.GetInt64(0)]) = (reader.GetInt64(1), reader.GetFieldValue<long[]>(2));
        return (products, media);
    }

    private static async Task<Dictionary<long, long>> ShopifyIds(NpgsqlConnection connection, IEnumerable<long> products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id, shopify_id from products where id = any($1) and shopify_id is not null", connection);
        command.Parameters.Add(new() { Value = products.Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancel))
            ids[reader.GetInt64(0)] = reader.GetInt64(1);
        return ids;
    }

    private async Task<long[]> Ids(NpgsqlConnection connection, List<long> variants, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select coalesce(array_agg(id), '{}') from variants where store_id = $1 and shopify_id = any($2)", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = variants.ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private static long Id(JsonElement node) => Shopify.ShopifyId.Parse(node.GetProperty("id").GetString()!).Number;
}
