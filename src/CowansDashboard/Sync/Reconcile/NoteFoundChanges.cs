using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Notes what a read found changed and of which Shopify should have told by a webhook. Only what surely fires one is noted:
/// memberships by rule, metafields, pictures and the cost of an item have no event of their own or fire none.
/// </summary>
internal static class NoteFoundChanges
{
    private static readonly string[] OfTheVariant = ["title", "option_values", "position", "sku", "barcode", "price", "compare_at_price", "taxable", "inventory_policy"];

    private const string Into = "insert into found_changes (store_id, run_id, topic, entity, entity_id, changed_at, known_at)";

    public static async Task Changed(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        var (topic, entity, id, fields) = table.Name switch
        {
            "products" => ("products/update", "product", "t.shopify_id", DriftColumns.Fields(table)),
            "variants" => ("products/update", "product", DriftColumns.ProductShopifyId(table), OfTheVariant),
            "product_options" => ("products/update", "product", DriftColumns.ProductShopifyId(table), DriftColumns.Fields(table)),
            "inventory_levels" => ("inventory_levels/update", "inventory_item", "t.inventory_item_id", ["available"]),
            "collections" => ("collections/update", "collection", "t.shopify_id", DriftColumns.Fields(table)),
            _ => ("", "", "", []),
        };
        if (topic.Length == 0)
            return;
        var differs = string.Join(" or ", fields.Select(field => $"t.{field} is distinct from s.{field}"));
        await Execute(connection, purpose, $"""
            {Into}
            select distinct on (n.id) $1, $2, '{topic}', '{entity}', n.id, n.changed_at, n.known_at from (
                select {id} as id, {DriftColumns.Since(table, "s")} as changed_at, t.updated_at as known_at
                from {stage} s join {table.Name} t on {match}
                where t.ticket <= s.ticket and t.row_hash is distinct from s.row_hash and t.deleted_at is null and ({differs})) n
            where n.id is not null order by n.id, n.changed_at desc nulls last
            on conflict (run_id, topic, entity_id) do nothing
            """, cancel);
    }

    public static Task Added(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, CancellationToken cancel)
    {
        var (topic, entity, at) = table.Name switch
        {
            "products" => ("products/create", "product", "t.remote_created_at"),
            "collections" => ("collections/create", "collection", "t.remote_updated_at"),
            _ => ("", "", ""),
        };
        return topic.Length == 0 ? Task.CompletedTask : Execute(connection, purpose, $"""
            {Into} select $1, $2, '{topic}', '{entity}', t.shopify_id, {at}, coalesce((select incremental_since from stores where id = $1), now()) from {stage} t
            on conflict (run_id, topic, entity_id) do nothing
            """, cancel);
    }

    public static async Task Gone(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        var (topic, entity) = table.Name switch
        {
            "products" => ("products/delete", "product"),
            "collections" => ("collections/delete", "collection"),
            _ => ("", ""),
        };
        if (topic.Length == 0 || ids.Length == 0)
            return;
        await Execute(connection, purpose, $"""
            {Into} select $1, $2, '{topic}', '{entity}', t.shopify_id, null, t.updated_at from {table.Name} t
            where t.id = any($3) and t.ticket < $4 and t.deleted_at is null and t.shopify_id is not null
            on conflict (run_id, topic, entity_id) do nothing
            """, cancel, ids, ticket);
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
