using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>Reads by what rule the products of a collection are put in order, without looking at its products.</summary>
public sealed class FindOrderRule(NpgsqlDataSource database)
{
    /// <returns>The rule, and what became of it last when it was kept; null when nobody has set one.</returns>
    public async Task<(OrderRule Rule, KeptRun? Last)?> Find(long storeId, long collection, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select r.sorted_by, r.pinned, r.sold_out_last, r.is_kept, coalesce(r.sends, false), r.last_at, r.last_said, r.last_hindered from collection_order_rules r join collections c on c.id = r.collection_id
            where c.store_id = $1 and c.id = $2 and c.deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var rule = new OrderRule(OrderRule.Of(reader.GetString(0))!.Value, reader.GetFieldValue<long[]>(1), reader.GetBoolean(2)) { IsKept = reader.GetBoolean(3), Sends = reader.GetBoolean(4) };
        return (rule, reader.IsDBNull(5) ? null : new KeptRun(reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6), reader.GetBoolean(7)));
    }
}
