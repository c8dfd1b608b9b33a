using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Rules;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Conflicts;

/// <summary>Reads and writes the rows that conflicts are about, in the caller's transaction.</summary>
internal static class ConflictRows
{
    private static readonly Dictionary<string, (string Table, bool IsDated)> Tables = new()
    {
        ["product"] = ("products", true),
        ["variant"] = ("variants", true),
        ["option"] = ("product_options", true),
        ["media"] = ("media", true),
        ["metafield"] = ("metafields", true),
        ["inventory level"] = ("inventory_levels", true),
        ["collection"] = ("collections", true),
        ["collection source"] = ("collection_sources", true),
        ["collection member"] = ("collection_members", false),
        ["product publication"] = ("product_publications", false),
    };

    /// <summary>
    /// The conflicts with their rows as they are now. Their products are locked first, in the order of ids, as every
    /// change of a product's rows does; then nothing of this moves until the transaction ends.
    /// </summary>
    public static async Task<List<OpenConflict>> Lock(NpgsqlConnection connection, long storeId, IReadOnlyList<long> ids, CancellationToken cancel)
    {
        await using (var hold = new NpgsqlCommand("""
            select from products where id in (select product_id from conflicts where store_id = $1 and id = any($2)) order by id for update
            """, connection))
        {
            hold.Parameters.Add(new() { Value = storeId });
            hold.Parameters.Add(new() { Value = ids.ToArray() });
            await hold.ExecuteNonQueryAsync(cancel);
        }
        await using (var hold = new NpgsqlCommand("""
            select from collections where id in (
                select case c.entity when 'collection' then c.entity_id else (select s.collection_id from collection_sources s where s.id = c.entity_id) end
                from conflicts c where c.store_id = $1 and c.id = any($2) and c.entity in ('collection', 'collection source'))
            order by id for update
            """, connection))
        {
            hold.Parameters.Add(new() { Value = storeId });
            hold.Parameters.Add(new() { Value = ids.ToArray() });
            await hold.ExecuteNonQueryAsync(cancel);
        }
        var rows = new List<ConflictRow>();
        await using (var read = new NpgsqlCommand($"select {ConflictRow.Columns} from {ConflictSql.From} where c.store_id = $1 and c.id = any($2) order by c.id for update of c", connection))
        {
            read.Parameters.Add(new() { Value = storeId });
            read.Parameters.Add(new() { Value = ids.ToArray() });
            await using var reader = await read.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                rows.Add(ConflictRow.Read(reader));
        }
        var open = new List<OpenConflict>();
        foreach (var same in rows.GroupBy(row => row.Entity))
        {
            long[] entities = [.. same.Select(row => row.EntityId).Distinct()];
            var contents = await Contents(connection, same.Key, entities, cancel);
            var sent = await Sent(connection, same.Key, entities, cancel);
            open.AddRange(same.Select(row =>
            {
                var content = contents.GetValueOrDefault(row.EntityId);
                return new OpenConflict(row, RuleSubject.Of(row.EntityId, row.ProductId ?? 0, content ?? []), content, content?["pending"] as JsonObject, sent.Contains((row.EntityId, row.Field)));
            }));
        }
        return open;
    }

    /// <summary>Writes the values and bases that were decided; each person's change raises the row's version.</summary>
    public static async Task Write(NpgsqlConnection connection, IReadOnlyList<FieldWrite> writes, CancellationToken cancel)
    {
        foreach (var same in writes.GroupBy(write => write.Entity))
        {
            var (table, isDated) = Tables[same.Key];
            var rows = same.GroupBy(write => write.EntityId).ToList();
            // Columns that no write names keep their own value: the row is its present content with the new fields laid over it.
            var columns = same.Select(write => write.Field).Distinct().Order(StringComparer.Ordinal).ToList();
            var set = string.Join(", ", [.. columns.Select(column => $"\"{column}\" = r.\"{column}\""), "pending = nullif((coalesce(t.pending, '{}') || w.bases::jsonb) - w.dropped::text[], '{}')",
                .. isDated ? new[] { "version = t.version + 1", "updated_at = now()" } : []]);
            await using var command = new NpgsqlCommand($$"""
                update {{table}} t set {{set}}
                from (select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as u (id, fields, bases, dropped)) w
                join {{table}} present on present.id = w.id
                cross join lateral jsonb_populate_record(present, w.fields::jsonb) r
                where t.id = w.id
                """, connection);
            command.Parameters.Add(new() { Value = rows.Select(row => row.Key).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(row => Object(row.Select(write => (write.Field, write.Value)))).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(row => Object(row.Where(write => write.StaysPending).Select(write => (write.Field, write.Base)))).ToArray() });
            command.Parameters.Add(new()
            {
                Value = rows.Select(row => "{" + string.Join(',', row.Where(write => !write.StaysPending).SelectMany(Keys).Select(key => $"\"{key}\"")) + "}").ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task<Dictionary<long, JsonObject>> Contents(NpgsqlConnection connection, string entity, long[] ids, CancellationToken cancel)
    {
        var contents = new Dictionary<long, JsonObject>();
        if (!Tables.TryGetValue(entity, out var table))
            return contents;
        await using var command = new NpgsqlCommand($"select t.id, to_jsonb(t)::text from {table.Table} t where t.id = any($1) order by t.id for update", connection);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            contents[reader.GetInt64(0)] = (JsonObject)JsonNode.Parse(reader.GetString(1))!;
        return contents;
    }

    private static async Task<HashSet<(long, string)>> Sent(NpgsqlConnection connection, string entity, long[] ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select entity_id, field from sent_fields where entity = $1 and entity_id = any($2)", connection);
        command.Parameters.Add(new() { Value = entity });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sent = new HashSet<(long, string)>();
        while (await reader.ReadAsync(cancel))
            sent.Add((reader.GetInt64(0), reader.GetString(1)));
        return sent;
    }

    // How stock was edited, set or added to, is kept beside its base and ends with it.
    private static string[] Keys(FieldWrite write) => write.Field == "available" ? [write.Field, "how"] : [write.Field];

    private static string Object(IEnumerable<(string Field, JsonNode? Value)> fields)
    {
        var content = new JsonObject();
        foreach (var (field, value) in fields)
            content[field] = value?.DeepClone();
        return content.ToJsonString();
    }
}

/// <summary>A field's new value, and the base it is pending on from now; without one it is clean.</summary>
internal readonly record struct FieldWrite(string Entity, long EntityId, string Field, JsonNode? Value, bool StaysPending, JsonNode? Base);
