using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>Opens conflicts that a merge found and closes those that settled themselves, in the merge's own transaction.</summary>
public static class RecordConflicts
{
    public static async Task Record(NpgsqlConnection connection, ConflictSource source, IReadOnlyList<MergedEntity> merged, CancellationToken cancel)
    {
        var opened = merged.SelectMany(entity => entity.Row.Conflicts.Select(conflict => (entity, conflict))).ToList();
        if (opened.Count > 0)
            await Open(connection, source, opened, cancel);
        var settled = merged.SelectMany(entity => entity.Row.Settled.Select(field => (entity, field))).ToList();
        if (settled.Count > 0)
            await Close(connection, source, settled, cancel);
        var ruled = merged.SelectMany(entity => entity.Row.Ruled.Select(field => (entity, field))).ToList();
        if (ruled.Count > 0)
            await CloseByRule(connection, source, ruled, cancel);
    }

    private static async Task Open(
        NpgsqlConnection connection, ConflictSource source, List<(MergedEntity Entity, FieldConflict Conflict)> opened, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys, run_id)
            select $1, $2, c.entity_id, nullif(c.product_id, 0), c.field, c.base::jsonb, c.ours::jsonb, c.shopifys::jsonb, $3
            from unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[])
                as c (entity_id, product_id, field, base, ours, shopifys)
            on conflict (entity, entity_id, field) where closed_at is null
            do update set base = excluded.base, ours = excluded.ours, shopifys = excluded.shopifys, run_id = excluded.run_id, heard_at = now(),
                revision = conflicts.revision + ((conflicts.base, conflicts.ours, conflicts.shopifys) is distinct from (excluded.base, excluded.ours, excluded.shopifys))::int
            """, connection);
        command.Parameters.Add(new() { Value = source.StoreId });
        command.Parameters.Add(new() { Value = source.Entity });
        command.Parameters.Add(new() { Value = (object?)source.RunId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = opened.Select(one => one.Entity.Id).ToArray() });
        command.Parameters.Add(new() { Value = opened.Select(one => one.Entity.ProductId).ToArray() });
        command.Parameters.Add(new() { Value = opened.Select(one => one.Conflict.Field).ToArray() });
        command.Parameters.Add(new() { Value = opened.Select(one => Json(one.Conflict.Base)).ToArray() });
        command.Parameters.Add(new() { Value = opened.Select(one => Json(one.Conflict.Ours)).ToArray() });
        command.Parameters.Add(new() { Value = opened.Select(one => Json(one.Conflict.Shopifys)).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task Close(
        NpgsqlConnection connection, ConflictSource source, List<(MergedEntity Entity, SettledField Field)> settled, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update conflicts c set closed_at = now(), closed_as = s.closed_as, push_item_id = case when s.closed_as = 'overwritten' then (
                select f.push_item_id from sent_fields f where f.entity = c.entity and f.entity_id = c.entity_id and f.field = c.field) end
            from unnest($2::bigint[], $3::text[], $4::text[]) as s (entity_id, field, closed_as)
            where c.entity = $1 and c.entity_id = s.entity_id and c.field = s.field and c.closed_at is null
            """, connection);
        command.Parameters.Add(new() { Value = source.Entity });
        command.Parameters.Add(new() { Value = settled.Select(one => one.Entity.Id).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(one => one.Field.Field).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(one => one.Field.As).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // What a rule decided is kept like a conflict that a person settled: for the statistics, and to try other rules on.
    private static async Task CloseByRule(
        NpgsqlConnection connection, ConflictSource source, List<(MergedEntity Entity, RuledField Field)> ruled, CancellationToken cancel)
    {
        var changeSet = await RecordTaken(connection, source, ruled, cancel);
        await using var command = new NpgsqlCommand("""
            with given as (
                select c.entity_id, nullif(c.product_id, 0) as product_id, c.field, c.base::jsonb as base, c.ours::jsonb as ours, c.shopifys::jsonb as shopifys,
                    c.closed_as, c.rule_id, case c.closed_as when 'rule-shopify' then c.shopifys::jsonb else c.ours::jsonb end as settled
                from unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
                    as c (entity_id, product_id, field, base, ours, shopifys, closed_as, rule_id)),
            known as (
                update conflicts c set base = g.base, ours = g.ours, shopifys = g.shopifys, run_id = $3, heard_at = now(), revision = c.revision + 1,
                    closed_at = now(), closed_as = g.closed_as, rule_id = g.rule_id, settled = g.settled, change_set_id = case g.closed_as when 'rule-shopify' then $12 end
                from given g where c.entity = $2 and c.entity_id = g.entity_id and c.field = g.field and c.closed_at is null
                returning c.entity_id, c.field)
            insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys, run_id, closed_at, closed_as, rule_id, settled, change_set_id)
            select $1, $2, g.entity_id, g.product_id, g.field, g.base, g.ours, g.shopifys, $3, now(), g.closed_as, g.rule_id, g.settled, case g.closed_as when 'rule-shopify' then $12 end
            from given g where not exists (select from known k where k.entity_id = g.entity_id and k.field = g.field)
            """, connection);
        command.Parameters.Add(new() { Value = source.StoreId });
        command.Parameters.Add(new() { Value = source.Entity });
        command.Parameters.Add(new() { Value = (object?)source.RunId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = ruled.Select(one => one.Entity.Id).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => one.Entity.ProductId).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => one.Field.Conflict.Field).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => Json(one.Field.Conflict.Base)).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => Json(one.Field.Conflict.Ours)).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => Json(one.Field.Conflict.Shopifys)).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => one.Field.As).ToArray() });
        command.Parameters.Add(new() { Value = ruled.Select(one => one.Field.RuleId).ToArray() });
        command.Parameters.Add(new() { Value = (object?)changeSet ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>An edit of ours that a rule ended is in the history, so that it can be brought back.</summary>
    private static async Task<long?> RecordTaken(
        NpgsqlConnection connection, ConflictSource source, List<(MergedEntity Entity, RuledField Field)> ruled, CancellationToken cancel)
    {
        var taken = ruled.Where(one => one.Field.As == "rule-shopify").ToList();
        if (taken.Count == 0)
            return null;
        List<ChangeRow> changes =
        [
            .. taken.Select(one => new ChangeRow(
                source.Entity, one.Entity.Id, one.Entity.ProductId == 0 ? null : one.Entity.ProductId, one.Field.Conflict.Field, one.Field.Conflict.Ours, one.Field.Conflict.Shopifys)),
            .. source.Entity == CatalogueFields.Product
                ? await EditedRemovals.KeepUnarchived(connection, [.. taken.Where(one => one.Field.Conflict.Field == "status").Select(one => one.Entity.Id)], cancel)
                : [],
        ];
        // One run makes one change set; two of its batches at the same moment may make two.
        await using var known = new NpgsqlCommand("select max(id) from change_sets where run_id = $1 and kind = 'rule'", connection);
        known.Parameters.Add(new() { Value = (object?)source.RunId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        var head = new ChangeSetHead(source.StoreId, ChangeSetKind.Rule, "Ownership rules took Shopify’s", null, null, "Ownership rules", source.RunId);
        return await RecordChanges.Record(connection, await known.ExecuteScalarAsync(cancel) as long? ?? 0, head, changes, cancel);
    }

    private static string Json(JsonNode? value) => value?.ToJsonString() ?? "null";
}

/// <summary>Where conflicts were found: the store, the kind of entity and the run.</summary>
public sealed record ConflictSource(long StoreId, string Entity, long? RunId);

/// <summary>One entity as merged.</summary>
public sealed record MergedEntity(long Id, long ProductId, MergedRow Row);
