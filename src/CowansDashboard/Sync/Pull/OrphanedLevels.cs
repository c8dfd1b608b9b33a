using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Stock at locations that were opened while the pull went on: the locations are read again, and the products whose
/// stock stands there are noted to be read by id.
/// </summary>
public sealed class OrphanedLevels(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    public async Task Note(CancellationToken cancel)
    {
        await using var any = database.CreateCommand("select exists (select from pull_orphans where run_id = $1)");
        any.Parameters.Add(new() { Value = run.RunId });
        if (!(bool)(await any.ExecuteScalarAsync(cancel))!)
            return;
        await new PullLocations(run, database, admin).Pull(cancel);
        await using var transaction = await run.Begin(cancel);
        await using var note = new NpgsqlCommand("""
            with noted as (
                insert into pull_rereads (run_id, product_shopify_id, reason)
                select distinct $1, p.shopify_id, 'stock at a new location'
                from pull_orphans o
                join variants v on v.store_id = $2 and v.inventory_item_id = o.inventory_item_id and v.deleted_at is null
                join products p on p.id = v.product_id and p.shopify_id is not null
                where o.run_id = $1
                on conflict do nothing)
            delete from pull_orphans where run_id = $1
            """, transaction.Connection);
        note.Parameters.Add(new() { Value = run.RunId });
        note.Parameters.Add(new() { Value = run.StoreId });
        await note.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }
}
