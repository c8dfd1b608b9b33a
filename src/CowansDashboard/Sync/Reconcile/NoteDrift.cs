using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Notes where the copy differs from what a comparison has just read, in the transaction that repairs it, or that leaves it.
/// It stands beside the merge of every pull and sees exactly the rows that this would change.
/// </summary>
internal static class NoteDrift
{
    private const string Into = """
        insert into drift (store_id, run_id, entity, entity_key, entity_id, product_id, product_shopify_id, collection_shopify_id, about, field, theirs, ours, since, made_by, state, settled_at, settled_run)
        """;

    private const string Again = """
        on conflict (store_id, entity, entity_key, field) where state = 'open' do update set
            run_id = excluded.run_id, theirs = excluded.theirs, ours = excluded.ours, since = excluded.since, made_by = excluded.made_by
        """;

    /// <summary>Rows that exist and were read with another content; before they are merged.</summary>
    public static async Task Changed(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        var gone = table.SoftDeletes ? table.HasPending ? "t.deleted_at is not null and t.mark <> 2" : "t.deleted_at is not null" : "false";
        string[] changes =
        [
            $"(case when {gone} then jsonb_build_array('added', {Label(table, "s")}, null) end)",
            .. DriftColumns.Fields(table).Select(field =>
                $"(case when not ({gone}) and coalesce(to_jsonb(s.{field}), 'null') is distinct from {DriftColumns.Agreed(table, field)} then jsonb_build_array('{field}', s.{field}, t.{field}) end)"),
        ];
        var echo = table.HasPending
            ? $"and not exists (select from sent_fields e where e.entity = '{table.Entity}' and e.entity_id = t.id and e.field = f.change ->> 0 and e.value = f.change -> 1)"
            : "";
        await Execute(connection, purpose, $"""
            {Into}
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, t.id, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, {DriftColumns.Collection(table, "t")},
                {DriftColumns.About(table, "t")}, f.change ->> 0, nullif(f.change -> 1, 'null'), nullif(f.change -> 2, 'null'), {DriftColumns.Since(table, "s")}, {DriftColumns.By(table, "t")}, 'open', null, null
            from {stage} s join {table.Name} t on {match}
            cross join lateral (values {string.Join(", ", changes)}) f (change)
            where t.ticket <= s.ticket and (t.row_hash is distinct from s.row_hash or {gone}) and f.change is not null {echo} {OfAVariant(table)}
            {Again}
            """, cancel);
        if (!table.MatchesByShopifyId)
            return;
        await OnOneSide(connection, purpose, $"""
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, null::bigint, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, null::bigint, {DriftColumns.About(table, "t")},
                'added', {Label(table, "t")}, null::jsonb, null::timestamptz, null::text
            from {stage} t where not exists (select from {table.Name} o where o.store_id = t.store_id and o.shopify_id = t.shopify_id)
            """, cancel);
        await OnOneSide(connection, purpose, $"""
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, t.id, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, null::bigint, {DriftColumns.About(table, "t")},
                'removed', null::jsonb, {Label(table, "t")}, null::timestamptz, null::text
            from {table.Name} t join (select product_id, max(ticket) as ticket from {stage} group by product_id) s on t.product_id = s.product_id
            where t.shopify_id is not null and t.deleted_at is null and t.mark <> 1 and t.ticket <= s.ticket
                and not exists (select from {stage} n where n.store_id = t.store_id and n.shopify_id = t.shopify_id)
            """, cancel);
    }

    /// <summary>The same rows after the merge: what holds Shopify's value now is repaired, what kept an edit is not.</summary>
    public static Task Merged(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, string match, CancellationToken cancel) =>
        Execute(connection, purpose, $"""
            update drift d set state = case when d.field = 'added' or coalesce(to_jsonb(t) -> d.field, 'null') = coalesce(d.theirs, 'null') then 'repaired' else 'kept' end, settled_at = now(), settled_run = $2
            from {stage} s join {table.Name} t on {match}
            where d.store_id = $1 and d.run_id = $2 and d.state = 'open' and d.entity = '{table.Entity}' and d.entity_id = t.id
            """, cancel);

