using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads in which collections products are, by hand or by rule, by Shopify's ids.</summary>
public sealed class ReadMemberships(ShopifyAdmin admin, Lane lane)
{
    public async Task<IReadOnlyList<(long Product, long Collection)>> Read(long[] products, CancellationToken cancel)
    {
        var members = new List<(long, long)>();
        var left = new Queue<(ShopifyId[] Products, string? After)>(products.Length == 0 ? [] : [([.. products.Select(ShopifyId.Product)], null)]);
        while (left.TryDequeue(out var next))
            foreach (var product in (await admin.Send(Queries.CollectionsOfProducts(next.Products, next.After), lane, cancel)).Data.Nodes)
            {
                if (product?.Collections is not { } page)
                    continue;
                members.AddRange(page.Nodes.Select(collection => (product.Id.Number, collection.Id.Number)));
                if (page.PageInfo.HasNextPage)
                    left.Enqueue(([product.Id], page.PageInfo.EndCursor));
            }
        return members;
    }
}
