using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Adds the collections that are made of these, or that leave these out: a change below moves their members without a word.</summary>
public static class CollectionsAbove
{
    public static async Task<long[]> Add(NpgsqlDataSource database, long storeId, long runId, IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with recursive named as (
                select unnest($3::bigint[]) as id
                union select c.shopify_id from pull_unseen u join collections c on c.id = any(u.row_ids)
                where u.run_id = $2 and u.kind = 'collections'),
            above as (
                select id from named
                union
                select c.shopify_id from above
                join collection_sources s on s.store_id = $1 and s.deleted_at is null and s.definition::text like '%/Collection/' || above.id || '"%'
                join collections c on c.id = s.collection_id and c.deleted_at is null and c.shopify_id is not null)
            select coalesce(array_agg(id order by id), '{}') from above
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
