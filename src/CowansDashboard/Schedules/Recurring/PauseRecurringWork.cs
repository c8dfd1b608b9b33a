using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Holds back all recurring work of a shop, or lets it go on; what is due by then is made up for once.</summary>
public sealed class PauseRecurringWork(NpgsqlDataSource database, TimeProvider clock)
{
    /// <param name="storeId">The shop.</param>
    /// <param name="by">Who holds it back; null lets it go on.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Pause(long storeId, string? by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            update stores set recurring_paused_at = case when $2::text is null then null else coalesce(recurring_paused_at, $3) end, recurring_paused_by = $2 where id = $1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)by ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
