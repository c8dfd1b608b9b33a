using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads all locations, page by page, before the stock that stands at them.</summary>
public sealed class PullLocations(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    public async Task Pull(CancellationToken cancel)
    {
        var read = await new ReadLocations(admin, database).Read(cancel);
        await using var transaction = await run.Begin(cancel);
        await new MergeLocations(run.StoreId, run.RunId).Merge(transaction.Connection, read, cancel);
        await SettleDrift.Kind(transaction.Connection, run.StoreId, run.RunId, CatalogueTable.Locations.Entity, cancel);
        await transaction.Commit(cancel);
    }
}
