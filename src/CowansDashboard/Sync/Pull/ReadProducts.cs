using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads whole products by id: fields, options, every variant with its stock, media, metafields, and where they are published.</summary>
/// <param name="admin">Whom to ask.</param>
/// <param name="database">Where tickets come from, and what is known of the products.</param>
/// <param name="lane">Who waits for it.</param>
/// <param name="storeId">Whose copy tells how large its products are; without it whole pages are asked for.</param>
public sealed class ReadProducts(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane, long? storeId = null)
{
    /// <summary>How many products one call to <see cref="Read"/> takes.</summary>
    public const int AtOnce = 10;

    /// <summary>Of how many variants one call reads the stock.</summary>
    internal const int ItemsAtOnce = 50;

    public async Task<ProductsRead> Read(IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shopifyIds.Count, AtOnce);
        var (ticket, pages) = await Begin(shopifyIds, cancel);
        var read = new ProductsRead(ticket);

        // Where they are published does not depend on what they are: both are asked at once.
        var asked = shopifyIds.ToArray();
        ShopifyId[] ids = [.. asked.Select(ShopifyId.Product)];
        var (products, publications) = (Send(Queries.ProductsById(ids, pages.Variants, pages.Media, pages.Metafields, pages.VariantMetafields), cancel),
            Send(Queries.ResourcePublications(ids, pages.Publications), cancel));
        await Task.WhenAll(products, publications);
        var (nodes, published) = ((await products).GetProperty("nodes"), (await publications).GetProperty("nodes"));
        for (var i = 0; i < asked.Length; i++)
        {
            if (nodes[i].ValueKind != JsonValueKind.Object || !nodes[i].TryGetProperty("id", out _))
            {
                read.Gone.Add(asked[i]);
                continue;
            }
            var product = await Whole(asked[i], nodes[i], cancel);
            await ReadPublications(product, published[i], cancel);
            read.Products.Add(product);
        }
        await ReadLevels([.. read.Products.SelectMany(product => product.Variants)], pages.Levels, cancel);
        return read;
    }

    private async Task<(long Ticket, ProductPages Pages)> Begin(IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(storeId is null ? "select nextval('tickets'), false" : """
            with asked as materialized (select id from products where store_id = $1 and shopify_id = any($2) and deleted_at is null)
            select nextval('tickets'), (select count(*) from asked) = cardinality($2),
                (select coalesce(max(n), 0) from (select count(*) as n from asked a join variants v on v.product_id = a.id and v.deleted_at is null group by a.id) each),
                (select coalesce(max(n), 0) from (select count(*) as n from asked a join media m on m.product_id = a.id and m.deleted_at is null group by a.id) each),
                (select coalesce(max(n), 0) from (
                    select count(*) as n from asked a join metafields m on m.owner_id = a.id and m.owner_kind = 'product' and m.deleted_at is null group by a.id) each),
                (select coalesce(max(n), 0) from (
                    select count(*) as n from asked a join variants v on v.product_id = a.id join metafields m on m.owner_id = v.id and m.owner_kind = 'variant' and m.deleted_at is null
                    group by v.id) each),
                (select count(*) from publications where store_id = $1 and deleted_at is null),
                (select count(*) from locations where store_id = $1 and deleted_at is null)
            """);
        if (storeId is { } store)
        {
            command.Parameters.Add(new() { Value = store });
            command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        }
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetBoolean(1) ? ProductPages.For(new(Known(2), Known(3), Known(4), Known(5), Known(6), Known(7))) : ProductPages.Whole);

        int Known(int column) => (int)Math.Min(reader.GetInt64(column), int.MaxValue);
    }

    private async Task<WholeProduct> Whole(long id, JsonElement node, CancellationToken cancel)
    {
        var product = new WholeProduct(id, node);
        var gid = ShopifyId.Product(id);
        await foreach (var variant in Nodes(node, "variants", after => Queries.VariantsOfProduct(gid, after).AsRaw(), "product", cancel))
            product.Variants.Add(await Variant(variant, cancel));
        await foreach (var medium in Nodes(node, "media", after => Queries.MediaOfProduct(gid, after).AsRaw(), "product", cancel))
            product.Media.Add(medium);
        await foreach (var metafield in Nodes(node, "metafields", after => Queries.MetafieldsOfProduct(gid, after).AsRaw(), "product", cancel))
            product.Metafields.Add(metafield);
        return product;
    }

    private async Task<WholeVariant> Variant(JsonElement node, CancellationToken cancel)
    {
        var id = Id(node);
        var gid = ShopifyId.Variant(id);
        var item = node.TryGetProperty("inventoryItem", out var named) && named.ValueKind == JsonValueKind.Object ? Id(named) : 0;
        var variant = new WholeVariant(id, node) { InventoryItem = item };
        await foreach (var medium in Nodes(node, "media", after => Queries.MediaOfVariant(gid, after).AsRaw(), "productVariant", cancel))
            variant.Media.Add(Id(medium));
        await foreach (var metafield in Nodes(node, "metafields", after => Queries.MetafieldsOfVariant(gid, after).AsRaw(), "productVariant", cancel))
            variant.Metafields.Add(metafield);
        return variant;
    }

    private async Task ReadLevels(IReadOnlyList<WholeVariant> variants, int first, CancellationToken cancel)
    {
        foreach (var chunk in variants.Where(variant => variant.InventoryItem != 0).Chunk(ItemsAtOnce))
        {
            var nodes = (await Send(Queries.InventoryLevelsOfItems([.. chunk.Select(variant => ShopifyId.Item(variant.InventoryItem))], first), cancel)).GetProperty("nodes");
            for (var i = 0; i < chunk.Length; i++)
                if (nodes[i].ValueKind == JsonValueKind.Object)
                    await foreach (var level in Nodes(nodes[i], "inventoryLevels",
                        after => Queries.InventoryLevelsOfItem(ShopifyId.Item(chunk[i].InventoryItem), after).AsRaw(), "inventoryItem", cancel))
                        chunk[i].Levels.Add(level);
        }
    }

    private async Task ReadPublications(WholeProduct product, JsonElement node, CancellationToken cancel)
    {
        await foreach (var published in Nodes(node, "resourcePublicationsV2",
            after => Queries.ResourcePublicationsOfProduct(ShopifyId.Product(product.ShopifyId), after).AsRaw(), "product", cancel))
            if (published.TryGetProperty("publication", out var publication) && publication.ValueKind == JsonValueKind.Object)
                product.Publications.Add(Id(publication));
    }

    /// <summary>All nodes of a connection: the page inside the parent, then the pages after it.</summary>
    private async IAsyncEnumerable<JsonElement> Nodes(
        JsonElement parent, string connection, Func<string?, Operation<JsonElement>> next, string root,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        while (parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(connection, out var page) && page.ValueKind == JsonValueKind.Object)
        {
            foreach (var node in page.GetProperty("nodes").EnumerateArray())
                if (node.ValueKind == JsonValueKind.Object)
                    yield return node;
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                yield break;
            parent = (await admin.Send(next(info.GetProperty("endCursor").GetString()), lane, cancel)).Data.GetProperty(root);
        }
    }

    private async Task<JsonElement> Send<T>(Operation<T> operation, CancellationToken cancel) =>
        (await admin.Send(operation.AsRaw(), lane, cancel)).Data;

    private static long Id(JsonElement node) => ShopifyId.Parse(node.GetProperty("id").GetString()!).Number;
}
