using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Sets how far one person may go alone in a shop.</summary>
public sealed class SaveGuardLimits(NpgsqlDataSource database)
{
    /// <returns>What is wrong with the limits; null when they are kept.</returns>
    public async Task<ActionProblem?> Save(long storeId, GuardLimits limits, AskedBy by, CancellationToken cancel)
    {
        if (limits.Problem is { } problem)
            return problem;
        await using var command = database.CreateCommand("""
            insert into guard_limits (store_id, most_products, most_price_percent, stop_percent, changed_by_name, most_pushed) values ($1, $2, $3, $4, $5, $6)
            on conflict (store_id) do update set most_products = excluded.most_products, most_price_percent = excluded.most_price_percent,
                stop_percent = excluded.stop_percent, most_pushed = excluded.most_pushed, changed_by_name = excluded.changed_by_name, changed_at = now()
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)limits.MostProducts ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)limits.MostPricePercent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Numeric });
        command.Parameters.Add(new() { Value = limits.StopPercent });
        command.Parameters.Add(new() { Value = by.Name });
        command.Parameters.Add(new() { Value = (object?)limits.MostPushed ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
