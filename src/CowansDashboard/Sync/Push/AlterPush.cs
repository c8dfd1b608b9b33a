using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Leaves items of a plan out, or takes them in again. An approval given before counts no longer.</summary>
public sealed class AlterPush(NpgsqlDataSource database)
{
    /// <summary>False when the plan is being sent, or was: then nothing changes.</summary>
    public async Task<bool> Exclude(long storeId, long planId, IReadOnlyCollection<long> items, bool excluded, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var hold = new NpgsqlCommand("select run_id is null from push_plans where id = $1 and store_id = $2 for update", connection))
        {
            hold.Parameters.Add(new() { Value = planId });
            hold.Parameters.Add(new() { Value = storeId });
            if (await hold.ExecuteScalarAsync(cancel) is not true)
                return false;
        }
        await using (var command = new NpgsqlCommand("update push_items set excluded = $3, updated_at = now() where plan_id = $1 and id = any($2) and excluded <> $3", connection))
        {
            command.Parameters.Add(new() { Value = planId });
            command.Parameters.Add(new() { Value = items.ToArray() });
            command.Parameters.Add(new() { Value = excluded });
            await command.ExecuteNonQueryAsync(cancel);
        }
        await PlanHash.Write(connection, planId, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
