using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Counts the collections of which Shopify does not have everything yet: their fields, sources, places, and whom people put in or took out.</summary>
public sealed class CountWaitingCollections(NpgsqlDataSource database)
{
    public async Task<long> Count(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await ReadPendingCollections.Waiting(connection, storeId, cancel)).Length;
    }
}
