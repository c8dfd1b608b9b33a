using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Pull;

/// <summary>Lists the collections that changed since a moment.</summary>
public sealed class ListChangedCollections(ShopifyAdmin admin)
{
    private const int WhereListsEnd = 25_000;

    public async Task<IReadOnlyCollection<long>> List(DateTimeOffset since, CancellationToken cancel) => (await Times(since, cancel)).Keys;

    /// <summary>The same with Shopify's times of their last changes.</summary>
    public async Task<Dictionary<long, DateTimeOffset?>> Times(DateTimeOffset since, CancellationToken cancel)
    {
        var times = new Dictionary<long, DateTimeOffset?>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.CollectionsList(ListChanged.Filter(since), after), Lane.Background, cancel)).Data.Collections;
            foreach (var collection in page.Nodes)
                times[collection.Id.Number] = collection.UpdatedAt;
            if (times.Count >= WhereListsEnd)
                throw new InvalidOperationException("More collections have changed than Shopify lists. Pull everything instead.");
            if (!page.PageInfo.HasNextPage)
                return times;
            after = page.PageInfo.EndCursor;
        }
    }
}
