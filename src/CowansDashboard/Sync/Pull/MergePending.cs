using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Conflicts.Rules;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// The changed rows of a batch that carry pending edits, and those in which Shopify changed a field that is ours by a rule:
/// read, merged field by field in C#, written back.
/// </summary>
public sealed class MergePending(long storeId, long? runId)
{
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        var rules = await RuleRows.Of(connection, storeId, cancel);
        var rows = await Read(connection, table, stage, match, rules.ReclaimedColumns(table.Entity), cancel);
        if (rows.Count == 0)
            return new MergeCounts();
        var owners = await ReadOwners.Of(connection, table.Entity, rules, [.. rows.Select(row => row.Subject)], cancel);
        var merged = rows.Select(row => new MergedEntity(row.Subject.EntityId, row.Subject.ProductId,
            RowMerge.Merge(row.Local, row.Remote, row.Pending, table.Fields, table.Sets, owners.Of(row.Subject), row.Sent, table.Rewritten))).ToList();
        await Write(connection, table, stage, match, merged, cancel);
        await RecordRemoteChanges.Merged(connection, new RemoteSource(storeId, runId), table, [.. rows.Select(row => row.Local)], merged, cancel);
        await RecordConflicts.Record(connection, new ConflictSource(storeId, table.Entity, runId), merged, cancel);
        await ForgetSent(connection, table.Entity, merged, cancel);
        return new MergeCounts { Updated = merged.Count, Conflicts = merged.Sum(entity => entity.Row.Conflicts.Count) };
    }

    private static async Task<List<EditedRow>> Read(
        NpgsqlConnection connection, CatalogueTable table, string stage, string match, IReadOnlyList<string> reclaimed, CancellationToken cancel)
    {
        // A row that was gone and is named again comes back, also with the content it had.
        var gone = table.SoftDeletes ? "or (t.deleted_at is not null and t.mark <> 2)" : "";
        var ours = reclaimed.Count == 0 ? "" : $"""
            or t.pending is null and t.deleted_at is null and t.mark = 0 and t.row_hash is distinct from s.row_hash
                and ({string.Join(" or ", reclaimed.Select(column => $"t.{column} is distinct from s.{column}"))})
            """;
        await using var command = new NpgsqlCommand($$"""
            select t.id, coalesce({{table.ProductOf}}, 0), to_jsonb(t)::text, to_jsonb(s)::text, coalesce(t.pending, '{}')::text,
                (select jsonb_object_agg(f.field, jsonb_build_object('value', f.value, 'confirming', f.confirming, 'recent', f.sent_at > now() - interval '5 minutes'))
                 from sent_fields f where f.entity = '{{table.Entity}}' and f.entity_id = t.id)::text
            from {{stage}} s join {{table.Name}} t on {{match}}
            where t.ticket <= s.ticket and (t.pending is not null and (t.row_hash is distinct from s.row_hash {{gone}}
                or exists (select from sent_fields f where f.entity = '{{table.Entity}}' and f.entity_id = t.id and f.confirming)) {{ours}})
            order by t.id
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<EditedRow>();
        while (await reader.ReadAsync(cancel))
        {
            var local = Json(reader, 2);
            rows.Add(new EditedRow(RuleSubject.Of(reader.GetInt64(0), reader.GetInt64(1), local), local, Json(reader, 3), Json(reader, 4), reader.IsDBNull(5) ? null : Json(reader, 5)));
        }
        return rows;
    }

    private static async Task Write(
        NpgsqlConnection connection, CatalogueTable table, string stage, string match, List<MergedEntity> merged, CancellationToken cancel)
    {
        var set = string.Join(", ", [
            .. table.Fields.Select(column => $"{column} = r.{column}"),
            // Shopify's own ids nobody edits: a row that was made here learns them with its first merge.
            .. table.Hashed.Except(table.Fields).Select(column => $"{column} = s.{column}"),
            .. table.Loose.Select(column => $"{column} = s.{column}"),
            "pending = m.pending::jsonb", "row_hash = case when not m.again then s.row_hash end", "ticket = s.ticket",
            .. table.SoftDeletes ? new[] { "updated_at = now()", "deleted_at = case when t.mark = 2 then t.deleted_at end" } : []]);
        await using var command = new NpgsqlCommand($"""
            update {table.Name} t set {set}
            from unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[]) as m (id, fields, pending, again)
            cross join lateral jsonb_populate_record(null::{table.Name}, m.fields::jsonb) r,
            {stage} s
            where t.id = m.id and {match}
            """, connection);
        command.Parameters.Add(new() { Value = merged.Select(entity => entity.Id).ToArray() });
        command.Parameters.Add(new() { Value = merged.Select(entity => entity.Row.Values.ToJsonString()).ToArray() });
        command.Parameters.Add(new()
        {
            Value = merged.Select(entity => entity.Row.Pending?.ToJsonString()).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        command.Parameters.Add(new() { Value = merged.Select(entity => entity.Row.MustBeReadAgain).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What was sent and is agreed is awaited no longer, whoever read it.</summary>
    internal static async Task ForgetSent(NpgsqlConnection connection, string entity, List<MergedEntity> merged, CancellationToken cancel)
    {
        var agreed = merged.SelectMany(entity => entity.Row.Settled.Where(field => entity.Row.Pending?.ContainsKey(field.Field) != true).Select(field => (entity.Id, field.Field))).ToList();
        if (agreed.Count == 0)
            return;
        await using var command = new NpgsqlCommand(
            "delete from sent_fields f using unnest($2::bigint[], $3::text[]) a (id, field) where f.entity = $1 and f.entity_id = a.id and f.field = a.field", connection);
        command.Parameters.Add(new() { Value = entity });
        command.Parameters.Add(new() { Value = agreed.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = agreed.Select(one => one.Field).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static JsonObject Json(NpgsqlDataReader reader, int column) => (JsonObject)JsonNode.Parse(reader.GetString(column))!;

    private sealed record EditedRow(RuleSubject Subject, JsonObject Local, JsonObject Remote, JsonObject Pending, JsonObject? Sent);
}
