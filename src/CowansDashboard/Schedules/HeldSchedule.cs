using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>A schedule is held while it is changed, so that it does not begin meanwhile.</summary>
internal static class HeldSchedule
{
    public static async Task Hold(NpgsqlConnection connection, long storeId, long scheduleId, CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand("select from schedules where id = $1 and store_id = $2 for update", connection);
        hold.Parameters.Add(new() { Value = scheduleId });
        hold.Parameters.Add(new() { Value = storeId });
        await hold.ExecuteNonQueryAsync(cancel);
    }
}
