using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Pull;

/// <summary>Sources of collections that were edited here and changed in Shopify: merged field by field, what both changed becomes a conflict.</summary>
public static class MergePendingSources
{
    private static readonly string[] Fields = ["position", "source_type", "title", "definition"];

    /// <summary>Sources as Shopify has them now; the arrays belong together.</summary>
    public sealed record Read(long[] Collections, string[] Gids, int[] Positions, string[] Types, string[] Titles, string[] Definitions, byte[][] Hashes)
    {
        /// <summary>The parameters $1 to $9 of a statement about them.</summary>
        public void AddTo(NpgsqlCommand command, long storeId, long ticket)
        {
            foreach (var value in new object[] { storeId, ticket, Collections, Gids, Positions, Types, Titles, Definitions, Hashes })
                command.Parameters.Add(new() { Value = value });
        }
    }

    public static async Task<int> Merge(NpgsqlConnection connection, long storeId, long? runId, long ticket, Read read, CancellationToken cancel)
    {
        var (merged, hashes) = await Merged(connection, storeId, ticket, read, cancel);
        if (merged.Count == 0)
            return 0;
        await using var command = new NpgsqlCommand("""
            update collection_sources t set position = p.position, source_type = p.source_type, title = p.title, definition = p.definition,
                pending = m.pending::jsonb, row_hash = m.row_hash, ticket = $1, updated_at = now(),
                deleted_at = case when t.mark = 2 then t.deleted_at end
            from unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[]) as m (id, fields, pending, row_hash)
            cross join lateral jsonb_populate_record(null::collection_sources, m.fields::jsonb) p
            where t.id = m.id
            """, connection);
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = merged.Select(entity => entity.Id).ToArray() });
        command.Parameters.Add(new() { Value = merged.Select(entity => entity.Row.Values.ToJsonString()).ToArray() });
        command.Parameters.Add(new()
        {
            Value = merged.Select(entity => entity.Row.Pending?.ToJsonString()).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        command.Parameters.Add(new() { Value = hashes.ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        await RecordConflicts.Record(connection, new ConflictSource(storeId, "collection source", runId), merged, cancel);
        await MergePending.ForgetSent(connection, "collection source", merged, cancel);
        return merged.Sum(entity => entity.Row.Conflicts.Count);
    }

    private static async Task<(List<MergedEntity> Merged, List<byte[]> Hashes)> Merged(
        NpgsqlConnection connection, long storeId, long ticket, Read read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select t.id, to_jsonb(t)::text, t.pending::text, r.row_hash, jsonb_build_object(
                'position', r.position, 'source_type', r.source_type, 'title', r.title, 'definition', r.definition::jsonb)::text,
                (select jsonb_object_agg(f.field, jsonb_build_object('value', f.value, 'confirming', f.confirming))
                 from sent_fields f where f.entity = 'collection source' and f.entity_id = t.id)::text
            from unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bytea[])
                as r (collection, gid, position, source_type, title, definition, row_hash)
            join collections c on c.store_id = $1 and c.shopify_id = r.collection
            join collection_sources t on t.collection_id = c.id and t.gid = r.gid
            where t.pending is not null and t.ticket < $2 and t.row_hash is distinct from r.row_hash
            order by t.id for update of t
            """, connection);
        read.AddTo(command, storeId, ticket);
        var merged = new List<MergedEntity>();
        var hashes = new List<byte[]>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (local, pending, remote) = (Json(reader, 1), Json(reader, 2), Json(reader, 4));
            if (pending["definition"] is JsonObject agreed && local["definition"] is JsonObject ours && remote["definition"] is JsonObject theirs)
                PickedProducts.Merge(ours, agreed, theirs);
            merged.Add(new MergedEntity(reader.GetInt64(0), 0, RowMerge.Merge(local, remote, pending, Fields, [], sent: reader.IsDBNull(5) ? null : Json(reader, 5))));
            hashes.Add(reader.GetFieldValue<byte[]>(3));
        }
        return (merged, hashes);
    }

    private static JsonObject Json(NpgsqlDataReader reader, int column) => (JsonObject)JsonNode.Parse(reader.GetString(column))!;
}
