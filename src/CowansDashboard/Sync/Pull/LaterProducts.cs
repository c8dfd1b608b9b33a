using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Products that somebody read by id while the bulk queries of a full pull ran: the result of the collections may not know what they are now.</summary>
public static class LaterProducts
{
    public static async Task<long[]> Find(NpgsqlDataSource database, RunContext run, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(shopify_id order by shopify_id), '{}') from (
                select p.shopify_id from products p
                where p.store_id = $1 and p.shopify_id is not null and p.deleted_at is null
                    and p.ticket > (select min(ticket) from pull_slices where run_id = $2 and kind = 'collections' and ticket > 0)
                    and p.ticket not in (select ticket from pull_slices where run_id = $2)
                union select product_shopify_id from pull_rereads where run_id = $2) later
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = run.RunId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
