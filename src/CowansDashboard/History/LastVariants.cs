using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// Products of which some variants were removed here and all others are gone in Shopify: Shopify keeps at least one variant of a
/// product, so the removal can no longer be carried out. A person says whether the others are made anew or those removed stay.
/// </summary>
public static class LastVariants
{
    /// <summary>The name under which the conflict of the product stands, in place of a field's.</summary>
    public const string Field = "variants";

    /// <summary>What of each of its removed variants is in conflict with it.</summary>
    public const string Removed = "removed";

    private const string Living = "exists (select from variants o where o.product_id = p.id and o.deleted_at is null and o.mark <> 2)";

    // Gone in Shopify, and not by us, since the first removal that waits here; where all went before it, those that went last.
    private static readonly string Gone = $"""
        v.product_id = p.id and v.mark = 0 and v.deleted_at is not null and v.deleted_at >= least(
            (select min(o.deleted_at) from variants o where o.product_id = p.id and o.mark = 2),
            (select max(o.deleted_at) from variants o where o.product_id = p.id and o.mark = 0 and {NotByUs("o")})) and {NotByUs("v")}
        """;

    /// <summary>Opens the conflict of each of these products that is in it now, and closes those that are over. Under the lock of the products.</summary>
    /// <returns>How many are open.</returns>
    public static async Task<int> Record(NpgsqlConnection connection, long? runId, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return 0;
        await using var command = new NpgsqlCommand($"""
            with stuck as (
                select p.id, p.store_id, here.titles as removed, there.titles as gone
                from products p
                cross join lateral (select jsonb_agg(v.title order by v.position, v.id) as titles from variants v where v.product_id = p.id and v.mark = 2 and v.shopify_id is not null) here
                cross join lateral (select coalesce(jsonb_agg(v.title order by v.position, v.id), '[]') as titles from variants v where {Gone}) there
                where p.id = any($1) and p.shopify_id is not null and p.deleted_at is null and p.removal is null and here.titles is not null and not {Living}),
            over as ({Close} and not exists (select from stuck s where s.id = c.product_id)),
            opened as (
                insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys, run_id)
                select s.store_id, 'product', s.id, s.id, '{Field}', s.removed || s.gone, s.gone, s.removed, $2 from stuck s
                on conflict (entity, entity_id, field) where closed_at is null
                do update set base = excluded.base, ours = excluded.ours, shopifys = excluded.shopifys, heard_at = now(),
                    revision = conflicts.revision + ((conflicts.base, conflicts.ours, conflicts.shopifys) is distinct from (excluded.base, excluded.ours, excluded.shopifys))::int
                returning 1)
            select count(*)::int from opened
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The same of the products of these variants.</summary>
    public static async Task RecordOf(NpgsqlConnection connection, long? runId, long[] variants, CancellationToken cancel)
    {
        if (variants.Length == 0)
            return;
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(distinct v.product_id), '{}') from variants v
            where v.id = any($1) and exists (select from variants o where o.product_id = v.product_id and o.mark = 2)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = variants });
        await Record(connection, runId, (long[])(await command.ExecuteScalarAsync(cancel))!, cancel);
    }

    /// <summary>An edit here has given these products a variant again, or has taken the removal back.</summary>
    public static async Task Edited(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"with p as (select id from products where id = any($1)) {Close} and exists (select from p where p.id = c.product_id and {Living})", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Those of the products that are in it still. Under their locks.</summary>
    internal static async Task<HashSet<long>> Standing(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select p.id from products p where p.id = any($1) and p.deleted_at is null and p.removal is null and not {Living}
                and exists (select from variants v where v.product_id = p.id and v.mark = 2)
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var standing = new HashSet<long>();
        while (await reader.ReadAsync(cancel))
            standing.Add(reader.GetInt64(0));
        return standing;
    }

    /// <summary>Those that Shopify deleted are made anew with the next push, with their metafields; then the others can go.</summary>
    /// <returns>What history notes of it.</returns>
    internal static Task<IReadOnlyList<ChangeRow>> MakeAnew(NpgsqlConnection connection, long[] products, CancellationToken cancel) =>
        Return(connection, Gone, products, cancel);

    /// <summary>Those that were removed here are here again.</summary>
    /// <returns>What history notes of it.</returns>
    internal static Task<IReadOnlyList<ChangeRow>> Keep(NpgsqlConnection connection, long[] products, CancellationToken cancel) =>
        Return(connection, "v.product_id = p.id and v.mark = 2", products, cancel);

    private static async Task<IReadOnlyList<ChangeRow>> Return(NpgsqlConnection connection, string which, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return [];
        var entity = CatalogueEntity.Find(CatalogueFields.Variant)!;
        var ids = new List<(long Id, long Store)>();
        await using (var command = new NpgsqlCommand($"select v.id, p.store_id from products p join variants v on {which} where p.id = any($1) order by v.id", connection))
        {
            command.Parameters.Add(new() { Value = products });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                ids.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }
        var changes = new List<ChangeRow>();
        foreach (var ofStore in ids.GroupBy(one => one.Store))
        {
            var rows = (await RowsInHand.Read(connection, ofStore.Key, entity, [.. ofStore.Select(one => one.Id)], columns: null, cancel)).Values.OrderBy(row => row.Id).ToList();
            changes.AddRange(rows.Select(row => new ChangeRow(entity.Name, row.Id, row.ProductId, "created", null, SaveWithin.Kept((entity, row)))));
            await Metafields(connection, [.. rows.Where(row => row.Mark == 0).Select(row => row.Id)], cancel);
            await WriteRows.Return(connection, entity, rows, cancel);
        }
        await WriteRows.Touch(connection, products, cancel);
        return changes;
    }

    /// <summary>What hung on variants that Shopify deleted comes along with them.</summary>
    private static async Task Metafields(NpgsqlConnection connection, long[] variants, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update metafields t set shopify_id = null, mark = 1, deleted_at = null, pending = null, row_hash = null, compare_digest = null, updated_at = now()
            from variants v where v.id = any($1) and t.owner_kind = 'variant' and t.owner_id = v.id and t.deleted_at >= v.deleted_at and t.mark <> 2
            """, connection);
        command.Parameters.Add(new() { Value = variants });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // A removal here is the last that history says of the row; what Shopify alone deletes has no line in it.
    private static string NotByUs(string row) => $"""
        coalesce((select h.field from changes h where h.entity = 'variant' and h.entity_id = {row}.id and h.field in ('created', 'removed') order by h.id desc limit 1), '') <> 'removed'
        """;

    private const string Close = $"""
        update conflicts c set closed_at = now(), closed_as = 'returned'
        where c.product_id = any($1) and c.entity = 'product' and c.field = '{Field}' and c.closed_at is null
        """;
}
