using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Finds where to cut a query in two. Products and what hangs on them are cut by created_at; variants and
/// collections, which Shopify does not search by that, by id.
/// </summary>
public sealed class HalveSlice(ShopifyAdmin admin, NpgsqlDataSource database, long storeId, TimeProvider clock)
{
    private static readonly DateTimeOffset BeforeShopify = new(2006, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string By(string kind) => kind is "variants" or "collections" ? "id" : "created_at";

    /// <summary>The middle of a slice; null when it cannot be cut.</summary>
    public async Task<long?> Middle(PullSlice slice, CancellationToken cancel) => By(slice.Kind) == "id"
        ? await MiddleId(slice, cancel)
        : await MiddleTime(slice, cancel);

    private async Task<long?> MiddleTime(PullSlice slice, CancellationToken cancel)
    {
        var from = slice.From ?? BeforeShopify.ToUnixTimeSeconds();
        var to = slice.To ?? clock.GetUtcNow().ToUnixTimeSeconds();
        var known = await Median("""
            select percentile_disc(0.5) within group (order by extract(epoch from remote_created_at)::bigint)
            from products where store_id = $1 and remote_created_at >= to_timestamp($2) and remote_created_at < to_timestamp($3)
            """, from, to, cancel);
        var middle = known ?? ((from + to) / 2);
        return middle > from && middle < to ? middle : null;
    }

    private async Task<long?> MiddleId(PullSlice slice, CancellationToken cancel)
    {
        var from = slice.From ?? 0;
        var to = slice.To ?? long.MaxValue;
        var table = slice.Kind == "variants" ? "variants" : "collections";
        var middle = await Median($"""
            select percentile_disc(0.5) within group (order by shopify_id)
            from {table} where store_id = $1 and shopify_id >= $2 and shopify_id < $3
            """, from, to, cancel);
        middle ??= slice.Kind == "variants" ? await VariantOfSomeProduct(cancel) : await CollectionOfAPage(slice, cancel);
        return middle > from && middle < to ? middle : null;
    }

    // The copy is still empty: the variants of a product from the middle of a page are as good a place as any.
    private async Task<long?> VariantOfSomeProduct(CancellationToken cancel)
    {
        var page = await admin.Send(Queries.ProductsPage(null, null), Lane.Background, cancel);
        var products = page.Data.Products.Nodes.Select(product => product.Id).OrderBy(id => id.Number).ToArray();
        if (products.Length == 0)
            return null;
        var product = await admin.Send(Queries.VariantsOfProduct(products[products.Length / 2], null, 1), Lane.Background, cancel);
        return product.Data.Product?.Variants?.Nodes is [var first, ..] ? first.Id.Number : null;
    }

    private async Task<long?> CollectionOfAPage(PullSlice slice, CancellationToken cancel)
    {
        var page = await admin.Send(Queries.CollectionsList(slice.Filter(), null), Lane.Background, cancel);
        var ids = page.Data.Collections.Nodes.Select(collection => collection.Id.Number).Order().ToArray();
        return ids.Length == 0 ? null : ids[ids.Length / 2];
    }

    private async Task<long?> Median(string sql, long from, long to, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        return await command.ExecuteScalarAsync(cancel) as long?;
    }
}
