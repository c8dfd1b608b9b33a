using CowansDashboard.Catalog.Bulk;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>Calls off a schedule that has not begun. Its edit is a preview again.</summary>
public sealed class CancelSchedule(NpgsqlDataSource database)
{
    /// <returns>False when it has begun, or is over.</returns>
    public async Task<bool> Cancel(long storeId, long scheduleId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            with off as (
                update schedules set state = 'cancelled', ended_at = now() where id = $1 and store_id = $2 and state = 'planned' returning preview_id),
            layers as (update schedule_layers set state = 'ended' where schedule_id in (select $1 from off))
            select preview_id from off
            """, connection);
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = storeId });
        if (await command.ExecuteScalarAsync(cancel) is not long preview)
            return false;
        await HeldPreview.Mark(connection, preview, scheduled: false, asks: false, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
