using Npgsql;

namespace CowansDashboard.Conflicts.Rules;

/// <summary>Tries a draft of rules on the conflicts that a store has had, before anybody saves it.</summary>
public sealed class SimulateRules(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>So many of the newest are tried.</summary>
    public const int Most = 20_000;

    public static readonly TimeSpan Past = TimeSpan.FromDays(90);

    public async Task<RuleSimulation> Simulate(long storeId, OwnershipRules draft, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var today = await RuleRows.Of(connection, storeId, cancel);
        await using var command = new NpgsqlCommand("""
            select c.id, coalesce(p.title, ''), c.entity, c.field, c.closed_as, coalesce(p.vendor, ''), m.namespace, m.key,
                array(select e.collection_id from collection_members e where e.product_id = c.product_id and e.mark <> 2)
            from conflicts c
            left join products p on p.id = c.product_id
            left join metafields m on c.entity = 'metafield' and m.id = c.entity_id
            where c.store_id = $1 and c.detected_at >= $2
            order by c.id desc limit $3
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = clock.GetUtcNow().Subtract(Past) });
        command.Parameters.Add(new() { Value = (long)Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var past = new List<PastConflict>();
        while (await reader.ReadAsync(cancel))
        {
            var space = reader.IsDBNull(6) ? null : reader.GetString(6);
            var name = OwnedFields.Name(reader.GetString(2), reader.GetString(3), space is null ? null : $"{space}.{reader.GetString(7)}");
            past.Add(new(reader.GetInt64(0), reader.GetString(1), name,
                new OwnedField(name, reader.GetString(5), reader.GetFieldValue<long[]>(8), space), reader.IsDBNull(4) ? null : reader.GetString(4)));
        }
        return RuleSimulation.Of(past, today, draft);
    }
}
