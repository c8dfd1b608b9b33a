using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>A removed collection that was changed in Shopify since: nothing is deleted until a person has decided.</summary>
public sealed record HaltedRemoval(long CollectionId, string Title, IReadOnlyList<string> Changed);

/// <summary>Names the removals of collections that wait for a decision.</summary>
public sealed class ListHaltedRemovals(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<HaltedRemoval>> List(long storeId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.id, c.title, r.changed from collection_removals r join collections c on c.id = r.collection_id and c.removal is not null and c.deleted_at is null
            where r.store_id = $1 and r.closed_at is null and r.changed is not null and r.purge_sent_at is null order by c.id limit $2
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var halted = new List<HaltedRemoval>();
        while (await reader.ReadAsync(cancel))
            halted.Add(new HaltedRemoval(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<string[]>(2)));
        return halted;
    }
}
