using CowansDashboard.Search;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Collections;

/// <summary>Which collections, in which order, and beside which row.</summary>
/// <param name="StoreId">Whose.</param>
/// <param name="Search">Words that a title or handle holds, all of them.</param>
/// <param name="Kind">Only those into which products come so; null is any.</param>
/// <param name="Sort">The order.</param>
/// <param name="Size">Rows of a page.</param>
/// <param name="Place">A number is not served beyond the first page.</param>
public sealed record CollectionQuery(long StoreId, string Search, SourceKinds? Kind, CollectionSort Sort, int Size, PagePlace Place);

/// <summary>A page of the list; Start and End are the places beside it where more rows lie.</summary>
public sealed record FoundCollections(IReadOnlyList<CollectionRow> Rows, ProductCursor? Start, ProductCursor? End, long Total);

/// <summary>Reads one page of the collections of a store, at the same cost at any depth.</summary>
public sealed class FindCollections(NpgsqlDataSource database)
{
    public async Task<FoundCollections> Find(CollectionQuery query, CancellationToken cancel)
    {
        var (cursor, backwards) = query.Place switch
        {
            PagePlace.After after => (after.Cursor, false),
            PagePlace.Before before => (before.Cursor, true),
            PagePlace.Numbered { Page: <= 1 } => (null, false),
            _ => throw new ArgumentOutOfRangeException(nameof(query), "Pages behind the first are reached from the row before them."),
        };
        var found = await Rows(query, cursor, backwards, cancel);
        var more = found.Count > query.Size;
        var page = found.Take(query.Size).ToList();
        if (backwards)
            page.Reverse();
        var isBefore = backwards ? more : cursor is not null;
        var isAfter = backwards || more;
        return new(
            await ReadCollectionRemovals.Of(database, [.. page.Select(each => each.Row)], cancel),
            isBefore && page.Count > 0 ? page[0].Cursor : null,
            isAfter && page.Count > 0 ? page[^1].Cursor : null,
            await Count(query, cancel));
    }

    private async Task<List<(CollectionRow Row, ProductCursor Cursor)>> Rows(CollectionQuery query, ProductCursor? cursor, bool backwards, CancellationToken cancel)
    {
        var (value, type, join) = query.Sort.Sql;
        var descending = query.Sort.Descending != backwards;
        var (direction, beyond) = descending ? ("desc", "<") : ("asc", ">");
        await using var command = database.CreateCommand($"""
            select c.id, c.shopify_id, c.title, c.handle, c.image_url, {CollectionSql.Kinds}, {CollectionSql.Products}, c.sort_order,
                {CollectionSql.Places}, {CollectionSql.Sync}, c.version, {CollectionSql.Changed}, page.value::text
            from (
                select c.id, {value} as value from collections c{join}
                where {Matching}{(cursor is null ? "" : $" and ({value}, c.id) {beyond} ($4::{type}, $5::bigint)")}
                order by {value} {direction}, c.id {direction} limit $6) page
            join collections c on c.id = page.id
            order by page.value {direction}, c.id {direction}
            """);
        AddFilter(command, query);
        command.Parameters.Add(new() { Value = (object?)cursor?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = cursor?.Id ?? 0 });
        command.Parameters.Add(new() { Value = (long)query.Size + 1 });
        var rows = new List<(CollectionRow, ProductCursor)>(query.Size + 1);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = new CollectionRow(
                reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                (SourceKinds)reader.GetInt32(5), reader.GetInt64(6), reader.GetString(7), reader.GetFieldValue<string[]>(8), (SyncState)reader.GetInt32(9),
                reader.GetInt32(10), reader.GetFieldValue<DateTimeOffset>(11));
            rows.Add((row, new(0, reader.GetString(12), row.Id)));
        }
        return rows;
    }

    private async Task<long> Count(CollectionQuery query, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select count(*) from collections c where {Matching}");
        AddFilter(command, query);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private const string Matching = $"""
        c.store_id = $1 and c.deleted_at is null
            and not exists (select from unnest($2::text[]) word where strpos(lower(unaccent(c.title || ' ' || c.handle)), lower(unaccent(word))) = 0)
            and ($3::int is null or {CollectionSql.Kinds} & $3 <> 0)
        """;

    private static void AddFilter(NpgsqlCommand command, CollectionQuery query)
    {
        command.Parameters.Add(new() { Value = query.StoreId });
        command.Parameters.Add(new() { Value = query.Search.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) });
        command.Parameters.Add(new() { Value = query.Kind is { } kind ? (int)kind : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
    }
}
