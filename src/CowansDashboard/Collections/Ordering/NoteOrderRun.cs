using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>Notes what became of the kept order of collections, for their pages.</summary>
public sealed class NoteOrderRun(NpgsqlDataSource database)
{
    public async Task Note(long storeId, IReadOnlyCollection<long> collections, string said, bool isHindered, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update collection_order_rules set last_at = now(), last_said = $3, last_hindered = $4 where store_id = $1 and collection_id = any($2)");
        foreach (var value in new object[] { storeId, collections.ToArray(), said, isHindered })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
