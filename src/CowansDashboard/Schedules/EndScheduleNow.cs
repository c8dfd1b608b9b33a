using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>Ends a schedule that runs, without waiting for its time.</summary>
public sealed class EndScheduleNow(NpgsqlDataSource database, TimeProvider clock, WakeSchedules wake)
{
    /// <returns>False when it does not run.</returns>
    public async Task<bool> End(long storeId, long scheduleId, CancellationToken cancel)
    {
        await using (var command = database.CreateCommand("update schedules set ends_at = least(ends_at, $3) where id = $1 and store_id = $2 and state = 'active'"))
        {
            command.Parameters.Add(new() { Value = scheduleId });
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = clock.GetUtcNow() });
            if (await command.ExecuteNonQueryAsync(cancel) == 0)
                return false;
        }
        await wake.Wake(cancel);
        return true;
    }
}
