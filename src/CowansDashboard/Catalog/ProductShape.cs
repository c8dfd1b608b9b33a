using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>Rows of a product as JSON objects of their columns, also those that were removed here; files wanted from other products beside them.</summary>
internal sealed record ProductShape(long Id, IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> Rows, IReadOnlyList<JsonObject> Files)
{
    private static readonly (string Entity, string Sql)[] Parts =
    [
        ("product", "select to_jsonb(t)::text from products t where t.id = $2 and t.store_id = $1 and t.deleted_at is null"),
        ("option", "select to_jsonb(t)::text from product_options t where t.product_id = $2 and t.store_id = $1 order by t.position, t.id"),
        ("variant", "select to_jsonb(t)::text from variants t where t.product_id = $2 and t.store_id = $1 order by t.position, t.id"),
        ("media", "select to_jsonb(t)::text from media t where t.product_id = $2 and t.store_id = $1 order by t.position, t.id"),
        ("metafield", """
            select to_jsonb(t)::text from metafields t where t.store_id = $1 and (t.owner_kind = 'product' and t.owner_id = $2
                or t.owner_kind = 'variant' and t.owner_id in (select id from variants where product_id = $2)) order by t.id
            """),
        ("product publication", "select to_jsonb(t)::text from product_publications t where t.product_id = $2 and t.store_id = $1 order by t.id"),
        ("collection member", "select to_jsonb(t)::text from collection_members t where t.product_id = $2 and t.store_id = $1 order by t.id"),
    ];

    /// <returns>Null when the store has no such product.</returns>
    public static async Task<ProductShape?> Read(NpgsqlDataSource database, long storeId, long productId, long[] files, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        foreach (var (_, sql) in Parts)
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = productId } } });
        batch.BatchCommands.Add(new("select to_jsonb(t)::text from media t where t.store_id = $1 and t.id = any($2)") { Parameters = { new() { Value = storeId }, new() { Value = files } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new Dictionary<string, IReadOnlyList<JsonObject>>();
        foreach (var (entity, _) in Parts)
        {
            rows[entity] = await All(reader, cancel);
            await reader.NextResultAsync(cancel);
        }
        return rows["product"].Count == 0 ? null : new ProductShape(productId, rows, await All(reader, cancel));
    }

    /// <summary>Rows that are there.</summary>
    public IEnumerable<JsonObject> Living(string entity) =>
        Rows[entity].Where(row => row.ContainsKey("deleted_at") ? row["deleted_at"] is null : (int)row["mark"]! != 2);

    public IEnumerable<JsonObject> Removed(string entity) => Rows[entity].Except(Living(entity));

    public static long IdOf(JsonObject row) => row["id"]!.GetValue<long>();

    private static async Task<List<JsonObject>> All(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var rows = new List<JsonObject>();
        while (await reader.ReadAsync(cancel))
            rows.Add((JsonObject)JsonNode.Parse(reader.GetString(0))!);
        return rows;
    }
}
