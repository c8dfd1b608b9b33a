using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Reads how far one person may go alone in a shop.</summary>
public sealed class ReadGuardLimits(NpgsqlDataSource database)
{
    public async Task<GuardLimits> Read(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Read(connection, storeId, cancel);
    }

    internal static async Task<GuardLimits> Read(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select most_products, most_price_percent, stop_percent, most_pushed from guard_limits where store_id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new GuardLimits { MostProducts = reader.Maybe<int>(0), MostPricePercent = reader.Maybe<decimal>(1), StopPercent = reader.GetDecimal(2), MostPushed = reader.Maybe<int>(3) }
            : GuardLimits.None;
    }
}
