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
            run_id = excluded.run_id, theirs = excluded.theirs, ours = excluded.ours, since = excluded.since, made_by = excluded.made_by,
            state = excluded.state, settled_at = excluded.settled_at, settled_run = excluded.settled_run
        """;

    /// <summary>Rows that exist and were read with another content; before they are merged.</summary>
    public static async Task Changed(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        var gone = table.SoftDeletes ? table.HasPending ? "t.deleted_at is not null and t.mark <> 2" : "t.deleted_at is not null" : "false";
        // An edit that waits for Shopify is no drift: its base is what both sides agreed on.
        string Known(string field) => table.HasPending
            ? $"case when t.pending ? '{field}' then t.pending -> '{field}' else coalesce(to_jsonb(t.{field}), 'null') end"
            : $"coalesce(to_jsonb(t.{field}), 'null')";
        string[] changes =
        [
            $"(case when {gone} then jsonb_build_array('added', {Label(table, "s")}, null) end)",
            .. DriftColumns.Fields(table).Select(field =>
                $"(case when not ({gone}) and coalesce(to_jsonb(s.{field}), 'null') is distinct from {Known(field)} then jsonb_build_array('{field}', s.{field}, t.{field}) end)"),
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
            where t.ticket <= s.ticket and (t.row_hash is distinct from s.row_hash or {gone}) and f.change is not null {echo}
            {Again}
            """, cancel);
        if (!table.MatchesByShopifyId)
            return;
        await Execute(connection, purpose, $"""
            {Into}
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, null, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, null, {DriftColumns.About(table, "t")},
                'added', {Label(table, "t")}, null, null, null, {State(purpose)}
            from {stage} t where not exists (select from {table.Name} o where o.store_id = t.store_id and o.shopify_id = t.shopify_id)
            {Again}
            """, cancel);
        await Execute(connection, purpose, $"""
            {Into}
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, t.id, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, null, {DriftColumns.About(table, "t")},
                'removed', null, {Label(table, "t")}, null, null, {State(purpose)}
            from {table.Name} t join (select product_id, max(ticket) as ticket from {stage} group by product_id) s on t.product_id = s.product_id
            where t.shopify_id is not null and t.deleted_at is null and t.mark <> 1 and t.ticket <= s.ticket
                and not exists (select from {stage} n where n.store_id = t.store_id and n.shopify_id = t.shopify_id)
            {Again}
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
        await Execute(connection, purpose, $"""
            {Into}
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, {(table.ReservesIds && purpose.TakesIn ? "t.id" : "null")},
                {(table == CatalogueTable.Products && !purpose.TakesIn ? "null" : DriftColumns.Product(table))}, {DriftColumns.ProductShopifyId(table)}, {DriftColumns.Collection(table, "t")},
                {DriftColumns.About(table, "t")}, 'added', {Label(table, "t")}, null, {DriftColumns.Since(table, "t")}, {DriftColumns.By(table, "t")}, {State(purpose)}
            from {stage} t where {told}{(table == CatalogueTable.Levels ? " and t.variant_id is not null" : "")}
            {Again}
            """, cancel);
    }

    /// <summary>Rows that the copy has and Shopify lacks; before they are marked.</summary>
    public static async Task Gone(NpgsqlConnection connection, ReadPurpose purpose, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        var living = (table.SoftDeletes ? "and t.deleted_at is null " : "") + (table.HasPending ? "and t.mark <> 1" : "");
        await Execute(connection, purpose, $"""
            {Into}
            select $1, $2, '{table.Entity}', {DriftColumns.Key(table, "t")}, t.id, {DriftColumns.Product(table)}, {DriftColumns.ProductShopifyId(table)}, {DriftColumns.Collection(table, "t")},
                {DriftColumns.About(table, "t")}, 'removed', null, {Label(table, "t")}, null, {DriftColumns.By(table, "t")}, {State(purpose)}
            from {table.Name} t where t.id = any($3) and t.ticket < $4 {living}
            {Again}
            """, cancel, ids, ticket);
    }

    private static string State(ReadPurpose purpose) => purpose.TakesIn ? "'repaired', now(), $2" : "'open', null, null";

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
