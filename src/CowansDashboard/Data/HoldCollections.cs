using Npgsql;

namespace CowansDashboard.Data;

/// <summary>
/// Whoever changes rows of a collection holds the collection first, in the order of ids, and behind the products of the same
/// transaction: two who change the same collections cannot lock each other out.
/// </summary>
public static class HoldCollections
{
    public static async Task Hold(NpgsqlConnection connection, IEnumerable<long> collections, CancellationToken cancel)
    {
        long[] ids = [.. collections.Distinct().Order()];
        if (ids.Length == 0)
            return;
        await using var command = new NpgsqlCommand("select from collections where id = any($1) order by id for update", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The same by Shopify's ids; those that are not in the copy are passed over.</summary>
    public static async Task HoldOfShopify(NpgsqlConnection connection, long storeId, long[] shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select from collections where store_id = $1 and shopify_id = any($2) order by id for update", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
