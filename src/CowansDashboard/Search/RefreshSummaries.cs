using CowansDashboard.Data;
using Npgsql;

namespace CowansDashboard.Search;

/// <summary>
/// Writes the summaries of products whose rows changed, one statement per batch, in the caller's transaction.
/// A summary that would stay the same is not written.
/// </summary>
public static class RefreshSummaries
{
    // Each product's rows are looked up by index, however many the tables hold and whether or not PostgreSQL has
    // statistics of them: right after a load it has none, and would read whole tables for every batch. The lateral
    // aggregates and "offset 0" keep it from turning the look-ups into joins with those tables.
    private const string Statement = """
        insert into product_summaries as kept (
            product_id, store_id, title, vendor, product_type, status, tags, category_id, variants, min_price, max_price,
            stock, thumbnail_url, sync_state, search_text, updated_at)
        select
            p.id, p.store_id, p.title, p.vendor, p.product_type, p.status, p.tags, p.category_id,
            v.variants, v.min_price, v.max_price, v.stock, m.url,
            case
                when p.deleted_at is not null or p.removal is not null then 4
                when exists (select from conflicts c where c.product_id = p.id and c.closed_at is null offset 0) then 3
                when p.mark = 1 then 2
                when p.pending is not null or p.mark = 2 or v.waits
                    or exists (select from variants g where g.product_id = p.id and (g.pending is not null or g.mark <> 0) and g.mark = 2 offset 0)
                    or exists (select from product_options o where o.product_id = p.id and (o.pending is not null or o.mark <> 0) and (o.mark = 2 or o.deleted_at is null) offset 0)
                    or exists (select from media i where i.product_id = p.id and (i.pending is not null or i.mark <> 0) and (i.mark = 2 or i.deleted_at is null) offset 0)
                    or exists (select from metafields f where f.owner_id = p.id and f.owner_kind = 'product' and (f.pending is not null or f.mark <> 0) and (f.mark = 2 or f.deleted_at is null) offset 0)
                    or exists (select from collection_members e where e.product_id = p.id and (e.pending is not null or e.mark <> 0) offset 0)
                    or exists (select from product_publications e where e.product_id = p.id and (e.pending is not null or e.mark <> 0) offset 0) then 1
                else 0
            end,
            lower(unaccent(concat_ws(' ', p.title, nullif(p.vendor, ''), nullif(p.product_type, ''),
                nullif(array_to_string(p.tags, ' '), ''), p.handle, v.codes))),
            coalesce(p.remote_updated_at, p.updated_at)
        from products p
        cross join lateral (
            select count(*) filter (where w.mark <> 2)::int as variants,
                min(w.price) filter (where w.mark <> 2) as min_price, max(w.price) filter (where w.mark <> 2) as max_price,
                sum(l.available)::bigint as stock,
                string_agg(concat_ws(' ', w.sku, w.barcode), ' ' order by w.position, w.id) filter (where w.mark <> 2) as codes,
                coalesce(bool_or(w.pending is not null or w.mark <> 0
                    or exists (select from metafields f where f.owner_id = w.id and f.owner_kind = 'variant' and (f.pending is not null or f.mark <> 0) and (f.mark = 2 or f.deleted_at is null) offset 0)
                    or exists (select from inventory_levels n where n.variant_id = w.id and n.pending is not null offset 0)), false) as waits
            from variants w
            left join lateral (
                select sum(n.available) as available from inventory_levels n
                where n.variant_id = w.id and n.is_active and n.deleted_at is null and n.mark <> 2) l on w.tracked and w.mark <> 2
            where w.product_id = p.id and w.deleted_at is null) v
        left join lateral (
            select coalesce(i.preview_url, i.url) as url from media i
            where i.product_id = p.id and i.deleted_at is null and i.mark <> 2 and (i.preview_url is not null or i.url is not null)
            order by i.position, i.id limit 1) m on true
        where p.id = any($1)
        on conflict (product_id) do update set
            title = excluded.title, vendor = excluded.vendor, product_type = excluded.product_type, status = excluded.status,
            tags = excluded.tags, category_id = excluded.category_id, variants = excluded.variants, min_price = excluded.min_price,
            max_price = excluded.max_price, stock = excluded.stock, thumbnail_url = excluded.thumbnail_url,
            sync_state = excluded.sync_state, search_text = excluded.search_text, updated_at = excluded.updated_at
        where (kept.title, kept.vendor, kept.product_type, kept.status, kept.tags, kept.category_id, kept.variants, kept.min_price,
                kept.max_price, kept.stock, kept.thumbnail_url, kept.sync_state, kept.search_text, kept.updated_at)
            is distinct from (excluded.title, excluded.vendor, excluded.product_type, excluded.status, excluded.tags, excluded.category_id,
                excluded.variants, excluded.min_price, excluded.max_price, excluded.stock, excluded.thumbnail_url, excluded.sync_state,
                excluded.search_text, excluded.updated_at)
        """;

    public static async Task<int> Refresh(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        // Whoever changes rows of a product holds it: a summary made beside that would show the product of before.
        // Compiling this long statement anew for every batch would take longer than running it.
        await using (var plain = new NpgsqlCommand("set local jit = off", connection))
            await plain.ExecuteNonQueryAsync(cancel);
        await HoldProducts.Hold(connection, products, cancel);
        await using var command = new NpgsqlCommand(Statement, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = products });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
