using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads what waits for Shopify of some collections: fields, sources, places; made here, edited or removed here.</summary>
public static class ReadPendingCollections
{
    public const string Collection = CatalogueFields.Collection;
    private const string Publication = CatalogueFields.CollectionPublication;
    private const string Source = CatalogueFields.Source;

    /// <summary>The kinds of rows of a collection, their tables, and in SQL of a row t whether it waits.</summary>
    internal static IEnumerable<(string Entity, string Name, string Waits)> Waits => Tables.Select(table => (table.Entity, table.Table, table.Waits));

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

    // Of a product that is gone, deleted or kept out here nothing goes.
    internal const string MembersWait = "t.mark <> 0 and h.deleted_at is null and h.removal is null and p.deleted_at is null and p.removal is null";

    public static async Task<IReadOnlyList<PendingCollection>> Read(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            await Entities(connection, table, $"{table.Of} = any($1) and {table.Waits}", collections, entities, cancel);
        foreach (var members in await Members(connection, collections, cancel))
            if (members.Pending.Count > 0)
                Add(entities, members.Id, members);
        return entities.Count == 0 ? [] : await Collections(connection, entities, cancel);
    }

    /// <summary>These rows as they are now, whether or not they still wait.</summary>
    public static async Task<IReadOnlyList<PendingCollection>> Rows(NpgsqlConnection connection, IReadOnlyCollection<(string Entity, long Id)> rows, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            if (rows.Where(one => one.Entity == table.Entity).Select(one => one.Id).ToArray() is { Length: > 0 } ids)
                await Entities(connection, table, "t.id = any($1)", ids, entities, cancel);
        if (rows.Where(one => one.Entity == CollectionMembers.Entity).Select(one => one.Id).ToArray() is { Length: > 0 } held)
            foreach (var members in await Members(connection, held, cancel))
                Add(entities, members.Id, members);
        return entities.Count == 0 ? [] : await Collections(connection, entities, cancel);
    }

    /// <summary>Our ids of all collections of a store of which anything waits, in order.</summary>
    public static async Task<long[]> Waiting(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        var parts = Tables.Select(table => $"select {table.Of} as id from {table.Table} t where t.store_id = $1 and {table.Waits}")
            .Append($"select t.collection_id from collection_members t join collections h on h.id = t.collection_id join products p on p.id = t.product_id where t.store_id = $1 and {MembersWait}");
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
            Add(into, reader.GetInt64(1), entity);
        }
    }

    private static void Add(Dictionary<long, List<PendingEntity>> into, long collection, PendingEntity entity)
    {
        if (!into.TryGetValue(collection, out var entities))
            into[collection] = entities = [];
        entities.Add(entity);
    }

    /// <summary>Whom people have put into these collections and taken out, one row for each collection.</summary>
    private static async Task<IReadOnlyList<PendingEntity>> Members(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($$"""
            select h.id, coalesce(array_agg(t.product_id order by t.position, t.product_id) filter (where t.mark = 1), '{}'),
                coalesce(array_agg(t.product_id order by t.product_id) filter (where t.mark = 2), '{}'),
                coalesce(array_agg(t.product_id order by t.product_id) filter (where t.mark = 1 and p.shopify_id is null), '{}')
            from collections h left join (collection_members t join products p on p.id = t.product_id) on t.collection_id = h.id and {{MembersWait}}
            where h.id = any($1) group by h.id order by h.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = collections });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var members = new List<PendingEntity>();
        while (await reader.ReadAsync(cancel))
        {
            var (row, pending) = (new JsonObject(), new JsonObject());
            foreach (var (column, field) in new[] { (1, CollectionMembers.Added), (2, CollectionMembers.Removed), (3, CollectionMembers.Unknown) })
            {
                row[field] = new JsonArray([.. reader.GetFieldValue<long[]>(column).Select(id => (JsonNode)id)]);
                if (column < 3 && ((JsonArray)row[field]!).Count > 0)
                    pending[field] = null;
            }
            members.Add(new PendingEntity(CollectionMembers.Entity, reader.GetInt64(0), null, PushKind.Update, row, pending));
        }
        return members;
    }

    private static async Task<IReadOnlyList<PendingCollection>> Collections(NpgsqlConnection connection, Dictionary<long, List<PendingEntity>> entities, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id, c.shopify_id, c.title, c.sort_order, c.removal, (select count(*)::int from collection_members m where m.collection_id = c.id and m.mark <> 1),
                coalesce((select bool_and(s.source_type <> 'CollectionConditionsSource') from collection_sources s where s.collection_id = c.id and (s.deleted_at is null or s.mark = 2)), false),
                coalesce((select sum(jsonb_array_length(s.definition #> '{inclusion,selections}'))::int from collection_sources s
                    where s.collection_id = c.id and s.deleted_at is null and jsonb_typeof(s.definition #> '{inclusion,selections}') = 'array'), 0)
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
                IsOfOthers = reader.GetBoolean(6),
                Picked = reader.GetInt32(7),
            });
        return collections;
    }
}
