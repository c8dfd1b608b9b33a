using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads what waits for Shopify of some collections: fields, sources, places; made here, edited or removed here.</summary>
public static class ReadPendingCollections
{
    private const string Publication = "collection publication";
    private const string Source = "collection source";
    public const string Collection = "collection";

    // What is gone in Shopify is no longer sent. Of a collection that is removed here only the places go from which it is taken.
    private static readonly (string Entity, string Table, string Of, string ShopifyId, string More, string Waits)[] Tables =
    [
        (Collection, "collections", "t.id", "t.shopify_id", "", "(t.mark = 2 or (t.pending is not null or t.mark = 1) and t.deleted_at is null and t.removal is null)"),
        (Source, "collection_sources", "t.collection_id", "null::bigint", "",
            "(t.mark = 2 or (t.pending is not null or t.mark = 1) and t.deleted_at is null) and exists (select from collections h where h.id = t.collection_id and h.removal is null and h.deleted_at is null)"),
        (Publication, "collection_publications", "t.collection_id", "null::bigint",
            "|| jsonb_build_object('publication', (select b.shopify_id from publications b where b.id = t.publication_id))",
            "t.mark <> 0 and exists (select from collections h where h.id = t.collection_id and h.deleted_at is null and (h.removal is null or t.mark = 2))"),
    ];

    public static async Task<IReadOnlyList<PendingCollection>> Read(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            await Entities(connection, table, $"{table.Of} = any($1) and {table.Waits}", collections, entities, cancel);
        return entities.Count == 0 ? [] : await Collections(connection, entities, cancel);
    }

    /// <summary>These rows as they are now, whether or not they still wait.</summary>
    public static async Task<IReadOnlyList<PendingCollection>> Rows(NpgsqlConnection connection, IReadOnlyCollection<(string Entity, long Id)> rows, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            if (rows.Where(one => one.Entity == table.Entity).Select(one => one.Id).ToArray() is { Length: > 0 } ids)
                await Entities(connection, table, "t.id = any($1)", ids, entities, cancel);
        return entities.Count == 0 ? [] : await Collections(connection, entities, cancel);
    }

    /// <summary>Our ids of all collections of a store of which anything waits, in order.</summary>
    public static async Task<long[]> Waiting(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        var parts = Tables.Select(table => $"select {table.Of} as id from {table.Table} t where t.store_id = $1 and {table.Waits}");
        await using var command = new NpgsqlCommand($"select coalesce(array_agg(distinct w.id order by w.id), '{{}}') from ({string.Join(" union all ", parts)}) w", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The table in which rows of this kind lie; null when they are no collection's, or hold no edits.</summary>
    public static string? EditedTable(string entity) => entity switch
    {
        Collection => "collections",
        Source => "collection_sources",
        _ => null,
    };

    private static async Task Entities(NpgsqlConnection connection, (string Entity, string Table, string Of, string ShopifyId, string More, string Waits) table, string where,
        long[] ids, Dictionary<long, List<PendingEntity>> into, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($$"""
            select t.id, {{table.Of}}, {{table.ShopifyId}}, t.mark, ((to_jsonb(t) - 'pending' - 'row_hash') {{table.More}})::text, coalesce(t.pending, '{}')::text
            from {{table.Table}} t where {{where}} order by t.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var kind = reader.GetInt16(3) switch
            {
                1 => PushKind.Create,
                2 => PushKind.Remove,
                _ => PushKind.Update,
            };
            var entity = new PendingEntity(table.Entity, reader.GetInt64(0), reader.IsDBNull(2) ? null : reader.GetInt64(2), kind,
                (JsonObject)JsonNode.Parse(reader.GetString(4))!, (JsonObject)JsonNode.Parse(reader.GetString(5))!);
            if (!into.TryGetValue(reader.GetInt64(1), out var entities))
                into[reader.GetInt64(1)] = entities = [];
            entities.Add(entity);
        }
    }

    private static async Task<IReadOnlyList<PendingCollection>> Collections(NpgsqlConnection connection, Dictionary<long, List<PendingEntity>> entities, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id, c.shopify_id, c.title, c.sort_order, c.removal, (select count(*)::int from collection_members m where m.collection_id = c.id and m.mark <> 1)
            from collections c where c.id = any($1) order by c.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = entities.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var collections = new List<PendingCollection>(entities.Count);
        while (await reader.ReadAsync(cancel))
            collections.Add(new PendingCollection(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2))
            {
                Entities = entities[reader.GetInt64(0)],
                SortOrder = reader.GetString(3),
                Removal = Removal.Parse(reader.IsDBNull(4) ? null : reader.GetString(4)),
                Members = reader.GetInt32(5),
            });
        return collections;
    }
}
