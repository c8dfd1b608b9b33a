using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Products that collections name and the copy lacks: they must be read before their memberships can be kept.</summary>
public static class UnknownMembers
{
    public static async Task<long[]> Of(NpgsqlDataSource database, long storeId, CollectionsRead read, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(m), '{}') from unnest($2::bigint[]) m
            where not exists (select from products p where p.store_id = $1 and p.shopify_id = m)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = read.Collections.SelectMany(one => one.Members).Distinct().ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
