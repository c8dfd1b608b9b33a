using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>The zone of a shop's clocks. One that this server does not know counts as UTC, as everywhere.</summary>
public static class StoreZone
{
    public static async Task<TimeZoneInfo> Read(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select time_zone from stores where id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        return Of(await command.ExecuteScalarAsync(cancel) as string);
    }

    public static TimeZoneInfo Of(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
