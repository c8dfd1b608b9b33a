using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Reads which collections are removed here.</summary>
internal static class ReadCollectionRemovals
{
    /// <summary>The rows again, those that are removed with how far that is.</summary>
    public static async Task<IReadOnlyList<CollectionRow>> Of(NpgsqlDataSource database, IReadOnlyList<CollectionRow> rows, CancellationToken cancel)
    {
        if (rows.Count == 0)
            return rows;
        await using var command = database.CreateCommand("""
            select r.collection_id, r.hours, r.confirmed_at, r.ends_at, r.purge_sent_at is not null, r.problem, coalesce(r.changed, '{}')
            from collection_removals r join collections c on c.id = r.collection_id and c.removal is not null and c.deleted_at is null
            where r.collection_id = any($1) and r.closed_at is null
            """);
        command.Parameters.Add(new() { Value = rows.Select(row => row.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var removed = new Dictionary<long, CollectionRemoval>();
        while (await reader.ReadAsync(cancel))
            removed[reader.GetInt64(0)] = new(reader.GetInt32(1), Time(2), Time(3), reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetFieldValue<string[]>(6));
        return removed.Count == 0 ? rows : [.. rows.Select(row => removed.TryGetValue(row.Id, out var removal) ? row with { Removal = removal } : row)];

        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
