using System.Globalization;
using System.Text.Json;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Recognises in what Shopify shows the rows that exist here only: they get Shopify's id and are new no longer, so that the merge
/// that follows finds them instead of making them a second time. Edits made after they were sent stay and wait.
/// </summary>
public static class AdoptCreated
{
    /// <summary>Before the merge: rows that Shopify did not know, by what names them.</summary>
    public static async Task Adopt(NpgsqlConnection connection, long storeId, ProductsRead read, CancellationToken cancel)
    {
        var (products, options, variants, metafields, media) = (new Columns(), new Columns(), new Columns(), new Columns(), new Columns());
        foreach (var product in read.Products)
        {
            products.Add(product.ShopifyId, product.ShopifyId, "");
            foreach (var option in product.Node.GetProperty("options").EnumerateArray())
                options.Add(product.ShopifyId, Id(option), option.GetProperty("name").GetString()!);
            foreach (var variant in product.Variants)
            {
                variants.Add(product.ShopifyId, variant.ShopifyId, Values(variant.Node));
                foreach (var metafield in variant.Metafields)
                    metafields.Add(variant.ShopifyId, Id(metafield), $"variant:{Name(metafield)}");
            }
            foreach (var metafield in product.Metafields)
                metafields.Add(product.ShopifyId, Id(metafield), $"product:{Name(metafield)}");
            foreach (var (place, file) in product.Media.Index())
                media.Add(product.ShopifyId, Id(file), (place + 1).ToString(CultureInfo.InvariantCulture));
        }
        await Products(connection, storeId, products, cancel);
        await Run(connection, storeId, options, "option", "product_options", "lower(s.name)", """
            select t.id, t.deleted_at, p.shopify_id as parent, lower(t.name) as name
            from products p join product_options t on t.product_id = p.id and t.mark = 1 where p.store_id = $1 and p.shopify_id = any($2)
            """, cancel);
        await Run(connection, storeId, variants, "variant", "variants", "s.name::jsonb::text", """
            select t.id, t.deleted_at, p.shopify_id as parent, to_jsonb(coalesce(nullif(t.option_values, '{}'), '{"Default Title"}'))::text as name
            from products p join variants t on t.product_id = p.id and t.mark = 1 where p.store_id = $1 and p.shopify_id = any($2)
            """, cancel);
        await Run(connection, storeId, metafields, "metafield", "metafields", "s.name", """
            select t.id, t.deleted_at, coalesce(p.shopify_id, v.shopify_id) as parent, t.owner_kind || ':' || t.namespace || '.' || t.key as name
            from metafields t
            left join products p on t.owner_kind = 'product' and p.id = t.owner_id
            left join variants v on t.owner_kind = 'variant' and v.id = t.owner_id
            where t.store_id = $1 and t.mark = 1
            """, cancel);
        await Media(connection, storeId, media, cancel);
    }