    /// <summary>Rows that Shopify has and the copy lacks. Those of a product that is new itself, and stock of a variant that is, are told by that.</summary>
    public static async Task Added(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, CancellationToken cancel)
    {
        if (table == CatalogueTable.Options)
            return;
        var told = table == CatalogueTable.Products ? "true"
            : $"not exists (select from drift n where n.run_id = $2 and n.store_id = $1 and n.entity = 'product' and n.field = 'added' and n.product_id = {table.ProductOf})";
        await OnOneSide(connection, purpose, $"""
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, {(table.ReservesIds && purpose.TakesIn ? "t.id" : "null::bigint")},
                {(table == CatalogueTable.Products && !purpose.TakesIn ? "null::bigint" : DriftColumns.Product(table))}, {DriftColumns.ProductShopifyId(table)}, {DriftColumns.Collection(table, "t")},
                {DriftColumns.About(table, "t")}, 'added', {Label(table, "t")}, null::jsonb, {DriftColumns.Since(table, "t")}, {DriftColumns.By(table, "t")}
            from {stage} t where {told} {OfAVariant(table)}
            """, cancel);
    }

    /// <summary>Rows that the copy has and Shopify lacks; before they are marked.</summary>
    public static async Task Gone(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        var living = (table.SoftDeletes ? "and t.deleted_at is null " : "") + (table.HasPending ? "and t.mark <> 1" : "");
        await OnOneSide(connection, purpose, $"""
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, t.id, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, {DriftColumns.Collection(table, "t")},
                {DriftColumns.About(table, "t")}, 'removed', null::jsonb, {Label(table, "t")}, null::timestamptz, {DriftColumns.By(table, "t")}
            from {table.Name} t where t.id = any($3) and t.ticket < $4 {living} {OfAVariant(table)}
            """, cancel, ids, ticket);
    }

    /// <summary>
    /// Notes rows that one side lacks. A comparison that takes in brings them in, or marks them, in this very transaction; then what
    /// an earlier one had noted of them is repaired with it instead of standing beside it.
    /// </summary>
    private static Task OnOneSide(NpgsqlConnection connection, ReadPurpose purpose, string rows, CancellationToken cancel, long[]? ids = null, long ticket = 0) =>
        Execute(connection, purpose, purpose.TakesIn
            ? $"""
                with found (store_id, run_id, entity, entity_key, entity_id, product_id, product_shopify_id, collection_shopify_id, about, field, theirs, ours, since, made_by) as (
                    {rows}),
                repaired as (
                    update drift d set state = 'repaired', settled_at = now(), settled_run = $2, run_id = $2, theirs = f.theirs, ours = f.ours, since = f.since, made_by = f.made_by,
                        entity_id = coalesce(f.entity_id, d.entity_id), product_id = coalesce(f.product_id, d.product_id)
                    from found f where d.store_id = $1 and d.state = 'open' and d.entity = f.entity and d.entity_key = f.entity_key and d.field = f.field
                    returning d.entity_key, d.field)
                {Into}
                select f.*, 'repaired', now(), $2 from found f where not exists (select from repaired r where r.entity_key = f.entity_key and r.field = f.field)
                """
            : $"""
                {Into}
                select f.*, 'open', null, null from ({rows}) f
                {Again}
                """, cancel, ids, ticket);

    // Stock of a variant that the copy does not hold is shown nowhere, and no read of a product would repair it.
    private static string OfAVariant(CatalogueTable table) => table == CatalogueTable.Levels ? "and t.variant_id is not null" : "";

    /// <summary>What a row that is only on one side is shown as.</summary>
    private static string Label(CatalogueTable table, string row) => table.Name switch
    {
        "metafields" => $"to_jsonb({row}.value)",
        "inventory_levels" => $"to_jsonb({row}.available)",
        "variants" => $"to_jsonb(coalesce({row}.sku, {row}.title))",
        "media" => $"to_jsonb({row}.media_type)",
        _ => $"to_jsonb({DriftColumns.About(table, row)})",
    };

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
