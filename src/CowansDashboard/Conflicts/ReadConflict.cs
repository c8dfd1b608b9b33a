using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>One conflict with what a person needs to settle it.</summary>
/// <param name="OursBy">Who wrote our value, and when; null when that was not recorded.</param>
/// <param name="Alike">How many other open conflicts are of the same field.</param>
/// <param name="InProduct">Its product's open conflicts, this one among them.</param>
public sealed record ConflictDetails(ConflictRow Row, ConflictAuthor? OursBy, long Alike, IReadOnlyList<ConflictRow> InProduct);

public sealed record ConflictAuthor(string Name, DateTimeOffset At);

/// <summary>Reads one conflict of a store with its three values, their authors, and its neighbours in the product.</summary>
public sealed class ReadConflict(NpgsqlDataSource database)
{
    private const int MostNeighbours = 50;

    public async Task<ConflictDetails?> Read(long storeId, long id, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add($"select {ConflictRow.Columns} from {ConflictSql.From} where c.store_id = $1 and c.id = $2");
        Add($"""
            select {ConflictRow.Columns} from {ConflictSql.From}
            where c.store_id = $1 and c.closed_at is null and c.product_id = (select product_id from conflicts where id = $2)
            order by c.detected_at desc, c.id desc limit {MostNeighbours}
            """);
        Add("""
            select count(*) from conflicts c join conflicts this on this.id = $2 and this.entity = c.entity and this.field = c.field
            where c.store_id = $1 and c.closed_at is null and c.id <> $2
            """);
        Add("""
            select s.made_by_name, s.made_at
            from conflicts c
            join changes h on h.entity = c.entity and h.entity_id = c.entity_id and h.field = c.field
            join change_sets s on s.id = h.change_set_id and s.kind <> 'remote'
            where c.store_id = $1 and c.id = $2 and h.new is not distinct from c.ours and h.how is distinct from 'kept' and h.change_set_id is distinct from c.change_set_id and s.made_at <= coalesce(c.closed_at, 'infinity')
            order by h.id desc limit 1
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var row = ConflictRow.Read(reader);
        var neighbours = new List<ConflictRow>();
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            neighbours.Add(ConflictRow.Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var alike = reader.GetInt64(0);
        await reader.NextResultAsync(cancel);
        var author = await reader.ReadAsync(cancel) ? new ConflictAuthor(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
        return new(row, author, alike, neighbours);

        void Add(string sql) => batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = id } } });
    }
}
