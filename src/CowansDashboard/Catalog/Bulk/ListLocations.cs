using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

public sealed record StockPlace(long Id, string Name);

/// <summary>The places of a shop that hold stock.</summary>
public sealed class ListLocations(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<StockPlace>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select id, name from locations where store_id = $1 and is_active and deleted_at is null order by name, id");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var locations = new List<StockPlace>();
        while (await reader.ReadAsync(cancel))
            locations.Add(new StockPlace(reader.GetInt64(0), reader.GetString(1)));
        return locations;
    }
}
