using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings products and variants, read or answered without their lists, and single metafields into the copy by the same merge as
/// every pull. The caller holds the products and refreshes their summaries.
/// </summary>
public sealed class MergeScalars(long storeId, long? runId)
{
    /// <summary>
    /// It is what Shopify answered to a push: rows are merged also where it made of what was sent what both sides had agreed on. Called
    /// before a row is merged of which Shopify holds anything else than the copy.
    /// </summary>
    public Func<NpgsqlConnection, Task>? Answered { get; init; }

    private bool IsAnswer => Answered is not null;

    public async Task<MergeCounts> Merge(NpgsqlConnection connection, ScalarsRead read, CancellationToken cancel)
    {
        var counts = new MergeCounts();
        if (read.GoneProducts.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Products(connection, new RemoteSource(storeId, runId), read.GoneProducts, read.Ticket, cancel) };
        if (read.GoneVariants.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Rows(connection, CatalogueTable.Variants, await Ids(connection, CatalogueTable.Variants, read.GoneVariants, cancel), read.Ticket, cancel) };
        if (read.GoneMetafields.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Rows(connection, CatalogueTable.Metafields, await Ids(connection, CatalogueTable.Metafields, read.GoneMetafields, cancel), read.Ticket, cancel) };
        if (read.Products.Count > 0)
            counts += await Products(connection, read, cancel);
        if (read.Variants.Count > 0)
            counts += await Variants(connection, read, cancel);
        if (read.Metafields.Count > 0)
            counts += await Metafields(connection, read, cancel);
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
        return await new MergeRows(storeId, runId) { Answered = Answered }.Merge(connection, rows, cancel);
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
        return await new MergeRows(storeId, runId) { Answered = Answered }.Merge(connection, rows, cancel);
    }

    /// <summary>Whose they are, the copy knows: an answer of a metafield's own need not name its owner.</summary>
    private async Task<MergeCounts> Metafields(NpgsqlConnection connection, ScalarsRead read, CancellationToken cancel)
    {
        var theirs = LoadKnown.Any("shopify_id", read.Metafields.Select(Id));
        var known = await LoadKnown.Rows(connection, CatalogueTable.Metafields, storeId, cancel, theirs, anew: IsAnswer);
        var ofProducts = new Dictionary<long, (long Owner, long OwnerShopifyId)>();
        var ofVariants = new Dictionary<long, (long Owner, long OwnerShopifyId, long Product)>();
        await using (var command = new NpgsqlCommand($"""
            select m.shopify_id, m.owner_id, m.owner_kind = 'variant', coalesce(v.shopify_id, p.shopify_id), v.product_id
            from metafields m
            left join products p on m.owner_kind = 'product' and p.id = m.owner_id
            left join variants v on m.owner_kind = 'variant' and v.id = m.owner_id
            where m.store_id = {storeId} and m.{theirs} and coalesce(v.shopify_id, p.shopify_id) is not null
            """, connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                if (reader.GetBoolean(2))
                    ofVariants[reader.GetInt64(0)] = (reader.GetInt64(1), reader.GetInt64(3), reader.GetInt64(4));
                else
                    ofProducts[reader.GetInt64(0)] = (reader.GetInt64(1), reader.GetInt64(3));
        }
        var counts = new MergeCounts();
        if (ofProducts.Count > 0)
            counts += await Metafields(connection, read, known, MetafieldOwners.Products(Map(ofProducts.Values.Select(one => (one.OwnerShopifyId, one.Owner)))),
                id => ofProducts.TryGetValue(id, out var owner) ? owner.OwnerShopifyId : 0, cancel);
        if (ofVariants.Count > 0)
            counts += await Metafields(connection, read, known,
                MetafieldOwners.Variants(Map(ofVariants.Values.Select(one => (one.OwnerShopifyId, one.Owner))), Map(ofVariants.Values.Select(one => (one.Owner, one.Product)))),
                id => ofVariants.TryGetValue(id, out var owner) ? owner.OwnerShopifyId : 0, cancel);
        return counts;
    }

    private async Task<MergeCounts> Metafields(
        NpgsqlConnection connection, ScalarsRead read, KnownRows known, MetafieldOwners owners, Func<long, long> ownerOf, CancellationToken cancel)
    {
        var reading = new MetafieldReading(storeId, owners);
        var rows = new StagedRows(CatalogueTable.Metafields, known, read.Ticket);
        foreach (var metafield in read.Metafields)
            // Not in the copy: the next pull brings it.
            if (ownerOf(Id(metafield)) is var owner and not 0)
                reading.Read(JsonMarshal.GetRawUtf8Value(metafield), rows, owner);
        reading.Complete(rows);
        return await new MergeRows(storeId, runId) { Answered = Answered }.Merge(connection, rows, cancel);
    }

    private static IdMap Map(IEnumerable<(long Key, long Id)> pairs)
    {
        (long Key, long Id)[] each = [.. pairs.Distinct()];
        return IdMap.From([.. each.Select(one => one.Key)], [.. each.Select(one => one.Id)]);
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

    private async Task<long[]> Ids(NpgsqlConnection connection, CatalogueTable table, List<long> shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select coalesce(array_agg(id), '{"{}"}') from {table.Name} where store_id = $1 and shopify_id = any($2)", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private static long Id(JsonElement node) => Shopify.ShopifyId.Parse(node.GetProperty("id").GetString()!).Number;
}
