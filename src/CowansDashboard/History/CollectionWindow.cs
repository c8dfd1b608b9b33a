using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// The time in which a removed collection can be restored. It runs from the moment in which Shopify publishes it nowhere, and
/// remembers what Shopify held then, so that nothing is deleted that somebody has edited there since.
/// </summary>
internal static class CollectionWindow
{
    private const string Pick = "pick", Place = "place", Source = "source", Conflict = "conflict";

    /// <summary>Lets the windows of those collections run that wait for it and that both sides publish nowhere. Under the lock of the collections.</summary>
    public static async Task<int> Start(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        var ready = new List<long>();
        await using (var find = new NpgsqlCommand($"select c.id from {Removed} where {Waits} and c.id = any($1) and {Unpublished}", connection))
        {
            find.Parameters.Add(new() { Value = collections });
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                ready.Add(reader.GetInt64(0));
        }
        if (ready.Count == 0)
            return 0;
        var held = await Held(connection, [.. ready], cancel);
        await using var command = new NpgsqlCommand($"""
            update collection_removals r set confirmed_at = now(), ends_at = now() + make_interval(hours => r.hours), confirmed = h.held::jsonb, changed = null, problem = null
            from unnest($1::bigint[], $2::text[]) h (id, held) where r.collection_id = h.id and {Waits}
            """, connection);
        command.Parameters.Add(new() { Value = held.Keys.ToArray() });
        command.Parameters.Add(new() { Value = held.Values.Select(one => one.ToJsonString()).ToArray() });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Removals r of collections c that Shopify has.</summary>
    public const string Removed = "collection_removals r join collections c on c.id = r.collection_id and c.removal is not null and c.shopify_id is not null and c.deleted_at is null";

    /// <summary>The window of removal r does not run yet; one of which nobody remembers how it began begins anew.</summary>
    public const string Waits = "r.closed_at is null and (r.confirmed_at is null or r.confirmed is null)";

    /// <summary>Collection c is published nowhere, and nothing of that is to be sent.</summary>
    public const string Unpublished = "not exists (select from collection_publications o where o.collection_id = c.id)";

    /// <summary>
    /// What Shopify holds of these collections as far as the copy knows, part -> hash: their fields, sources, what was put in or kept
    /// out by hand, places. Who is in them by their conditions, and in which order, moves by itself.
    /// </summary>
    public static async Task<Dictionary<long, JsonObject>> Held(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id,
                (select jsonb_object_agg(e.key, e.value) from jsonb_each(to_jsonb(c) || coalesce(c.pending, '{}')) e
                 where e.key = any('{title,handle,description_html,sort_order,template_suffix,seo_title,seo_description,image_url,image_alt}'))::text,
                (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'title', b.v -> 'title', 'definition', b.v -> 'definition')), '[]')
                 from collection_sources s cross join lateral (select to_jsonb(s) || coalesce(s.pending, '{}')) b (v)
                 where s.collection_id = c.id and s.mark <> 1 and s.gid is not null and (s.deleted_at is null or s.mark = 2))::text,
                array(select o.publication_id from collection_publications o where o.collection_id = c.id and o.mark <> 1),
                (select coalesce(jsonb_object_agg(f.entity || ':' || f.entity_id || ':' || f.field, coalesce(f.shopifys, 'null')), '{}') from conflicts f
                 where f.closed_at is null and f.field not in ('removal', 'deleted', 'member_order') and (f.entity = 'collection' and f.entity_id = c.id
                    or f.entity = 'collection source' and f.entity_id in (select s.id from collection_sources s where s.collection_id = c.id)))::text
            from collections c where c.id = any($1)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = collections });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var held = new Dictionary<long, JsonObject>();
        while (await reader.ReadAsync(cancel))
            held[reader.GetInt64(0)] = Parts((JsonObject)JsonNode.Parse(reader.GetString(1))!, (JsonArray)JsonNode.Parse(reader.GetString(2))!, reader.GetFieldValue<long[]>(3),
                (JsonObject)JsonNode.Parse(reader.GetString(4))!);
        return held;
    }

    /// <summary>
    /// What of a collection is no longer as it was when its window began, in words. What was put in by hand and is no longer there
    /// says nothing: products are deleted, and taken out on their own pages. Pure.
    /// </summary>
    public static IReadOnlyList<string> Changed(JsonObject then, JsonObject now)
    {
        string[] parts = [.. then.Select(part => part.Key).Union(now.Select(part => part.Key))
            .Where(part => (string?)then[part] != (string?)now[part] && (Kind(part) != Pick || now.ContainsKey(part)))];
        var fields = parts.Where(part => Kind(part) is null).Select(part => CatalogueFields.LabelOf(CatalogueFields.Collection, part).ToLowerInvariant());
        var rows = parts.Where(part => Kind(part) is not null).CountBy(part => Kind(part)!).Select(kind => Said(kind.Key, kind.Value));
        return [.. fields.Concat(rows)];
    }

    private static string? Kind(string part) => part.IndexOf(':', StringComparison.Ordinal) is > 0 and var at ? part[..at] : null;

    private static string Said(string kind, int count) => string.Create(CultureInfo.InvariantCulture, $"{(kind == Place ? "published on " : "")}{count:#,0} {(kind, count) switch
    {
        (Conflict, 1) => "field in conflict",
        (Conflict, _) => "fields in conflict",
        (Pick, 1) => "product chosen by hand",
        (Pick, _) => "products chosen by hand",
        (_, 1) => kind,
        _ => kind + "s",
    }}");

    private static JsonObject Parts(JsonObject fields, JsonArray sources, long[] places, JsonObject conflicts)
    {
        var parts = new JsonObject();
        foreach (var (field, value) in fields)
            parts[field] = Hash(value?.ToJsonString() ?? "null");
        foreach (var source in sources.OfType<JsonObject>())
        {
            var id = $"{source["id"]}";
            var definition = source["definition"]?.DeepClone();
            foreach (var side in (string[])["inclusion", "exclusion"])
                if (definition is JsonObject given && given[side] is JsonObject of && of["selections"] is JsonArray selections)
                {
                    foreach (var one in selections)
                        parts[$"{Pick}:{id}:{side}:{Hash(one?.ToJsonString() ?? "")}"] = "";
                    of.Remove("selections");
                }
            parts[$"{Source}:{id}"] = Hash($"{source["title"]}\n{SourceMeaning.Of(definition)}");
        }
        foreach (var place in places)
            parts[$"{Place}:{place.ToString(CultureInfo.InvariantCulture)}"] = "";
        foreach (var (field, value) in conflicts)
            parts[$"{Conflict}:{field}"] = Hash(value?.ToJsonString() ?? "null");
        return parts;
    }

    private static string Hash(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 12));
}
