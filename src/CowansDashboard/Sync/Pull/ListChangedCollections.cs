using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Pull;

/// <summary>Lists the collections that changed since a moment.</summary>
public sealed class ListChangedCollections(ShopifyAdmin admin)
{
    private const int WhereListsEnd = 25_000;

    public async Task<IReadOnlyCollection<long>> List(DateTimeOffset since, CancellationToken cancel)
    {
        var ids = new HashSet<long>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.CollectionsList(ListChanged.Filter(since), after), Lane.Background, cancel)).Data.Collections;
            ids.UnionWith(page.Nodes.Select(collection => collection.Id.Number));
            if (ids.Count >= WhereListsEnd)
                throw new InvalidOperationException("More collections have changed than Shopify lists. Pull everything instead.");
            if (!page.PageInfo.HasNextPage)
                return ids;
            after = page.PageInfo.EndCursor;
        }
    }
}