    /// <summary>After the merge: what hangs on the product by an id that was known, and what was removed here and is gone in Shopify.</summary>
    public static async Task Complete(NpgsqlConnection connection, long storeId, ProductsRead read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with read as (select p.id from products p where p.store_id = $1 and p.shopify_id = any($2)),
            media_now as (
                update media t set mark = 0 from read, unnest($3::bigint[], $4::bigint[]) s (product, file), products p
                where t.product_id = read.id and p.id = read.id and p.shopify_id = s.product and t.shopify_id = s.file and t.mark = 1),
            detached as (
                update media t set mark = 0, deleted_at = coalesce(t.deleted_at, now()), updated_at = now(), ticket = greatest(t.ticket, $10) from read, products p
                where t.product_id = read.id and p.id = read.id and t.mark = 2
                    and not exists (select from unnest($3::bigint[], $4::bigint[]) s (product, file) where s.product = p.shopify_id and s.file = t.shopify_id)),
            published as (
                update product_publications t set mark = 0 from read, products p, publications b, unnest($5::bigint[], $6::bigint[]) s (product, publication)
                where t.product_id = read.id and p.id = read.id and b.id = t.publication_id and s.product = p.shopify_id and s.publication = b.shopify_id and t.mark = 1),
            unpublished as (
                delete from product_publications t using read, products p, publications b
                where t.product_id = read.id and p.id = read.id and b.id = t.publication_id and t.mark = 2
                    and not exists (select from unnest($5::bigint[], $6::bigint[]) s (product, publication) where s.product = p.shopify_id and s.publication = b.shopify_id)),
            variants_now as (
                update variants t set mark = 0, deleted_at = coalesce(t.deleted_at, now()), updated_at = now(), ticket = greatest(t.ticket, $10) from read
                where t.product_id = read.id and t.mark = 2 and not t.shopify_id = any($7)),
            options_now as (
                update product_options t set mark = 0, deleted_at = coalesce(t.deleted_at, now()), updated_at = now(), ticket = greatest(t.ticket, $10) from read
                where t.product_id = read.id and t.mark = 2 and not t.shopify_id = any($8))
            update metafields t set mark = 0, deleted_at = coalesce(t.deleted_at, now()), updated_at = now(), ticket = greatest(t.ticket, $10) from read
            where t.mark = 2 and not t.shopify_id = any($9)
                and (t.owner_kind = 'product' and t.owner_id = read.id
                    or t.owner_kind = 'variant' and t.owner_id in (select v.id from variants v where v.product_id = read.id))
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = read.Products.Select(product => product.ShopifyId).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Media.Select(_ => product.ShopifyId)).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Media.Select(Id)).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Publications.Select(_ => product.ShopifyId)).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Publications).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Variants.Select(variant => variant.ShopifyId)).ToArray() });
        command.Parameters.Add(new() { Value = read.Products.SelectMany(product => product.Node.GetProperty("options").EnumerateArray().Select(Id)).ToArray() });
        command.Parameters.Add(new()
        {
            Value = read.Products.SelectMany(product => product.Metafields.Concat(product.Variants.SelectMany(variant => variant.Metafields))).Select(Id).ToArray(),
        });
        command.Parameters.Add(new() { Value = read.Ticket });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Metafields that were made, as Shopify answered: our ids and Shopify's.</summary>
    public static async Task Metafields(NpgsqlConnection connection, long storeId, IReadOnlyList<(long Id, long ShopifyId)> made, CancellationToken cancel)
    {
        if (made.Count == 0)
            return;
        await using var command = new NpgsqlCommand($"""
            update metafields t set shopify_id = m.shopify_id, mark = {AdoptedRows.Mark}, pending = {AdoptedRows.Later("metafield")}
            from unnest($2::bigint[], $3::bigint[]) m (id, shopify_id)
            where t.id = m.id and t.mark = 1 and not exists (select from metafields o where o.store_id = $1 and o.shopify_id = m.shopify_id)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = made.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = made.Select(one => one.ShopifyId).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Metafields that were removed here and that Shopify has no longer, as of a ticket: whoever began to read before it shows them still.</summary>
    public static async Task Removed(NpgsqlConnection connection, long storeId, IReadOnlyCollection<long> shopifyIds, long ticket, CancellationToken cancel)
    {
        if (shopifyIds.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            update metafields set mark = 0, pending = null, deleted_at = coalesce(deleted_at, now()), updated_at = now(), ticket = greatest(ticket, $3)
            where store_id = $1 and shopify_id = any($2) and mark = 2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        command.Parameters.Add(new() { Value = ticket });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Memberships that were waiting and that Shopify shows now, or shows no longer.</summary>
    public static async Task Members(
        NpgsqlConnection connection, long storeId, long[] products, IReadOnlyList<(long Product, long Collection)> members, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await using var command = new NpgsqlCommand("""
            with waiting as (
                select m.id, m.mark, exists (select from unnest($3::bigint[], $4::bigint[]) s (product, collection) where s.product = p.shopify_id and s.collection = c.shopify_id) as there
                from collection_members m join products p on p.id = m.product_id join collections c on c.id = m.collection_id
                where p.store_id = $1 and p.shopify_id = any($2) and m.mark <> 0),
            joined as (update collection_members m set mark = 0 from waiting w where m.id = w.id and w.mark = 1 and w.there)
            delete from collection_members m using waiting w where m.id = w.id and w.mark = 2 and not w.there
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = members.Select(one => one.Product).ToArray() });
        command.Parameters.Add(new() { Value = members.Select(one => one.Collection).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A product that was created: its id, unless a pull has meanwhile brought it as a stranger, which then gives way.</summary>
    public static async Task Product(NpgsqlConnection connection, long storeId, long productId, long shopifyId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with stranger as (delete from products where store_id = $1 and shopify_id = $3 and id <> $2 and pending is null returning id),
            a as (delete from variants where product_id in (select id from stranger)),
            b as (delete from product_options where product_id in (select id from stranger)),
            c as (delete from media where product_id in (select id from stranger)),
            d as (delete from metafields where owner_kind = 'product' and owner_id in (select id from stranger)),
            e as (delete from product_publications where product_id in (select id from stranger)),
            f as (delete from collection_members where product_id in (select id from stranger))
            delete from product_summaries where product_id in (select id from stranger)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = productId });
        command.Parameters.Add(new() { Value = shopifyId });
        await command.ExecuteNonQueryAsync(cancel);
        // A stranger that somebody has edited stays: two rows cannot be the same product.
        await using var name = new NpgsqlCommand("""
            update products t set shopify_id = $2 where id = $1 and shopify_id is null and not exists (select from products o where o.store_id = t.store_id and o.shopify_id = $2)
            """, connection);
        name.Parameters.Add(new() { Value = productId });
        name.Parameters.Add(new() { Value = shopifyId });
        await name.ExecuteNonQueryAsync(cancel);
    }

    private static async Task Products(NpgsqlConnection connection, long storeId, Columns read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            update products t set mark = 0, pending = {AdoptedRows.Later("product")}
            where t.store_id = $1 and t.shopify_id = any($2) and t.mark = 1
            returning t.id, t.deleted_at is not null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = read.Parents.ToArray() });
        var removed = new List<long>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                if (reader.GetBoolean(1))
                    removed.Add(reader.GetInt64(0));
        if (removed.Count > 0)
            await ArchiveCreated.Remove(connection, storeId, [.. removed], cancel);
    }

    // Both sides are named once, before they are compared: a product may have two thousand variants.
    private static async Task Run(
        NpgsqlConnection connection, long storeId, Columns read, string entity, string table, string name, string here, CancellationToken cancel)
    {
        await GiveWay(connection, storeId, read, entity, table, name, here, cancel);
        await using var command = new NpgsqlCommand($"""
            with here as materialized ({here}),
            there as materialized (select s.parent, s.id, {name} as name from unnest($2::bigint[], $3::bigint[], $4::text[]) s (parent, id, name))
            update {table} t set shopify_id = m.shopify_id, mark = {AdoptedRows.Mark}, pending = {AdoptedRows.Later(entity)}
            from (
                select distinct on (s.id) t.id, s.id as shopify_id from there s join here t on t.parent = s.parent and t.name = s.name
                where not exists (select from {table} o where o.store_id = $1 and o.shopify_id = s.id) and {AdoptedRows.MayBe(entity)}
                order by {AdoptedRows.Likeliest(entity)}) m
            where t.id = m.id
            """, connection);
        read.AddTo(command, storeId);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// A webhook may tell of what was sent, and its read bring it as a stranger, before Shopify's answer is kept here: the stranger gives
    /// way to the row that was sent, unless somebody has edited it; the merge that follows writes all of it again.
    /// </summary>
    private static async Task GiveWay(
        NpgsqlConnection connection, long storeId, Columns read, string entity, string table, string name, string here, CancellationToken cancel)
    {
        if (entity is not ("variant" or "option"))
            return;
        var children = entity == "variant" ? """
            , levels as (delete from inventory_levels where variant_id in (select id from stranger)),
            metas as (delete from metafields where owner_kind = 'variant' and owner_id in (select id from stranger))
            """ : "";
        await using var command = new NpgsqlCommand($"""
            with here as materialized ({here}),
            there as materialized (select s.parent, s.id, {name} as name from unnest($2::bigint[], $3::bigint[], $4::text[]) s (parent, id, name)),
            stranger as (
                delete from {table} o using there s join here t on t.parent = s.parent and t.name = s.name
                where o.store_id = $1 and o.shopify_id = s.id and o.id <> t.id and o.mark = 0 and o.pending is null and {AdoptedRows.WasSent(entity)} returning o.id)
            {children}
            select count(*) from stranger
            """, connection);
        read.AddTo(command, storeId);
        await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>
    /// Files keep the id they have; one that was taken from the product while it was being attached waits to be taken from it there. Another
    /// place than the last, where Shopify puts it, waits to be sent.
    /// </summary>
    private static async Task Media(NpgsqlConnection connection, long storeId, Columns read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            update media t set mark = case when t.deleted_at is null then t.mark else 2 end,
                pending = case when t.deleted_at is null then nullif(coalesce(t.pending, '{"{}"}') || jsonb_build_object('position', s.name::int), '{"{}"}') end
            from unnest($2::bigint[], $3::bigint[], $4::text[]) s (parent, id, name)
            join products p on p.store_id = $1 and p.shopify_id = s.parent
            where t.product_id = p.id and t.shopify_id = s.id and t.mark = 1
                and (t.deleted_at is not null and {AdoptedRows.WasSent("media")} or t.deleted_at is null and t.position <> s.name::int)
            """, connection);
        read.AddTo(command, storeId);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static long Id(JsonElement node) => Shopify.ShopifyId.Parse(node.GetProperty("id").GetString()!).Number;

    private static string Name(JsonElement metafield) => $"{metafield.GetProperty("namespace").GetString()}.{metafield.GetProperty("key").GetString()}";

    private static string Values(JsonElement variant) =>
        new System.Text.Json.Nodes.JsonArray([.. variant.GetProperty("selectedOptions").EnumerateArray()
            .Select(option => (System.Text.Json.Nodes.JsonNode)(option.GetProperty("value").GetString() ?? ""))]).ToJsonString();

    private sealed class Columns
    {
        public List<long> Parents { get; } = [];

        private readonly List<long> _ids = [];
        private readonly List<string> _names = [];

        public void Add(long parent, long id, string name)
        {
            Parents.Add(parent);
            _ids.Add(id);
            _names.Add(name);
        }

        public void AddTo(NpgsqlCommand command, long storeId)
        {
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = Parents.ToArray() });
            command.Parameters.Add(new() { Value = _ids.ToArray() });
            command.Parameters.Add(new() { Value = _names.ToArray() });
        }
    }
}
