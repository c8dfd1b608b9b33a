using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>The zone of a shop's clocks. One that this server does not know counts as UTC, as everywhere.</summary>
internal static class StoreZone
{
    public static async Task<TimeZoneInfo> Read(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select time_zone from stores where id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is string name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
    }
}
