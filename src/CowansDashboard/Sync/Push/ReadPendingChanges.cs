using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads what waits for Shopify of some products: rows with pending edits, rows that exist here only, rows removed here only.</summary>
public static class ReadPendingChanges
{
    /// <summary>The kinds of rows that a push sends, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<CatalogueTable> Tables =
    [
        CatalogueTable.Products, CatalogueTable.Options, CatalogueTable.Variants, CatalogueTable.Metafields, CatalogueTable.Media,
        CatalogueTable.ProductPublications, CatalogueTable.Members, CatalogueTable.Levels,
    ];

    /// <param name="connection">Where to read; inside a transaction that holds the products, what is read stays true.</param>
    /// <param name="products">Our ids. Products without anything that waits are left out of the answer.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyList<PendingProduct>> Read(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            await Entities(connection, table, $"{OfThese(table)} and {Waits(table)}", products, null, entities, cancel);
        return entities.Count == 0 ? [] : await Products(connection, entities, cancel);
    }

    /// <summary>These rows as they are now, whether or not they still wait, with what sending them needs of their products: nothing is counted.</summary>
    /// <param name="connection">Inside a transaction that holds the products.</param>
    /// <param name="rows">Which.</param>
    /// <param name="columns">Which of their columns are asked for, by the kind of row; null for all. A description may be longer than everything else together.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyList<PendingProduct>> Rows(
        NpgsqlConnection connection, IReadOnlyCollection<(string Entity, long Id)> rows, Func<string, string[]?> columns, CancellationToken cancel)
    {
        var entities = new Dictionary<long, List<PendingEntity>>();
        foreach (var table in Tables)
            if (rows.Where(one => one.Entity == table.Entity).Select(one => one.Id).ToArray() is { Length: > 0 } ids)
                await Entities(connection, table, "t.id = any($1)", ids, columns(table.Entity), entities, cancel);
        return entities.Count == 0 ? [] : await Few(connection, entities, cancel);
    }

    /// <summary>Our ids of all products of a store of which anything waits, in order.</summary>
    public static async Task<long[]> Waiting(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        var parts = Tables.Select(table => $"select {table.ProductOf} as id from {table.Name} t where t.store_id = $1 and {Waits(table)}");
        await using var command = new NpgsqlCommand(
            $"select coalesce(array_agg(distinct w.id order by w.id), '{{}}') from ({string.Join(" union all ", parts)}) w where w.id is not null", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    // What is gone in Shopify is no longer sent; what was removed here is, whether or not it is marked as gone already.
    // Of a product that is gone nothing goes; of one that is deleted here only its status goes until it is restored, of one that Shopify keeps nothing.
    internal static string Waits(CatalogueTable table) => (table.SoftDeletes
        ? "(t.mark = 2 or ((t.pending is not null or t.mark = 1) and t.deleted_at is null))"
        : "(t.pending is not null or t.mark <> 0)") + (table == CatalogueTable.Products
        ? " and (t.removal is null or t.removal <> 'exclude' and t.pending ? 'status')"
        : $" and not exists (select from products h where h.id = {table.ProductOf} and (h.removal is not null or h.deleted_at is not null))");

    private static string Pending(CatalogueTable table) => table == CatalogueTable.Products
        ? "case when t.removal is null then t.pending when t.pending ? 'status' then jsonb_build_object('status', t.pending -> 'status') end"
        : "t.pending";

    private static async Task Entities(
        NpgsqlConnection connection, CatalogueTable table, string where, long[] ids, string[]? columns, Dictionary<long, List<PendingEntity>> into, CancellationToken cancel)
    {
        var row = columns is null ? $"((to_jsonb(t) - 'pending' - 'row_hash') {Named(table)})" : $"jsonb_build_object({string.Join(", ", columns.Select(column => $"'{column}', t.{column}"))})";
        await using var command = new NpgsqlCommand($"""
            select t.id, {table.ProductOf}, {(table.Name is "inventory_levels" or "product_publications" or "collection_members" ? "null::bigint" : "t.shopify_id")}, t.mark,
                   {row}::text, coalesce({Pending(table)}, '{"{}"}')::text
            from {table.Name} t
            where {where}
            order by t.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.IsDBNull(1))
                continue;
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

    private static string OfThese(CatalogueTable table) => table.Name switch
    {
        "metafields" => "(t.owner_kind = 'product' and t.owner_id = any($1) or t.owner_kind = 'variant' and t.owner_id in (select v.id from variants v where v.product_id = any($1)))",
        "inventory_levels" => "t.variant_id in (select v.id from variants v where v.product_id = any($1))",
        _ => $"t.{table.ProductColumn} = any($1)",
    };

    /// <summary>What names the row at Shopify besides its own id.</summary>
    private static string Named(CatalogueTable table) => table.Name switch
    {
        "metafields" => """
            || jsonb_build_object('owner', case t.owner_kind
                when 'product' then (select p.shopify_id from products p where p.id = t.owner_id)
                else (select v.shopify_id from variants v where v.id = t.owner_id) end)
            """,
        // A new variant brings along the one picture that Shopify shows with the product already; any other hangs on it with the next push.
        "variants" => """
            || case when t.mark = 1 and cardinality(t.media_ids) = 1 then jsonb_build_object('picture', (
                select m.shopify_id from media m
                where m.product_id = t.product_id and m.shopify_id = t.media_ids[1] and m.mark = 0 and m.deleted_at is null and m.media_type = 'IMAGE')) else '{}' end
            """,
        "inventory_levels" => "|| jsonb_build_object('location', (select l.shopify_id from locations l where l.id = t.location_id))",
        "collection_members" => "|| jsonb_build_object('collection', (select c.shopify_id from collections c where c.id = t.collection_id and c.deleted_at is null))",
        "product_publications" => "|| jsonb_build_object('publication', (select b.shopify_id from publications b where b.id = t.publication_id))",
        _ => "",
    };

    private static async Task<IReadOnlyList<PendingProduct>> Products(
        NpgsqlConnection connection, Dictionary<long, List<PendingEntity>> entities, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, p.shopify_id, p.title, cardinality(p.tags),
                coalesce((select array_agg(o.name order by o.position, o.id) from product_options o where o.product_id = p.id and o.deleted_at is null and o.mark <> 2), '{}'),
                (select count(*)::int from variants v where v.product_id = p.id and v.deleted_at is null and v.mark <> 2),
                (select count(*)::int from media m where m.product_id = p.id and m.deleted_at is null and m.mark <> 2), p.removal,
                exists (select from removals r where r.product_id = p.id and r.closed_as = 'restored' and r.closed_set = (
                    select c.change_set_id from changes c where c.entity = 'product' and c.entity_id = p.id and c.field = 'status' order by c.id desc limit 1))
            from products p where p.id = any($1) order by p.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = entities.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new List<PendingProduct>(entities.Count);
        while (await reader.ReadAsync(cancel))
            products.Add(new PendingProduct(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2))
            {
                Entities = entities[reader.GetInt64(0)],
                Tags = reader.GetInt32(3),
                Options = reader.GetFieldValue<string[]>(4),
                Variants = reader.GetInt32(5),
                Media = reader.GetInt32(6),
                Removal = Removal.Parse(reader.IsDBNull(7) ? null : reader.GetString(7)),
                Returns = reader.GetBoolean(8),
            });
        return products;
    }

    private static async Task<IReadOnlyList<PendingProduct>> Few(NpgsqlConnection connection, Dictionary<long, List<PendingEntity>> entities, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, p.shopify_id, p.title, p.removal,
                array(select o.name from product_options o where o.product_id = p.id and o.deleted_at is null and o.mark <> 2 order by o.position, o.id)
            from products p where p.id = any($1) order by p.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = entities.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new List<PendingProduct>(entities.Count);
        while (await reader.ReadAsync(cancel))
            products.Add(new PendingProduct(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2))
            {
                Entities = entities[reader.GetInt64(0)],
                Removal = Removal.Parse(reader.IsDBNull(3) ? null : reader.GetString(3)),
                Options = reader.GetFieldValue<string[]>(4),
            });
        return products;
    }
}
