using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Says since when, and by whom, all recurring work of a shop is held back.</summary>
public sealed class ReadRecurringPause(NpgsqlDataSource database)
{
    /// <returns>Null while it goes on.</returns>
    public async Task<(DateTimeOffset Since, string By)?> Read(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select recurring_paused_at, coalesce(recurring_paused_by, '') from stores where id = $1 and recurring_paused_at is not null");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1)) : null;
    }
}
