using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>Lists the collections of a shop that are put in order each night, by our ids.</summary>
public sealed class ListKeptOrders(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<long>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(r.collection_id order by r.collection_id), '{}')
            from collection_order_rules r join collections c on c.id = r.collection_id and c.deleted_at is null and c.removal is null and c.mark <> 2
            where r.store_id = $1 and r.is_kept
            """);
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
