using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Finds the collections that these products enter, leave or may move in. Shopify reports no change of a collection
/// when a product's tag or price moves it in or out, so the memberships on both sides are compared.
/// </summary>
public sealed class ConcernedCollections(long storeId, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int AtOnce = 250;

    /// <summary>Shopify's ids of collections; ask before the products are merged, since a product that is gone takes its memberships along.</summary>
    public async Task<IReadOnlyCollection<long>> Of(IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        var concerned = new HashSet<long>();
        await PacedWorkers.For(admin).Run(products.Chunk(AtOnce), async (chunk, stop) =>
        {
            var (theirs, moved) = await Theirs(chunk, stop);
            theirs.SymmetricExceptWith(await Ours(chunk, stop));
            lock (concerned)
                concerned.UnionWith([.. theirs.Select(pair => pair.Collection), .. moved]);
        }, null, cancel);
        return concerned;
    }

    private async Task<(HashSet<(long Product, long Collection)> Members, HashSet<long> Moved)> Theirs(long[] products, CancellationToken cancel)
    {
        var members = new HashSet<(long, long)>();
        var moved = new HashSet<long>();
        var left = new Queue<(ShopifyId[] Products, string? After)>([([.. products.Select(ShopifyId.Product)], null)]);
        while (left.TryDequeue(out var next))
        {
            var answer = await admin.Send(Queries.CollectionsOfProducts(next.Products, next.After), Lane.Background, cancel);
            foreach (var product in answer.Data.Nodes)
            {
                if (product?.Collections is not { } page)
                    continue;
                foreach (var collection in page.Nodes)
                {
                    members.Add((product.Id.Number, collection.Id.Number));
                    if (IsByFields(collection.SortOrder))
                        moved.Add(collection.Id.Number);
                }
                if (page.PageInfo.HasNextPage)
                    left.Enqueue(([product.Id], page.PageInfo.EndCursor));
            }
        }
        return (members, moved);
    }

    private static bool IsByFields(string? order) =>
        order is not null && (order.StartsWith("ALPHA", StringComparison.Ordinal) || order.StartsWith("PRICE", StringComparison.Ordinal));

    private async Task<List<(long Product, long Collection)>> Ours(long[] products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select p.shopify_id, c.shopify_id
            from products p join collection_members m on m.product_id = p.id join collections c on c.id = m.collection_id
            where p.store_id = $1 and p.shopify_id = any($2) and m.mark <> 1 and c.shopify_id is not null and c.deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pairs = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
            pairs.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return pairs;
    }
}
