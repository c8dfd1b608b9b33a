using CowansDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace CowansDashboard.Stores;

/// <summary>Lists the connected stores, the oldest first.</summary>
public sealed class ListStores(IDbContextFactory<DashboardContext> contexts, ShopifyOptions options)
{
    public async Task<IReadOnlyList<StoreRow>> List(CancellationToken cancel)
    {
        await using var database = await contexts.CreateDbContextAsync(cancel);
        var stores = await database.Set<Store>().AsNoTracking().Where(store => store.DeletedAt == null).OrderBy(store => store.Id).ToListAsync(cancel);
        return [.. stores.Select(store => StoreRow.Of(store, options))];
    }
}
