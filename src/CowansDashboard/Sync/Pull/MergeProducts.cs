using CowansDashboard.Data;
using System.Runtime.InteropServices;
using System.Text.Json;
using CowansDashboard.History;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings whole products, read directly, into the copy in one transaction: locks them, merges them and all of their
/// children, removes children that Shopify no longer names, marks products that are gone, refreshes their summaries.
/// </summary>
public sealed class MergeProducts(long storeId, long? runId)
{
    /// <exception cref="PostgresException">23505 when somebody inserted one of the new rows at the same moment: try again.</exception>
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, ProductsRead read, CancellationToken cancel)
    {
        var asked = read.Products.Select(product => product.ShopifyId).Concat(read.Gone).ToArray();
        var known = await LoadKnown.Ids(connection, CatalogueTable.Products, storeId, cancel, LoadKnown.Any("shopify_id", asked));
        var locked = asked.Where(id => known.TryGet(id, out _)).Select(id => known.TryGet(id, out var local) ? local : 0).ToArray();
        await HoldProducts.Hold(connection, locked, cancel);

        var counts = new MergeCounts();
        if (read.Gone.Count > 0)
            counts += new MergeCounts { Deleted = await MarkGone.Products(connection, new RemoteSource(storeId, runId), read.Gone, read.Ticket, cancel) };
        var products = new Step(connection, storeId, runId, read.Ticket);
        counts += await Products(products, read, cancel);

        var ids = await LoadKnown.Ids(connection, CatalogueTable.Products, storeId, cancel, LoadKnown.Any("shopify_id", asked));
        var local = asked.Where(id => ids.TryGet(id, out _)).Select(id => ids.TryGet(id, out var ours) ? ours : 0).ToArray();
        counts += await Children(products, read, ids, local, cancel);
        counts += new MergeCounts { Conflicts = await LastVariants.Record(connection, runId, local, cancel) };
        await RefreshSummaries.Refresh(connection, local, cancel);
        return counts;
    }

    private async Task<MergeCounts> Products(Step step, ProductsRead read, CancellationToken cancel)
    {
        var known = await LoadKnown.Rows(step.Connection, CatalogueTable.Products, storeId, cancel,
            LoadKnown.Any("shopify_id", read.Products.Select(product => product.ShopifyId)));
        var ids = new ReservedIds(CatalogueTable.Products);
        await ids.Fill(step.Connection, read.Products.Count, cancel);
        var reading = new ProductReading(storeId, ids);
        return await step.Run(reading, known, prune: false, rows =>
        {
            foreach (var product in read.Products)
                reading.Read(Bytes(product.Node), rows);
        }, cancel);
    }

    private async Task<MergeCounts> Children(Step step, ProductsRead read, IdMap products, long[] local, CancellationToken cancel)
    {
        var connection = step.Connection;
        var ofThese = LoadKnown.Any("product_id", local);
        var counts = new MergeCounts();

        var variantReading = new VariantReading(storeId, products.Fork(), new StrayMedia());
        counts += await step.Run(variantReading, await LoadKnown.Rows(connection, CatalogueTable.Variants, storeId, cancel, ofThese), prune: true, rows =>
        {
            foreach (var product in read.Products)
                foreach (var variant in product.Variants)
                    variantReading.Read(Bytes(variant.Node), CollectionsMarshal.AsSpan(variant.Media), rows, product.ShopifyId);
        }, cancel);

        var mediaReading = new MediaReading(storeId, products.Fork());
        counts += await step.Run(mediaReading, await LoadKnown.Rows(connection, CatalogueTable.Media, storeId, cancel, ofThese), prune: true, rows =>
        {
            foreach (var product in read.Products)
                foreach (var medium in product.Media)
                    mediaReading.Read(Bytes(medium), rows, product.ShopifyId);
        }, cancel);

        var metafieldReading = new MetafieldReading(storeId, MetafieldOwners.Products(products.Fork()));
        counts += await step.Run(metafieldReading,
            await LoadKnown.Metafields(connection, "product", storeId, cancel, LoadKnown.Any("owner_id", local)), prune: true, rows =>
        {
            foreach (var product in read.Products)
                foreach (var metafield in product.Metafields)
                    metafieldReading.Read(Bytes(metafield), rows, product.ShopifyId);
        }, cancel);

        counts += await OfVariants(step, read, ofThese, cancel);

        var publications = await LoadKnown.Ids(connection, CatalogueTable.Publications, storeId, cancel);
        var publicationReading = new ProductPublicationReading(storeId, publications, products.Fork());
        return counts + await step.Run(publicationReading,
            await LoadKnown.Rows(connection, CatalogueTable.ProductPublications, storeId, cancel, ofThese), prune: true, rows =>
        {
            foreach (var product in read.Products)
                foreach (var publication in product.Publications)
                    publicationReading.Read(product.ShopifyId, publication, rows);
        }, cancel);
    }

    private async Task<MergeCounts> OfVariants(Step step, ProductsRead read, string ofThese, CancellationToken cancel)
    {
        var connection = step.Connection;
        var variants = await LoadKnown.Ids(connection, CatalogueTable.Variants, storeId, cancel, ofThese);
        var productOf = await LoadKnown.ProductOfVariant(connection, storeId, cancel, ofThese);
        var theirs = $"(select id from variants where store_id = {storeId} and {ofThese})";

        var metafieldReading = new MetafieldReading(storeId, MetafieldOwners.Variants(variants, productOf));
        var counts = await step.Run(metafieldReading,
            await LoadKnown.Metafields(connection, "variant", storeId, cancel, $"owner_id in {theirs}"), prune: true, rows =>
        {
            foreach (var variant in read.Products.SelectMany(product => product.Variants))
                foreach (var metafield in variant.Metafields)
                    metafieldReading.Read(Bytes(metafield), rows, variant.ShopifyId);
        }, cancel);

        // Levels may have come before their variant: they are known by their item then.
        var items = read.Products.SelectMany(product => product.Variants).Select(variant => variant.InventoryItem).Where(item => item != 0);
        var levelReading = new LevelReading(storeId, await LoadKnown.VariantsByItem(connection, storeId, cancel, ofThese), productOf.Fork(),
            await LoadKnown.Ids(connection, CatalogueTable.Locations, storeId, cancel));
        return counts + await step.Run(levelReading,
            await LoadKnown.Rows(connection, CatalogueTable.Levels, storeId, cancel, $"(variant_id in {theirs} or {LoadKnown.Any("inventory_item_id", items)})"), prune: true, rows =>
        {
            foreach (var variant in read.Products.SelectMany(product => product.Variants))
                foreach (var level in variant.Levels)
                    levelReading.Read(Bytes(level), rows, variant.InventoryItem);
        }, cancel);
    }

    private static ReadOnlySpan<byte> Bytes(JsonElement node) => JsonMarshal.GetRawUtf8Value(node);

    /// <summary>One table after the other, in one transaction.</summary>
    private sealed class Step(NpgsqlConnection connection, long storeId, long? runId, long ticket)
    {
        public NpgsqlConnection Connection => connection;

        public async Task<MergeCounts> Run(RowReading reading, KnownRows known, bool prune, Action<StagedRows> stage, CancellationToken cancel)
        {
            var rows = new StagedRows(reading.Table, known, ticket);
            stage(rows);
            reading.Complete(rows);
            var counts = await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
            return prune
                ? counts + new MergeCounts { Deleted = await MarkGone.Rows(connection, new RemoteSource(storeId, runId), reading.Table, known.Unseen().ToArray(), ticket, cancel) }
                : counts;
        }
    }
}
