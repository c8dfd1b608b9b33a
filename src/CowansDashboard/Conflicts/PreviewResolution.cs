using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>A conflict that is to be settled along with others: as it was seen, its field and its product.</summary>
public sealed record SelectedConflict(SeenConflict Seen, string Field, long? ProductId)
{
    public static SelectedConflict Of(ConflictRow row) => new(new(row.Id, row.Revision), row.Field, row.ProductId);
}

/// <summary>Names the open conflicts that match a filter, once: what is applied later are exactly these, as they are now.</summary>
public sealed class PreviewResolution(NpgsqlDataSource database)
{
    /// <summary>So many are settled at once; more are narrowed down first.</summary>
    public const int Most = 20_000;

    public async Task<IReadOnlyList<SelectedConflict>> Preview(long storeId, ConflictFilter filter, CancellationToken cancel)
    {
        var open = filter with { State = ConflictState.Open };
        await using var command = database.CreateCommand($"""
            select c.id, c.revision, c.field, c.product_id from {ConflictSql.From}
            where {ConflictSql.Where(open)}
            order by c.id limit $9
            """);
        ConflictSql.Add(command.Parameters, storeId, open);
        command.Parameters.Add(new() { Value = (long)Most });
        var seen = new List<SelectedConflict>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            seen.Add(new(new(reader.GetInt64(0), reader.GetInt32(1)), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3)));
        return seen;
    }
}
