using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>A collection that is put in order each night.</summary>
/// <param name="CollectionId">Ours.</param>
/// <param name="Title">Its title.</param>
/// <param name="Sends">What has moved is sent at once.</param>
/// <param name="By">Who set the rule.</param>
/// <param name="Waits">An order waits for a push already: it was not sent the night before.</param>
/// <param name="Awaited">The push plan of it that a second person has to approve first; null where there is none.</param>
public sealed record KeptOrder(long CollectionId, string Title, bool Sends, AskedBy By, bool Waits, long? Awaited);

/// <summary>Lists the collections of a shop that are put in order each night.</summary>
public sealed class ListKeptOrders(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<KeptOrder>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select r.collection_id, c.title, r.sends, r.changed_by_id, r.changed_by, coalesce(c.pending ? 'member_order', false),
                (select max(p.id) from push_items i join push_plans p on p.id = i.plan_id
                 where i.collection_id = c.id and i.fields ? 'member_order' and i.status = 'waiting' and not i.excluded and p.needs_approval and p.approved_hash is distinct from p.hash and p.run_id is null)
            from collection_order_rules r join collections c on c.id = r.collection_id and c.deleted_at is null and c.removal is null and c.mark <> 2
            where r.store_id = $1 and r.is_kept order by r.collection_id
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kept = new List<KeptOrder>();
        while (await reader.ReadAsync(cancel))
            kept.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), new AskedBy(reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4)), reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6)));
        return kept;
    }
}
