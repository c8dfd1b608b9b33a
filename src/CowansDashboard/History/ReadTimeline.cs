using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>What to show of a store's history; null does not filter.</summary>
public sealed record TimelineQuery(long StoreId)
{
    public long? ProductId { get; init; }

    /// <summary>Only changes of this collection, its sources, members and places; not together with a product.</summary>
    public long? CollectionId { get; init; }

    /// <summary>The column's name: price, title, created…</summary>
    public string? Field { get; init; }

    public string? ById { get; init; }

    public string? Kind { get; init; }

    public long? RunId { get; init; }

    /// <summary>Older than this change set.</summary>
    public long? Before { get; init; }

    public int Take { get; init; } = 50;
}

/// <summary>A change set with its changes to the product or collection asked for, or with the first few.</summary>
public sealed record TimelineEntry(ChangeSetSummary Set, IReadOnlyList<ChangeLine> Lines)
{
    /// <summary>Changes that fit what was asked for, also those that are not among the lines; of a whole shop those of the set.</summary>
    public required int Fields { get; init; }
}

/// <summary>A page of history; <paramref name="NextBefore"/> asks for the next one, null when this is the last.</summary>
public sealed record Timeline(IReadOnlyList<TimelineEntry> Entries, long? NextBefore);

/// <summary>Reads the history of a product, of a collection or of the shop, newest first.</summary>
public sealed class ReadTimeline(NpgsqlDataSource database)
{
    private const int LinesOfProduct = 100;
    private const int LinesOfShop = 3;

    public async Task<Timeline> Read(TimelineQuery query, CancellationToken cancel)
    {
        // A product's sets are found through its own changes, a shop's through the sets themselves.
        var of = query.CollectionId is null ? "product_id" : "collection_id";
        var one = query.CollectionId ?? query.ProductId;
        var which = one is null
            ? """
              select s.id from change_sets s where s.store_id = $1 and ($3::bigint is null or s.id < $3)
                  and ($4::text is null or exists (select from changes c where c.change_set_id = s.id and c.field = $4))
              """
            : $"""
              select distinct s.id from changes c join change_sets s on s.id = c.change_set_id
              where c.{of} = $2 and c.store_id = $1 and ($3::bigint is null or s.id < $3) and ($4::text is null or c.field = $4)
              """;
        await using var command = database.CreateCommand($"""
            with wanted as materialized (
                {which} and ($5::text is null or s.made_by_id = $5) and ($6::text is null or s.kind = $6) and ($7::bigint is null or s.run_id = $7)
                order by 1 desc limit $8)
            select {ChangeSetSummary.Columns}, l.fields, {ChangeLine.Columns}
            from wanted w join change_sets s on s.id = w.id
            left join lateral (
                select c.*, {(one is null ? "s.fields" : "(count(*) over ())::int")} as fields from changes c
                where c.change_set_id = w.id and ($2::bigint is null or c.{of} = $2) and ($4::text is null or c.field = $4)
                order by c.id limit $9) c on true
            cross join lateral (select coalesce(c.fields, 0) as fields) l
            order by s.id desc, c.id
            """);
        (object? Value, NpgsqlDbType Type)[] parameters = [
            (query.StoreId, NpgsqlDbType.Bigint), (one, NpgsqlDbType.Bigint), (query.Before, NpgsqlDbType.Bigint), (query.Field, NpgsqlDbType.Text),
            (query.ById, NpgsqlDbType.Text), (query.Kind, NpgsqlDbType.Text), (query.RunId, NpgsqlDbType.Bigint), (query.Take + 1, NpgsqlDbType.Integer),
            (one is null ? LinesOfShop : LinesOfProduct, NpgsqlDbType.Integer)];
        foreach (var (value, type) in parameters)
            command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });

        var entries = new List<(ChangeSetSummary Set, int Fields, List<ChangeLine> Lines)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (entries.Count == 0 || entries[^1].Set.Id != reader.GetInt64(0))
                entries.Add((ChangeSetSummary.Of(reader), reader.GetInt32(ChangeSetSummary.Width), []));
            if (!reader.IsDBNull(ChangeSetSummary.Width + 1))
                entries[^1].Lines.Add(ChangeLine.Of(reader, ChangeSetSummary.Width + 1));
        }
        var page = entries.Take(query.Take).Select(entry => new TimelineEntry(entry.Set, entry.Lines) { Fields = entry.Fields }).ToList();
        return new Timeline(page, entries.Count > query.Take ? page[^1].Set.Id : null);
    }
}
