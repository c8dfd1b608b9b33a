using System.Text;
using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Brings the sources of collections into the copy, inside the transaction that the connection holds; those that Shopify no longer names go.</summary>
public sealed class MergeSources(long storeId, long? runId)
{
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, IReadOnlyCollection<(long Id, List<JsonObject> Sources)> collections, long ticket, CancellationToken cancel)
    {
        if (!(await ReadPurpose.Of(connection, storeId, runId, cancel)).TakesIn)
            return new MergeCounts();
        var rows = collections.SelectMany(collection => collection.Sources.Select((source, position) => (collection.Id, source, position))).ToArray();
        var definitions = rows.Select(row => Canonical(row.source)).ToArray();
        var read = new MergePendingSources.Read(
            [.. rows.Select(row => row.Id)],
            [.. rows.Select(row => row.source["id"]!.GetValue<string>())],
            [.. rows.Select(row => row.position + 1)],
            [.. rows.Select(row => row.source["__typename"]?.GetValue<string>() ?? "")],
            [.. rows.Select(row => row.source["title"]?.GetValue<string>() ?? "")],
            [.. definitions.Select(Encoding.UTF8.GetString)],
            [.. definitions.Select((definition, i) => Hash(definition, rows[i].position))]);
        await HoldCollections.HoldOfShopify(connection, storeId, [.. collections.Select(collection => collection.Id)], cancel);
        await RecordChanged(connection, ticket, read, cancel);
        var conflicts = await MergePendingSources.Merge(connection, storeId, runId, ticket, read, cancel);
        await using var command = new NpgsqlCommand("""
            with read as (
                select c.id as collection_id, r.gid, r.position, r.source_type, r.title, r.definition, r.row_hash
                from unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bytea[])
                    as r (collection, gid, position, source_type, title, definition, row_hash)
                join collections c on c.store_id = $1 and c.shopify_id = r.collection),
            gone as (
                update collection_sources s set deleted_at = now(), updated_at = now(), ticket = $2, pending = null, mark = 0
                from collections c
                where c.store_id = $1 and c.shopify_id = any($10) and s.collection_id = c.id and s.gid is not null and (s.deleted_at is null or s.mark = 2)
                    and s.ticket < $2 and s.mark <> 1 and not exists (select from read r where r.collection_id = c.id and r.gid = s.gid)
                returning s.id),
            settled as (
                update conflicts f set closed_at = now(), closed_as = 'deleted' from gone
                where f.entity = 'collection source' and f.entity_id = gone.id and f.closed_at is null),
            kept as (
                insert into collection_sources as kept (store_id, collection_id, gid, position, source_type, title, definition, row_hash, ticket)
                select $1, collection_id, gid, position, source_type, title, definition::jsonb, row_hash, $2 from read
                on conflict (collection_id, gid) where gid is not null do update set
                    position = excluded.position, source_type = excluded.source_type, title = excluded.title, definition = excluded.definition,
                    row_hash = excluded.row_hash, ticket = excluded.ticket, updated_at = now(),
                    deleted_at = case when kept.mark = 2 then kept.deleted_at end
                where kept.ticket < $2 and kept.pending is null and (kept.row_hash is distinct from excluded.row_hash or kept.deleted_at is not null and kept.mark <> 2)
                returning 1)
            select (select count(*) from gone), (select count(*) from kept)
            """, connection);
        read.AddTo(command, storeId, ticket);
        command.Parameters.Add(new() { Value = collections.Select(collection => collection.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new MergeCounts { Conflicts = conflicts, Deleted = reader.GetInt64(0), Updated = reader.GetInt64(1) };
    }

    /// <summary>What Shopify changed of sources that nobody edited here belongs to their history: a title, or what they say.</summary>
    private async Task RecordChanged(NpgsqlConnection connection, long ticket, MergePendingSources.Read read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select t.id, c.id, t.title, r.title, t.definition::text, r.definition
            from unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bytea[])
                as r (collection, gid, position, source_type, title, definition, row_hash)
            join collections c on c.store_id = $1 and c.shopify_id = r.collection
            join collection_sources t on t.collection_id = c.id and t.gid = r.gid
            where t.pending is null and t.deleted_at is null and t.ticket < $2 and t.row_hash is distinct from r.row_hash and t.row_hash is not null
            order by t.id
            """, connection);
        read.AddTo(command, storeId, ticket);
        var changes = new List<ChangeRow>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
            {
                var (before, after) = (JsonNode.Parse(reader.GetString(4)), JsonNode.Parse(reader.GetString(5)));
                if (reader.GetString(2) != reader.GetString(3))
                    changes.Add(new(CatalogueFields.Source, reader.GetInt64(0), null, "title", reader.GetString(2), reader.GetString(3)) { CollectionId = reader.GetInt64(1) });
                if (!SourceMeaning.Same(before, after))
                    changes.Add(new(CatalogueFields.Source, reader.GetInt64(0), null, "definition", before, after) { CollectionId = reader.GetInt64(1) });
            }
        if (changes.Count > 0)
            await RecordChanges.Insert(connection, await OpenRemoteChangeSet.Open(connection, storeId, runId, cancel), storeId, changes, cancel);
    }

    private static byte[] Canonical(JsonObject source)
    {
        var buffer = new CopyBuffer();
        JsonText.Canonical(Encoding.UTF8.GetBytes(source.ToJsonString()), buffer);
        return buffer.Span(0).ToArray();
    }

    private static byte[] Hash(byte[] definition, int position)
    {
        var hash = new byte[16];
        RowHash.Of([.. definition, .. BitConverter.GetBytes(position)]).Write(hash);
        return hash;
    }
}
