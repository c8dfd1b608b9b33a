using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Recognises in what Shopify shows the collection and the sources that exist here only: they get Shopify's id and are new no longer.
/// One that a webhook or a pull has brought as a stranger before the answer was kept gives way. Edits made after they were sent wait.
/// </summary>
public static class AdoptCollection
{
    public static async Task Itself(NpgsqlConnection connection, long storeId, long collection, long shopifyId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with stranger as (
                delete from collections o where o.store_id = $1 and o.shopify_id = $3 and o.id <> $2 and o.mark = 0 and o.pending is null returning o.id),
            sources as (delete from collection_sources s using stranger where s.collection_id = stranger.id),
            places as (delete from collection_publications s using stranger where s.collection_id = stranger.id),
            members as (delete from collection_members s using stranger where s.collection_id = stranger.id),
            metas as (delete from metafields s using stranger where s.owner_kind = 'collection' and s.owner_id = stranger.id)
            select count(*) from stranger
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = shopifyId });
        await command.ExecuteScalarAsync(cancel);
        await using var adopt = new NpgsqlCommand("""
            update collections t set shopify_id = $3, mark = case when t.deleted_at is null then 0 else 2 end, row_hash = null, pending = (
                select jsonb_object_agg(f.field, f.value) from sent_fields f
                where f.entity = 'collection' and f.entity_id = t.id and f.field <> 'member_order' and coalesce(to_jsonb(t) -> f.field, 'null') is distinct from coalesce(f.value, 'null'))
            where t.id = $2 and t.mark = 1 and t.shopify_id is null and not exists (select from collections o where o.store_id = $1 and o.shopify_id = $3)
            """, connection);
        adopt.Parameters.Add(new() { Value = storeId });
        adopt.Parameters.Add(new() { Value = collection });
        adopt.Parameters.Add(new() { Value = shopifyId });
        await adopt.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Before the merge: sources that were sent to be made, by what they say, then by their title, then the only one that is left.</summary>
    public static async Task Sources(NpgsqlConnection connection, long collection, List<JsonObject> read, CancellationToken cancel)
    {
        var (sent, known) = await Rows(connection, collection, cancel);
        if (sent.Count == 0)
            return;
        var since = sent.Min(one => one.SentAt);
        // A source that came to the copy after ours was sent may be ours.
        var open = read.Where(source => !known.TryGetValue(Gid(source), out var row) || (row.IsClean && row.CreatedAt >= since)).ToList();
        foreach (var fits in new Func<Sent, JsonObject, bool>[]
        {
            (ours, theirs) => ours.Title == Title(theirs) && SourceMeaning.Same(ours.Definition, theirs),
            (ours, theirs) => SourceMeaning.Same(ours.Definition, theirs),
            (ours, theirs) => ours.Title == Title(theirs),
        })
            foreach (var ours in sent.ToList())
                if (open.Find(theirs => fits(ours, theirs)) is { } theirs)
                {
                    open.Remove(theirs);
                    sent.Remove(ours);
                    if (known.TryGetValue(Gid(theirs), out var stranger))
                        await Execute(connection, "delete from collection_sources where id = $1", stranger.Id, cancel);
                    await Take(connection, ours, Gid(theirs), cancel);
                }
    }

    /// <summary>After the merge: sources that were removed here and are gone there, and where the collection is published. One that is removed here is to be taken from everywhere.</summary>
    public static async Task Complete(
        NpgsqlConnection connection, long storeId, long collection, List<JsonObject> read, long[] places, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with sources as (
                update collection_sources set mark = 0, pending = null, deleted_at = coalesce(deleted_at, now()), updated_at = now(), ticket = greatest(ticket, $5)
                where collection_id = $2 and mark = 2 and not gid = any($3)),
            named as (
                select p.id, case when c.removal is null then 0 else 2 end as mark from publications p join collections c on c.id = $2
                where p.store_id = $1 and p.shopify_id = any($4) and p.deleted_at is null),
            published as (
                update collection_publications t set mark = n.mark, ticket = $5 from named n
                where t.collection_id = $2 and t.publication_id = n.id and (t.mark = 1 or t.mark = 0 and n.mark = 2)),
            seen as (update collections set places_ticket = $5 where id = $2 and places_ticket < $5),
            taken_back as (
                delete from collection_publications t where t.collection_id = $2 and t.mark <> 1 and t.ticket < $5 and not exists (select from named n where n.id = t.publication_id))
            insert into collection_publications (collection_id, publication_id, store_id, ticket, mark) select $2, id, $1, $5, mark from named on conflict (collection_id, publication_id) do nothing
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = read.Select(Gid).ToArray() });
        command.Parameters.Add(new() { Value = places });
        command.Parameters.Add(new() { Value = ticket });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>After the merge: who was put in and is shown, and who was taken out and is shown no longer.</summary>
    public static async Task Members(NpgsqlConnection connection, long storeId, long collection, WholeCollection read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with shown as (select p.id from products p where p.store_id = $1 and p.shopify_id = any($3)),
            arrived as (update collection_members t set mark = 0 from shown s where t.collection_id = $2 and t.mark = 1 and t.product_id = s.id)
            delete from collection_members t where t.collection_id = $2 and t.mark = 2 and $4 and not exists (select from shown s where s.id = t.product_id)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = read.Members.ToArray() });
        command.Parameters.Add(new() { Value = read.IsWhole });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Our ids of the products that are to be put in or taken out.</summary>
    public static async Task<long[]> WaitingMembers(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select coalesce(array_agg(product_id order by product_id), '{}') from collection_members where collection_id = $1 and mark <> 0", connection);
        command.Parameters.Add(new() { Value = collection });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Shopify has it no longer: nothing of it is to be removed or taken back there.</summary>
    public static async Task Gone(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await Execute(connection, "update collections set mark = 0, deleted_at = coalesce(deleted_at, now()) where id = $1 and mark = 2", collection, cancel);
        await Execute(connection, "update collection_sources set mark = 0, deleted_at = coalesce(deleted_at, now()) where collection_id = $1 and mark = 2", collection, cancel);
        await Execute(connection, "delete from collection_publications where collection_id = $1", collection, cancel);
    }

    private static async Task Take(NpgsqlConnection connection, Sent ours, string gid, CancellationToken cancel)
    {
        var pending = new JsonObject();
        if (ours.LocalTitle != ours.Title)
            pending["title"] = ours.Title;
        if (!SourceMeaning.Same(ours.LocalDefinition, ours.Definition))
            pending["definition"] = ours.Definition?.DeepClone();
        await using var command = new NpgsqlCommand("""
            update collection_sources set gid = $2, mark = case when deleted_at is null then 0 else 2 end, row_hash = null, pending = nullif($3::jsonb, '{}') where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = ours.Id });
        command.Parameters.Add(new() { Value = gid });
        command.Parameters.Add(new() { Value = pending.ToJsonString(), NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<(List<Sent> Sent, Dictionary<string, Known> Known)> Rows(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select t.id, t.gid, t.mark = 0 and t.pending is null, t.created_at, t.title, t.definition::text, f.value::text, g.value::text, f.sent_at
            from collection_sources t
            left join sent_fields f on f.entity = 'collection source' and f.entity_id = t.id and f.field = 'definition'
            left join sent_fields g on g.entity = 'collection source' and g.entity_id = t.id and g.field = 'title'
            where t.collection_id = $1 and (t.gid is not null or t.mark = 1 and f.field is not null) order by t.id
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (sent, known) = (new List<Sent>(), new Dictionary<string, Known>());
        while (await reader.ReadAsync(cancel))
            if (!reader.IsDBNull(1))
                known[reader.GetString(1)] = new Known(reader.GetInt64(0), reader.GetBoolean(2), reader.GetDateTime(3));
            else
                sent.Add(new Sent(reader.GetInt64(0), reader.GetString(4), JsonNode.Parse(reader.GetString(5)),
                    reader.IsDBNull(7) ? "" : (string?)JsonNode.Parse(reader.GetString(7)) ?? "", JsonNode.Parse(reader.GetString(6)), reader.GetDateTime(8)));
        return (sent, known);
    }

    private static string Gid(JsonObject source) => (string)source["id"]!;

    private static string Title(JsonObject source) => (string?)source["title"] ?? "";

    private static async Task Execute(NpgsqlConnection connection, string sql, long id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A source of ours that was sent to be made: as it is here, and as it was sent.</summary>
    private sealed record Sent(long Id, string LocalTitle, JsonNode? LocalDefinition, string Title, JsonNode? Definition, DateTime SentAt);

    private sealed record Known(long Id, bool IsClean, DateTime CreatedAt);
}
