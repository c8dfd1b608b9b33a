using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>A row as it is while its product is held.</summary>
internal sealed record RowInHand(long Id, long? ProductId, JsonObject Values, JsonObject? Pending, int Mark, bool IsGone)
{
    public long? CollectionId { get; init; }

    public Dictionary<string, OpenConflict> Conflicts { get; } = [];

    public HashSet<string> InFlight { get; } = [];

    /// <summary>Of a collection whose order is asked for: its products as Shopify orders them.</summary>
    public JsonArray? Members { get; set; }

    public FieldState State(string field) => new(
        Values[field], HereOnly: Mark == 1, Pending?.ContainsKey(field) == true, Pending?[field], InFlight.Contains(field), Conflicts.GetValueOrDefault(field));
}

/// <summary>Reads rows that a save is about, after their products are held.</summary>
internal static class RowsInHand
{
    /// <summary>The products of rows, so that they can be held in the order of ids.</summary>
    public static Task<Dictionary<long, long?>> Products(NpgsqlConnection connection, long storeId, CatalogueEntity entity, long[] ids, CancellationToken cancel) =>
        Owners(connection, storeId, entity, entity.ProductOf, ids, cancel);

    /// <summary>The same for the collections of rows.</summary>
    public static Task<Dictionary<long, long?>> Collections(NpgsqlConnection connection, long storeId, CatalogueEntity entity, long[] ids, CancellationToken cancel) =>
        Owners(connection, storeId, entity, entity.CollectionOf, ids, cancel);

    private static async Task<Dictionary<long, long?>> Owners(NpgsqlConnection connection, long storeId, CatalogueEntity entity, string owner, long[] ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select t.id, {owner} from {entity.Table} t where t.id = any($2) and t.store_id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new Dictionary<long, long?>();
        while (await reader.ReadAsync(cancel))
            products[reader.GetInt64(0)] = reader.IsDBNull(1) ? null : reader.GetInt64(1);
        return products;
    }

    /// <param name="connection">Holds the products.</param>
    /// <param name="storeId">Rows of another store are not there.</param>
    /// <param name="entity">What kind of rows.</param>
    /// <param name="ids">Which rows.</param>
    /// <param name="columns">What of them; null reads whole rows.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<Dictionary<long, RowInHand>> Read(
        NpgsqlConnection connection, long storeId, CatalogueEntity entity, long[] ids, IReadOnlyCollection<string>? columns, CancellationToken cancel)
    {
        var values = columns is null ? "to_jsonb(t)" : $"jsonb_build_object({string.Join(", ", columns.Select(column => $"'{column}', t.{column}"))})";
        await using var command = new NpgsqlCommand($"""
            select t.id, {entity.ProductOf}, {values}::text, t.pending::text, t.mark, {(entity.IsPair ? "t.mark = 2" : "t.deleted_at is not null")},
                {entity.CollectionOf}
            from {entity.Table} t where t.id = any($2) and t.store_id = $1
            order by t.id for no key update of t
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        var rows = new Dictionary<long, RowInHand>(ids.Length);
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                rows[reader.GetInt64(0)] = new RowInHand(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1),
                    (JsonObject)JsonNode.Parse(reader.GetString(2))!, reader.IsDBNull(3) ? null : (JsonObject)JsonNode.Parse(reader.GetString(3))!,
                    reader.GetInt16(4), reader.GetBoolean(5)) { CollectionId = reader.IsDBNull(6) ? null : reader.GetInt64(6) };
        await Waiting(connection, entity, rows, cancel);
        if (entity.Name == CatalogueFields.Collection && columns?.Contains(MemberOrder.Field) != false)
            await Order(connection, rows, cancel);
        return rows;
    }

    /// <summary>Where nobody's order waits, the order is Shopify's.</summary>
    private static async Task Order(NpgsqlConnection connection, Dictionary<long, RowInHand> rows, CancellationToken cancel)
    {
        var members = await MemberOrder.OfShopify(connection, [.. rows.Keys], cancel);
        foreach (var row in rows.Values)
        {
            row.Members = members.GetValueOrDefault(row.Id) ?? [];
            row.Values[MemberOrder.Field] = MemberOrder.Complete(row.Values[MemberOrder.Field], row.Members);
        }
    }

    private static async Task Waiting(NpgsqlConnection connection, CatalogueEntity entity, Dictionary<long, RowInHand> rows, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select entity_id, field, false, shopifys::text from conflicts where entity = $1 and entity_id = any($2) and closed_at is null
            union all select entity_id, field, true, null from sent_fields where entity = $1 and entity_id = any($2)
            """, connection);
        command.Parameters.Add(new() { Value = entity.Name });
        command.Parameters.Add(new() { Value = rows.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = rows[reader.GetInt64(0)];
            if (reader.GetBoolean(2))
                row.InFlight.Add(reader.GetString(1));
            else
                row.Conflicts[reader.GetString(1)] = new OpenConflict(reader.IsDBNull(3) ? null : JsonNode.Parse(reader.GetString(3)));
        }
    }
}
