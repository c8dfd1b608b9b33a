using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Products that Shopify deleted although something of them waited here: a conflict of their own. Either the edits are let go, or
/// the product is made anew with the next push.
/// </summary>
public static class DeletedProducts
{
    /// <summary>The name under which the conflict stands, in place of a field's.</summary>
    public const string Field = "deleted";

    /// <summary>Opens a conflict for each of these products that the present transaction has marked as gone and that carries edits.</summary>
    public static async Task Record(NpgsqlConnection connection, long storeId, long[] shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with how (mark, what) as (values (1, 'added'), (2, 'removed')),
            edited as (
                select p.id, jsonb_agg(distinct e.what order by e.what) as edits
                from products p cross join lateral (
                    select k as what from jsonb_object_keys(p.pending) k
                    union all select 'variants: ' || k from variants v cross join jsonb_object_keys(v.pending) k where v.product_id = p.id and v.pending is not null
                    union all select 'variants: ' || h.what from variants v cross join how h where v.product_id = p.id and v.mark = h.mark and (v.mark = 2 or v.deleted_at = now())
                    union all select 'options: ' || k from product_options o cross join jsonb_object_keys(o.pending) k where o.product_id = p.id and o.pending is not null
                    union all select 'options: ' || h.what from product_options o cross join how h where o.product_id = p.id and o.mark = h.mark and (o.mark = 2 or o.deleted_at = now())
                    union all select 'media: ' || k from media i cross join jsonb_object_keys(i.pending) k where i.product_id = p.id and i.pending is not null
                    union all select 'media: ' || h.what from media i cross join how h where i.product_id = p.id and i.mark = h.mark and (i.mark = 2 or i.deleted_at = now())
                    union all select 'metafield: ' || f.namespace || '.' || f.key from metafields f
                        where (f.owner_kind = 'product' and f.owner_id = p.id or f.owner_kind = 'variant' and f.owner_id in (select v.id from variants v where v.product_id = p.id))
                            and (f.pending is not null or f.mark = 2 or f.mark = 1 and f.deleted_at = now())
                    union all select 'stock' from inventory_levels n join variants v on v.id = n.variant_id where v.product_id = p.id and n.pending is not null) e
                where p.store_id = $1 and p.shopify_id = any($2) and p.deleted_at = now() and p.removal is null
                group by p.id),
            moot as (
                update conflicts c set closed_at = now(), closed_as = 'deleted' from edited e
                where c.product_id = e.id and c.closed_at is null and c.field <> 'deleted')
            insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys)
            select $1, 'product', e.id, e.id, 'deleted', '"in Shopify"', e.edits, '"deleted"' from edited e
            on conflict (entity, entity_id, field) where closed_at is null
            do update set ours = excluded.ours, heard_at = now(), revision = conflicts.revision + 1
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Closes the conflicts of products that are there again; one whose removal ended while it was gone is shown again.</summary>
    public static async Task CloseReturned(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with shown as (
                update products p set removal = null, version = version + 1, updated_at = now()
                where p.store_id = $1 and p.removal is not null and p.deleted_at is null
                    and not exists (select from removals r where r.product_id = p.id and r.closed_at is null))
            update conflicts c set closed_at = now(), closed_as = 'returned' from products p
            where c.store_id = $1 and c.entity = 'product' and c.field = 'deleted' and c.closed_at is null and p.id = c.entity_id and p.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Ends the edits of products that stay deleted, and what waited to be removed from them.</summary>
    internal static Task LetGo(NpgsqlConnection connection, long[] products, CancellationToken cancel) => Run(connection, $"""
        with p as (update products set pending = null, version = version + 1, updated_at = now() where id = any($1) returning id),
        o as (update product_options t set {Over} from p where t.product_id = p.id and {Waits}),
        i as (update media t set {Over} from p where t.product_id = p.id and {Waits}),
        f as (update metafields t set {Over} from p where t.owner_kind = 'product' and t.owner_id = p.id and {Waits}),
        fv as (update metafields t set {Over} from p join variants w on w.product_id = p.id where t.owner_kind = 'variant' and t.owner_id = w.id and {Waits}),
        n as (update inventory_levels t set {Over} from p join variants w on w.product_id = p.id where t.variant_id = w.id and {Waits})
        update variants t set {Over} from p where t.product_id = p.id and {Waits}
        """, products, cancel);

    private const string Over = "pending = null, mark = case t.mark when 2 then 0 else t.mark end";
    private const string Waits = "(t.pending is not null or t.mark = 2)";

    /// <summary>
    /// Makes deleted products new ones that exist here only, with their options, variants and metafields. Pictures, stock
    /// and memberships went with the old one.
    /// </summary>
    internal static Task MakeAnew(NpgsqlConnection connection, long[] products, CancellationToken cancel) => Run(connection, """
        with gone as (select id, deleted_at from products where id = any($1) and deleted_at is not null),
        p as (
            update products t set shopify_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null, featured_media_id = null, online_store_url = null,
                remote_updated_at = null, version = version + 1, updated_at = now()
            from gone where t.id = gone.id),
        o as (
            update product_options t set shopify_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null,
                option_values = (select coalesce(jsonb_agg(value - 'id' order by place), '[]') from jsonb_array_elements(t.option_values) with ordinality e (value, place)), updated_at = now()
            from gone where t.product_id = gone.id and t.deleted_at = gone.deleted_at and t.mark <> 2),
        v as (
            update variants t set shopify_id = null, inventory_item_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null, media_ids = '{}', updated_at = now()
            from gone where t.product_id = gone.id and t.deleted_at = gone.deleted_at and t.mark <> 2),
        fv as (
            update metafields t set shopify_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null, compare_digest = null, updated_at = now()
            from gone join variants w on w.product_id = gone.id and w.deleted_at = gone.deleted_at and w.mark <> 2
            where t.owner_kind = 'variant' and t.owner_id = w.id and t.deleted_at = gone.deleted_at and t.mark <> 2),
        f as (
            update metafields t set shopify_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null, compare_digest = null, updated_at = now()
            from gone where t.owner_kind = 'product' and t.owner_id = gone.id and t.deleted_at = gone.deleted_at and t.mark <> 2),
        -- what had been removed here does not come along, and waits for nothing any more
        removed_options as (update product_options t set mark = 0, pending = null from gone where t.product_id = gone.id and t.mark = 2),
        removed_variants as (update variants t set mark = 0, pending = null from gone where t.product_id = gone.id and t.mark = 2),
        removed_metafields as (
            update metafields t set mark = 0, pending = null from gone
            where t.mark = 2 and (t.owner_kind = 'product' and t.owner_id = gone.id
                or t.owner_kind = 'variant' and t.owner_id in (select w.id from variants w where w.product_id = gone.id))),
        stock as (update inventory_levels t set pending = null from gone join variants w on w.product_id = gone.id where t.variant_id = w.id and t.pending is not null)
        update media t set pending = null, mark = case t.mark when 2 then 0 else t.mark end from gone where t.product_id = gone.id and (t.pending is not null or t.mark = 2)
        """, products, cancel);

    private static async Task Run(NpgsqlConnection connection, string sql, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = products, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
