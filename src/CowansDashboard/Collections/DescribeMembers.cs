using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>What a page shows of a product that is put in order.</summary>
public sealed record MemberTile(long ProductId, string Title, string Status, decimal? MinPrice, decimal? MaxPrice, long? Stock, string? ThumbnailUrl, SyncState Sync);

/// <summary>Reads what a page shows of some products, by our ids; what is gone is absent.</summary>
public sealed class DescribeMembers(NpgsqlDataSource database)
{
    public async Task<IReadOnlyDictionary<long, MemberTile>> Describe(long storeId, IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.product_id, s.title, s.status, s.min_price, s.max_price, s.stock, s.thumbnail_url, s.sync_state
            from product_summaries s where s.store_id = $1 and s.product_id = any($2)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products.ToArray() });
        var tiles = new Dictionary<long, MemberTile>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            tiles[reader.GetInt64(0)] = new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetDecimal(3), reader.IsDBNull(4) ? null : reader.GetDecimal(4),
                reader.IsDBNull(5) ? null : reader.GetInt64(5), reader.IsDBNull(6) ? null : reader.GetString(6), (SyncState)reader.GetInt16(7));
        return tiles;
    }
}
