using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>A row with the fields that it takes and what stays pending.</summary>
internal sealed record WrittenRow(RowInHand Row, JsonObject Values, JsonObject? Pending);

/// <summary>Writes rows that were decided on, one statement for all rows of a kind.</summary>
internal static class WriteRows
{
    // Which way it goes nobody knows before Shopify was read again: what is wanted of it waits until then.
    private const string UnderWay = $"exists (select from push_items i where i.entity = '{CatalogueFields.CollectionPublication}' and i.entity_id = t.id and i.status = 'sent')";

    // A product goes into a collection, or out of it, with the product or with the collection.
    private const string MemberUnderWay = $"""
        (exists (select from push_items i where i.entity = '{CatalogueFields.Member}' and i.entity_id = t.id and i.status = 'sent')
            or exists (select from sent_fields f where f.entity = 'collection members' and f.entity_id = t.collection_id and f.value @> to_jsonb(t.product_id)))
        """;

    private static string? IsUnderWay(CatalogueEntity entity) => entity.Name switch
    {
        CatalogueFields.CollectionPublication => UnderWay,
        CatalogueFields.Member => MemberUnderWay,
        _ => null,
    };

    public static async Task Update(NpgsqlConnection connection, CatalogueEntity entity, IReadOnlyCollection<WrittenRow> rows, CancellationToken cancel)
    {
        var set = rows.SelectMany(row => row.Values).Select(value => value.Key).Distinct().Order(StringComparer.Ordinal)
            .Select(column => $"{column} = case when m.fields ? '{column}' then r.{column} else t.{column} end");
        await using var command = new NpgsqlCommand($"""
            update {entity.Table} t set {string.Join(", ", set)}, pending = m.pending{Touched(entity)}
            from (select id, fields::jsonb as fields, pending::jsonb as pending from unnest($1::bigint[], $2::text[], $3::text[]) as u (id, fields, pending)) m
            cross join lateral jsonb_populate_record(null::{entity.Table}, m.fields) r
            where t.id = m.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = rows.Select(row => row.Row.Id).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Values.ToJsonString()).ToArray() });
        command.Parameters.Add(RecordChanges.Texts(rows.Select(row => row.Pending?.ToJsonString())));
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Rows that are here only go; the others wait, marked, until Shopify has removed them too.</summary>
    public static async Task Remove(NpgsqlConnection connection, CatalogueEntity entity, IReadOnlyCollection<RowInHand> rows, CancellationToken cancel)
    {
        long[] hereOnly = [.. rows.Where(row => row.Mark == 1).Select(row => row.Id)];
        long[] shared = [.. rows.Where(row => row.Mark == 0).Select(row => row.Id)];
        if (entity.IsPair)
        {
            // What is on its way will be in Shopify.
            var underWay = IsUnderWay(entity);
            if (underWay is not null)
                await Run(connection, $"update {entity.Table} t set mark = 2 where id = any($1) and (mark = 0 or {underWay})", hereOnly, cancel);
            await Run(connection, $"delete from {entity.Table} where id = any($1){(underWay is null ? "" : " and mark = 1")}", hereOnly, cancel);
            await Run(connection, $"update {entity.Table} set mark = 2 where id = any($1)", shared, cancel);
            return;
        }
        await Run(connection, $"update {entity.Table} t set deleted_at = now(){Touched(entity)} where id = any($1)", hereOnly, cancel);
        await Run(connection, $"update {entity.Table} t set mark = 2, deleted_at = now(){Touched(entity)} where id = any($1)", shared, cancel);
    }

    /// <summary>A row whose removal Shopify has not heard of is simply there again; one that Shopify has removed will be made anew there.</summary>
    public static async Task Return(NpgsqlConnection connection, CatalogueEntity entity, IReadOnlyCollection<RowInHand> rows, CancellationToken cancel)
    {
        long[] ids = [.. rows.Select(row => row.Id)];
        var anew = entity.Name switch
        {
            CatalogueFields.Variant => ", shopify_id = case when t.mark = 0 then null else t.shopify_id end, inventory_item_id = case when t.mark = 0 then null else t.inventory_item_id end",
            CatalogueFields.Option or CatalogueFields.Metafield => ", shopify_id = case when t.mark = 0 then null else t.shopify_id end",
            CatalogueFields.Collection => ", shopify_id = case when t.mark = 0 then null else t.shopify_id end",
            CatalogueFields.Source => ", gid = case when t.mark = 0 then null else t.gid end",
            _ => "",
        };
        await Run(connection, entity.IsPair
            ? $"update {entity.Table} t set mark = {(IsUnderWay(entity) is { } underWay ? $"case when {underWay} then 1 else 0 end" : "0")} where id = any($1) and mark = 2"
            : $"update {entity.Table} t set mark = case when t.mark = 2 then 0 else 1 end, deleted_at = null{anew}{Touched(entity)}, pending = case when t.mark = 2 then t.pending end where id = any($1)",
            ids, cancel);
    }

    /// <summary>Restored collections keep the places that were heard of only while they were removed: nobody here has taken them back.</summary>
    public static Task KeepPlaces(NpgsqlConnection connection, long[] collections, CancellationToken cancel) => Run(connection, $"""
        update collection_publications t set mark = case when {UnderWay} then 1 else 0 end where t.collection_id = any($1) and t.mark = 2
            and not exists (select from changes h where h.entity = '{CatalogueFields.CollectionPublication}' and h.entity_id = t.id and h.field = 'removed')
        """, collections, cancel);

    /// <summary>
    /// New rows under ids taken before, so that other rows of the same save can refer to them. Who is put into a collection whose order waits
    /// goes last in it, as the page shows.
    /// </summary>
    public static async Task Insert(NpgsqlConnection connection, long storeId, CatalogueEntity entity, IReadOnlyList<(long Id, JsonObject Values)> rows, CancellationToken cancel)
    {
        var columns = string.Join(", ", entity.Columns);
        await using var command = new NpgsqlCommand($"""
            insert into {entity.Table} (id, store_id, mark, {columns})
            select u.id, $1, 1, {string.Join(", ", entity.Columns.Select(column => $"r.{column}"))}
            from unnest($2::bigint[], $3::text[]) as u (id, fields)
            cross join lateral jsonb_populate_record(null::{entity.Table}, u.fields::jsonb) r
            order by u.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Id).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Values.ToJsonString()).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        if (entity.Name == CatalogueFields.Member)
            await Run(connection, """
                update collections c set member_order = c.member_order || n.products from (
                    select m.collection_id, array_agg(m.product_id order by m.position, m.id) as products from collection_members m
                    join collections o on o.id = m.collection_id and o.member_order is not null
                    where m.id = any($1) and m.product_id <> all(o.member_order) group by 1) n
                where c.id = n.collection_id
                """, [.. rows.Select(row => row.Id)], cancel);
    }

    public static async Task<long[]> Ids(NpgsqlConnection connection, CatalogueEntity entity, int count, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(array_agg(nextval(pg_get_serial_sequence('{entity.Table}', 'id'))), '{"{}"}') from generate_series(1, $1)", connection);
        command.Parameters.Add(new() { Value = count });
        var ids = (long[])(await command.ExecuteScalarAsync(cancel))!;
        Array.Sort(ids);
        return ids;
    }

    /// <summary>A product's version rises with every edit of what hangs on it.</summary>
    public static Task Touch(NpgsqlConnection connection, long[] products, CancellationToken cancel) =>
        Run(connection, "update products set version = version + 1, updated_at = now() where id = any($1)", products, cancel);

    /// <summary>The same for a collection.</summary>
    public static Task TouchCollections(NpgsqlConnection connection, long[] collections, CancellationToken cancel) =>
        Run(connection, "update collections set version = version + 1, updated_at = now() where id = any($1)", collections, cancel);

    public static async Task SettleConflicts(
        NpgsqlConnection connection, long changeSetId, ChangeSetHead by, IReadOnlyList<(string Entity, long Id, string Field, JsonNode? Ours, ConflictMove Move)> moves, CancellationToken cancel)
    {
        if (moves.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            update conflicts c set ours = m.ours::jsonb, revision = c.revision + 1, closed_at = case when m.closes then now() end,
                closed_as = case when m.closes then 'edited' end, settled = case when m.closes then m.ours::jsonb end, change_set_id = case when m.closes then $6 end,
                closed_by_id = case when m.closes then $7 end, closed_by_name = case when m.closes then $8 end
            from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::boolean[]) as m (entity, entity_id, field, ours, closes)
            where c.entity = m.entity and c.entity_id = m.entity_id and c.field = m.field and c.closed_at is null
            """, connection);
        command.Parameters.Add(new() { Value = moves.Select(move => move.Entity).ToArray() });
        command.Parameters.Add(new() { Value = moves.Select(move => move.Id).ToArray() });
        command.Parameters.Add(new() { Value = moves.Select(move => move.Field).ToArray() });
        command.Parameters.Add(new() { Value = moves.Select(move => move.Ours?.ToJsonString() ?? "null").ToArray() });
        command.Parameters.Add(new() { Value = moves.Select(move => move.Move == ConflictMove.Close).ToArray() });
        command.Parameters.Add(new() { Value = changeSetId });
        command.Parameters.Add(new() { Value = (object?)by.ById ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.ByName });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Touched(CatalogueEntity entity) => entity.IsPair ? "" : ", version = t.version + 1, updated_at = now()";

    private static async Task Run(NpgsqlConnection connection, string sql, long[] ids, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
