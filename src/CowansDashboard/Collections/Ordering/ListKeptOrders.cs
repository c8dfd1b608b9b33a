using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>A collection that is put in order each night.</summary>
/// <param name="CollectionId">Ours.</param>
/// <param name="Title">Its title.</param>
/// <param name="Sends">What has moved is sent at once.</param>
/// <param name="By">Who set the rule.</param>
public sealed record KeptOrder(long CollectionId, string Title, bool Sends, AskedBy By);

/// <summary>Lists the collections of a shop that are put in order each night.</summary>
public sealed class ListKeptOrders(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<KeptOrder>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select r.collection_id, c.title, r.sends, r.changed_by_id, r.changed_by
            from collection_order_rules r join collections c on c.id = r.collection_id and c.deleted_at is null and c.removal is null and c.mark <> 2
            where r.store_id = $1 and r.is_kept order by r.collection_id
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kept = new List<KeptOrder>();
        while (await reader.ReadAsync(cancel))
            kept.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), new AskedBy(reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4))));
        return kept;
    }
}
