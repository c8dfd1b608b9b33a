using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Takes away a recurring work that a person made. What every shop has can be switched off, and stays.</summary>
public sealed class RemoveRecurringWork(NpgsqlDataSource database)
{
    /// <returns>Whether there was one.</returns>
    public async Task<bool> Remove(long storeId, string work, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from recurring_work where store_id = $1 and work = $2 and collections is not null");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = work });
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }
}
