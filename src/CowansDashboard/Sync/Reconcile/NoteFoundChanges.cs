using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Notes what a read found changed and of which Shopify should have told by a webhook. Only what surely fires one is noted: a
/// product with its variants and pictures, a stock item with its cost, stock, a collection. Memberships by rule fire none, and
/// metafields do not in every shop.
/// </summary>
internal static class NoteFoundChanges
{
    private static readonly string[] OfTheVariant = ["title", "option_values", "position", "sku", "barcode", "price", "compare_at_price", "taxable", "inventory_policy"];

    private static readonly string[] OfTheItem = ["sku", "unit_cost", "tracked", "requires_shipping", "harmonized_system_code", "country_code_of_origin"];

    // How far Shopify is with a picture changes without anybody's doing.
    private static readonly string[] OfThePicture = ["position", "alt", "media_type"];

    private const string Into = "insert into found_changes (store_id, run_id, topic, entity, entity_id, changed_at, known_at)";

    // Several rows of a product are one change of it, as late as the latest of them.
    private const string Once = "on conflict (run_id, topic, entity_id) do update set changed_at = greatest(found_changes.changed_at, excluded.changed_at), known_at = greatest(found_changes.known_at, excluded.known_at)";

    private const string Known = "coalesce((select incremental_since from stores where id = $1), now())";

    public static async Task Changed(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        (string Topic, string Entity, string Id, IReadOnlyList<string> Fields)[] told = table.Name switch
        {
            "products" => [("products/update", "product", "t.shopify_id", DriftColumns.Fields(table))],
            "variants" => [("products/update", "product", DriftColumns.ProductShopifyId(table), OfTheVariant), ("inventory_items/update", "inventory_item", "t.inventory_item_id", OfTheItem)],
            "product_options" => [("products/update", "product", DriftColumns.ProductShopifyId(table), DriftColumns.Fields(table))],
            "media" => [("products/update", "product", DriftColumns.ProductShopifyId(table), OfThePicture)],
            "inventory_levels" => [("inventory_levels/update", "inventory_item", "t.inventory_item_id", ["available"])],
            "collections" => [("collections/update", "collection", "t.shopify_id", DriftColumns.Fields(table))],
            _ => [],
        };
        foreach (var (topic, entity, id, fields) in told)
        {
            var differs = string.Join(" or ", fields.Select(field => $"coalesce(to_jsonb(s.{field}), 'null') is distinct from {DriftColumns.Agreed(table, field)}"));
            await Execute(connection, purpose, $"""
                {Into}
                select $1, $2, '{topic}', '{entity}', n.id, max(n.changed_at), max(n.known_at) from (
                    select {id} as id, {DriftColumns.Since(table, "s")} as changed_at, t.updated_at as known_at
                    from {stage} s join {table.Name} t on {match}
                    where t.ticket <= s.ticket and t.row_hash is distinct from s.row_hash and t.deleted_at is null and ({differs})) n
                where n.id is not null group by n.id order by n.id
                {Once}
                """, cancel);
        }
    }

    public static Task Added(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, CancellationToken cancel)
    {
        var sql = table.Name switch
        {
            "products" => $"select $1, $2, 'products/create', 'product', t.shopify_id, t.remote_created_at, {Known} from {stage} t",
            "collections" => $"select $1, $2, 'collections/create', 'collection', t.shopify_id, t.remote_updated_at, {Known} from {stage} t",
            "variants" => OfProduct("max(t.remote_created_at)"),
            "media" => OfProduct("null::timestamptz"),
            _ => null,
        };
        return sql is null ? Task.CompletedTask : Execute(connection, purpose, $"{Into} {sql} {Once}", cancel);

        // What came with a new product is told by that.
        string OfProduct(string at) => $"""
            select $1, $2, 'products/update', 'product', o.shopify_id, {at}, {Known}
            from {stage} t join products o on o.id = t.product_id
            where o.shopify_id is not null and not exists (
                select from found_changes n where n.run_id = $2 and n.topic = 'products/create' and n.entity_id = o.shopify_id)
            group by o.shopify_id order by o.shopify_id
            """;
    }

    public static async Task Gone(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        const string These = "t.id = any($3) and t.ticket < $4 and t.deleted_at is null and t.shopify_id is not null";
        var sql = table.Name switch
        {
            "products" => $"select $1, $2, 'products/delete', 'product', t.shopify_id, null::timestamptz, t.updated_at from products t where {These}",
            "collections" => $"select $1, $2, 'collections/delete', 'collection', t.shopify_id, null::timestamptz, t.updated_at from collections t where {These}",
            "variants" or "media" => $"""
                select $1, $2, 'products/update', 'product', o.shopify_id, null::timestamptz, max(t.updated_at)
                from {table.Name} t join products o on o.id = t.product_id and o.deleted_at is null and o.shopify_id is not null
                where {These} and t.mark <> 1 group by o.shopify_id order by o.shopify_id
                """,
            _ => null,
        };
        if (sql is not null)
            await Execute(connection, purpose, $"{Into} {sql} {Once}", cancel, ids, ticket);
    }

    private static async Task Execute(NpgsqlConnection connection, ReadPurpose purpose, string sql, CancellationToken cancel, long[]? ids = null, long ticket = 0)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = purpose.StoreId });
        command.Parameters.Add(new() { Value = purpose.RunId });
        if (ids is not null)
        {
            command.Parameters.Add(new() { Value = ids });
            command.Parameters.Add(new() { Value = ticket });
        }
        await command.ExecuteNonQueryAsync(cancel);
    }
}
