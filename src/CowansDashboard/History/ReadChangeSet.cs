using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>A change set with a page of its changes; <paramref name="NextAfter"/> asks for the next page.</summary>
public sealed record ChangeSetPage(ChangeSetSummary Set, IReadOnlyList<ChangeLine> Lines, long? NextAfter)
{
    /// <summary>Changes that were taken back since.</summary>
    public required int Undone { get; init; }
}

/// <summary>Reads one change set, its changes page by page.</summary>
public sealed class ReadChangeSet(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="field">Only changes of this field; null for all.</param>
    /// <param name="after">Changes behind this one; 0 from the first.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ChangeSetPage?> Read(long storeId, long id, string? field, long after, int take, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new($"""
            select {ChangeSetSummary.Columns}, (select count(*)::int from changes c where c.change_set_id = s.id and c.undone_by is not null)
            from change_sets s where s.store_id = $1 and s.id = $2
            """) { Parameters = { new() { Value = storeId }, new() { Value = id } } });
        batch.BatchCommands.Add(new($"""
            select {ChangeLine.Columns} from changes c
            where c.change_set_id = $2 and c.store_id = $1 and c.id > $3 and ($4::text is null or c.field = $4) order by c.id limit $5
            """)
        {
            Parameters =
            {
                new() { Value = storeId }, new() { Value = id }, new() { Value = after },
                new() { Value = (object?)field ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = take + 1 },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var (set, undone) = (ChangeSetSummary.Of(reader), reader.GetInt32(ChangeSetSummary.Width));
        await reader.NextResultAsync(cancel);
        var lines = new List<ChangeLine>();
        while (await reader.ReadAsync(cancel))
            lines.Add(ChangeLine.Of(reader));
        var page = lines.Take(take).ToList();
        return new ChangeSetPage(set, page, lines.Count > take ? page[^1].Id : null) { Undone = undone };
    }
}
