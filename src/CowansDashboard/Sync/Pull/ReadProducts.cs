using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads whole products by id: fields, options, every variant with its stock, media, metafields, and where they are published.</summary>
public sealed class ReadProducts(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane)
{
    /// <summary>How many products one call to <see cref="Read"/> takes.</summary>
    public const int AtOnce = 10;

    private const int ItemsAtOnce = 50;

    public async Task<ProductsRead> Read(IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shopifyIds.Count, AtOnce);
        await using var command = database.CreateCommand("select nextval('tickets')");
        var read = new ProductsRead((long)(await command.ExecuteScalarAsync(cancel))!);

        // Where they are published does not depend on what they are: both are asked at once.
        var asked = shopifyIds.ToArray();
        ShopifyId[] ids = [.. asked.Select(ShopifyId.Product)];
        var (products, publications) = (Send(Queries.ProductsById(ids), cancel), Send(Queries.ResourcePublications(ids), cancel));
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
        await ReadLevels([.. read.Products.SelectMany(product => product.Variants)], cancel);
        return read;
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

    private async Task ReadLevels(IReadOnlyList<WholeVariant> variants, CancellationToken cancel)
    {
        foreach (var chunk in variants.Where(variant => variant.InventoryItem != 0).Chunk(ItemsAtOnce))
        {
            var nodes = (await Send(Queries.InventoryLevelsOfItems([.. chunk.Select(variant => ShopifyId.Item(variant.InventoryItem))]), cancel)).GetProperty("nodes");
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
