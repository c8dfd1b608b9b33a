using Npgsql;

namespace CowansDashboard.History;

/// <summary>The currency in which a store's prices are.</summary>
internal static class StoreCurrency
{
    public static async Task<string> Read(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select currency from stores where id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) as string ?? "USD";
    }
}
