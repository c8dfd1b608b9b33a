using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>Keeps by what rule the products of a collection are put in order. No product is moved by it.</summary>
public sealed class SaveOrderRule(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="collection">Our id.</param>
    /// <param name="rule">The rule; null forgets it, and the order stays as it is.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What is wrong, by field, and then nothing is kept; else null.</returns>
    public async Task<(string Field, string Sentence)?> Save(long storeId, long collection, OrderRule? rule, AskedBy by, CancellationToken cancel)
    {
        if (rule?.Problem is { } problem)
            return problem;
        await using var command = database.CreateCommand(rule is null
            ? "delete from collection_order_rules where store_id = $1 and collection_id = $2"
            : """
                insert into collection_order_rules (store_id, collection_id, sorted_by, pinned, sold_out_last, is_kept, changed_by, sends, changed_by_id)
                select $1, c.id, $3, $4, $5, $6, $7, $8, nullif($9, '') from collections c where c.store_id = $1 and c.id = $2
                on conflict (collection_id) do update set sorted_by = excluded.sorted_by, pinned = excluded.pinned, sold_out_last = excluded.sold_out_last,
                    is_kept = excluded.is_kept, changed_by = excluded.changed_by, sends = excluded.sends, changed_by_id = excluded.changed_by_id, changed_at = now()
                """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        if (rule is not null)
            foreach (var value in new object[] { OrderRule.Word(rule.By), rule.Pinned.ToArray(), rule.SoldOutLast, rule.IsKept, by.Name, rule.Sends, by.Id ?? "" })
                command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
