using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Reads the sources of all collections by page: their selections are no nodes, so no bulk query can read them.
/// A source is kept as Shopify returns it, with all of its selections.
/// </summary>
public sealed class PullSources(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    public async Task Pull(CancellationToken cancel)
    {
        for (string? after = null; ;)
        {
            await run.CheckFence(cancel);
            await using var next = database.CreateCommand("select nextval('tickets')");
            var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
            var page = (await admin.Send(Queries.CollectionsPage(after).AsRaw(), Lane.Background, cancel)).Data.GetProperty("collections");
            await Take(page.GetProperty("nodes").EnumerateArray(), ticket, cancel);
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                return;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }
    }

    /// <summary>The sources of collections that were read with them, under the ticket of that read.</summary>
    public async Task Take(IEnumerable<JsonElement> nodes, long ticket, CancellationToken cancel)
    {
        var collections = new List<(long Id, List<JsonObject> Sources)>();
        foreach (var collection in nodes)
            if (collection.ValueKind == JsonValueKind.Object)
                collections.Add((ShopifyId.Parse(collection.GetProperty("id").GetString()!).Number, await Sources(collection, cancel)));
        await Write(collections, ticket, cancel);
    }

    private async Task<List<JsonObject>> Sources(JsonElement collection, CancellationToken cancel)
    {
        var sources = new List<JsonObject>();
        if (!collection.TryGetProperty("sources", out var list) || list.ValueKind != JsonValueKind.Array)
            return sources;
        foreach (var element in list.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object))
        {
            var source = JsonNode.Parse(JsonMarshal.GetRawUtf8Value(element))!.AsObject();
            foreach (var side in new[] { "inclusion", "exclusion" })
                if (source[side]?["selections"] is JsonObject selections)
                    source[side]!["selections"] = await Selections(source["id"]!.GetValue<string>(), side, selections, cancel);
            sources.Add(source);
        }
        return sources;
    }

    private async Task<JsonArray> Selections(string source, string side, JsonObject page, CancellationToken cancel)
    {
        var all = new JsonArray();
        while (true)
        {
            foreach (var node in page["nodes"]!.AsArray())
                all.Add(node?.DeepClone());
            if (page["pageInfo"]?["hasNextPage"]?.GetValue<bool>() != true)
                return all;
            var after = page["pageInfo"]!["endCursor"]!.GetValue<string>();
            var id = ShopifyId.Parse(source);
            var query = side == "inclusion" ? Queries.InclusionSelections(id, after) : Queries.ExclusionSelections(id, after);
            var answer = (await admin.Send(query.AsRaw(), Lane.Background, cancel)).Data;
            page = Find(JsonNode.Parse(JsonMarshal.GetRawUtf8Value(answer))!.AsObject())
                ?? throw new InvalidOperationException($"Shopify answered without the selections of {source}.");
        }
    }

    // Wherever the document nests it: the one object named selections.
    private static JsonObject? Find(JsonObject answer) => answer["selections"] as JsonObject
        ?? answer.Select(field => field.Value).OfType<JsonObject>().Select(Find).FirstOrDefault(found => found is not null);

    private async Task Write(List<(long Id, List<JsonObject> Sources)> collections, long ticket, CancellationToken cancel)
    {
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
        await using var transaction = await run.Begin(cancel);
        transaction.Count(RunCounter.Conflicts, await MergePendingSources.Merge(transaction.Connection, run.StoreId, run.RunId, ticket, read, cancel));
        await using var command = new NpgsqlCommand("""
            with read as (
                select c.id as collection_id, r.gid, r.position, r.source_type, r.title, r.definition, r.row_hash
                from unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bytea[])
                    as r (collection, gid, position, source_type, title, definition, row_hash)
                join collections c on c.store_id = $1 and c.shopify_id = r.collection),
            gone as (
                update collection_sources s set deleted_at = now(), updated_at = now(), ticket = $2
                from collections c
                where c.store_id = $1 and c.shopify_id = any($10) and s.collection_id = c.id and s.gid is not null and s.deleted_at is null
                    and s.ticket < $2 and s.mark <> 1 and not exists (select from read r where r.collection_id = c.id and r.gid = s.gid))
            insert into collection_sources as kept (store_id, collection_id, gid, position, source_type, title, definition, row_hash, ticket)
            select $1, collection_id, gid, position, source_type, title, definition::jsonb, row_hash, $2 from read
            on conflict (collection_id, gid) where gid is not null do update set
                position = excluded.position, source_type = excluded.source_type, title = excluded.title, definition = excluded.definition,
                row_hash = excluded.row_hash, ticket = excluded.ticket, updated_at = now(),
                deleted_at = case when kept.mark = 2 then kept.deleted_at end
            where kept.ticket < $2 and kept.pending is null and (kept.row_hash is distinct from excluded.row_hash or kept.deleted_at is not null and kept.mark <> 2)
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = read.Collections });
        command.Parameters.Add(new() { Value = read.Gids });
        command.Parameters.Add(new() { Value = read.Positions });
        command.Parameters.Add(new() { Value = read.Types });
        command.Parameters.Add(new() { Value = read.Titles });
        command.Parameters.Add(new() { Value = read.Definitions });
        command.Parameters.Add(new() { Value = read.Hashes });
        command.Parameters.Add(new() { Value = collections.Select(collection => collection.Id).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
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
