using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>What is wrong with wanted collections beyond each value by itself: handles that others have, sources that cannot be. Under the lock of the collections.</summary>
internal static class CheckCollections
{
    public static async Task<List<EditProblem>> Find(NpgsqlConnection connection, ChangeSetHead head, WantedChanges wanted, bool bringsBack, CancellationToken cancel)
    {
        var problems = await Handles(connection, head.StoreId, wanted, cancel);
        if (!bringsBack)
            problems.AddRange(await Sources(connection, head.StoreId, wanted, cancel));
        return problems;
    }

    private static async Task<List<EditProblem>> Handles(NpgsqlConnection connection, long storeId, WantedChanges wanted, CancellationToken cancel)
    {
        var handles = wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Collection, Field: "handle" }).Select(edit => (Id: edit.EntityId, Handle: Text(edit.New)))
            .Concat(wanted.Added.Where(row => row.Entity == CatalogueFields.Collection).Select(row => (Id: row.Key, Handle: Text(row.Values["handle"]))))
            .Where(each => !string.IsNullOrEmpty(each.Handle) && !each.Handle.Contains('\0')).ToList();
        if (handles.Count == 0)
            return [];
        await using var command = new NpgsqlCommand("""
            select w.id, w.handle, (select o.title from collections o where o.store_id = $1 and o.handle = w.handle and o.id <> w.id and o.deleted_at is null and o.id <> all($2) order by o.id limit 1)
            from unnest($2::bigint[], $3::text[]) w (id, handle)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = handles.Select(each => each.Id).ToArray() });
        command.Parameters.Add(new() { Value = handles.Select(each => each.Handle!).ToArray() });
        var problems = handles.GroupBy(each => each.Handle).Where(same => same.Select(each => each.Id).Distinct().Count() > 1).SelectMany(same => same.Skip(1))
            .Select(each => new EditProblem(CatalogueFields.Collection, each.Id, "handle", each.Handle, $"Two collections would have the handle “{each.Handle}”.")).ToList();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (!reader.IsDBNull(2))
                problems.Add(new(CatalogueFields.Collection, reader.GetInt64(0), "handle", reader.GetString(1), $"“{reader.GetString(2)}” has the handle “{reader.GetString(1)}” already."));
        return problems;
    }

    private static async Task<List<EditProblem>> Sources(NpgsqlConnection connection, long storeId, WantedChanges wanted, CancellationToken cancel)
    {
        var edits = wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Source, Field: "definition", EntityId: > 0 }).ToList();
        var added = wanted.Added.Where(row => row.Entity == CatalogueFields.Source).ToList();
        var back = wanted.Returned.Where(row => row.Entity == CatalogueFields.Source).Select(row => row.EntityId).ToHashSet();
        if (edits.Count + added.Count + back.Count == 0)
            return [];
        long[] collections = [.. added.Select(row => Id(row.Values["collection_id"])).Where(id => id > 0)
            .Concat((await RowsInHand.Collections(connection, storeId, CatalogueEntity.All[CatalogueFields.Source], [.. edits.Select(edit => edit.EntityId).Concat(back)], cancel)).Values.OfType<long>()).Distinct()];
        var after = await Standing(connection, storeId, collections, wanted, back, cancel);
        var problems = new List<EditProblem>();
        var places = after.Index().ToDictionary(each => each.Item.Id, each => each.Index);
        foreach (var edit in edits)
            if (places.TryGetValue(edit.EntityId, out var place))
                after[place] = after[place] with { Definition = edit.New, IsNew = true };
        after.AddRange(added.Select(row => new Source(row.Key, Id(row.Values["collection_id"]), Text(row.Values["source_type"]) ?? SourceChecks.ByConditions, row.Values["definition"] ?? new JsonObject(), true)));

        Nesting? nesting = null;
        foreach (var source in after.Where(source => source.IsNew))
        {
            var problem = SourceChecks.Problem(source.Type, source.Definition);
            // A condition on a tag names no other collection, and most sources are such.
            if (problem is null && (source.Type == SourceChecks.OfCollections || SourceChecks.Named(source.Definition).Any()))
                problem = (nesting ??= new Nesting(after.ToLookup(one => one.Collection), await ShopsCollections(connection, storeId, cancel))).Problem(source);
            if (problem is not null)
                problems.Add(new(CatalogueFields.Source, source.Id, "definition", null, problem));
        }
        foreach (var collection in after.GroupBy(source => source.Collection).Where(of => of.Any(source => source.IsNew)))
        {
            var (count, conditions) = (collection.Count(), collection.Sum(source => SourceChecks.Conditions(source.Definition)));
            if (count > ShopifyLimits.MostSources)
                problems.Add(new(CatalogueFields.Source, collection.Last(source => source.IsNew).Id, "definition", null, string.Create(CultureInfo.InvariantCulture, $"The collection would have {count} sources; Shopify takes at most {ShopifyLimits.MostSources}.")));
            if (conditions > ShopifyLimits.MostConditions)
                problems.Add(new(CatalogueFields.Source, collection.Last(source => source.IsNew).Id, "definition", null,
                    string.Create(CultureInfo.InvariantCulture, $"The collection would have {conditions} conditions; Shopify takes at most {ShopifyLimits.MostConditions}.")));
        }
        return problems;
    }

    private static async Task<List<Source>> Standing(NpgsqlConnection connection, long storeId, long[] collections, WantedChanges wanted, HashSet<long> back, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, collection_id, source_type, definition::text from collection_sources
            where store_id = $1 and collection_id = any($2) and (deleted_at is null or id = any($4)) and id <> all($3) order by position, id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collections });
        command.Parameters.Add(new() { Value = wanted.Removed.Where(row => row.Entity == CatalogueFields.Source).Select(row => row.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = back.ToArray() });
        var sources = new List<Source>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            sources.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), JsonNode.Parse(reader.GetString(3)), back.Contains(reader.GetInt64(0))));
        return sources;
    }

    /// <summary>The collections that sources can name, by Shopify's ids, with what they name themselves.</summary>
    private static async Task<Dictionary<long, Named>> ShopsCollections(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.id, c.shopify_id, c.title, coalesce((select jsonb_agg(s.definition) from collection_sources s where s.collection_id = c.id and s.deleted_at is null
                and (s.definition ? 'collections' or s.definition -> 'exclusion' -> 'conditions' @> '[{"__typename": "CollectionSourceExclusionConditionCollection"}]')), '[]')::text
            from collections c where c.store_id = $1 and c.shopify_id is not null and c.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        var named = new Dictionary<long, Named>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            named[reader.GetInt64(1)] = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), [.. (JsonArray)JsonNode.Parse(reader.GetString(3))!]);
        return named;
    }

    private static string? Text(JsonNode? node) => node?.ToString();

    private static long Id(JsonNode? node) => (long)JsonValues.Number(node);

    private sealed record Source(long Id, long Collection, string Type, JsonNode? Definition, bool IsNew);

    /// <summary>What names what, of the collections in hand as they would be and of the others as they are.</summary>
    private sealed class Nesting(ILookup<long, Source> after, Dictionary<long, Named> shops)
    {
        private readonly Dictionary<long, Named> _byId = shops.Values.ToDictionary(one => one.Id);

        /// <summary>Why a source cannot name the collections that it names: each must be there, not be the collection itself nor lead back to it, and have no sub-collections.</summary>
        public string? Problem(Source source)
        {
            foreach (var shopifyId in SourceChecks.Named(source.Definition))
            {
                if (!shops.TryGetValue(shopifyId, out var named))
                    return "One of the collections that the source names is not in the copy.";
                if (named.Id == source.Collection)
                    return "A collection cannot hold itself.";
                if (Of(named.Id).Any(other => SourceChecks.Collections(other).Any()))
                    return $"“{named.Title}” holds other collections itself; Shopify nests collections one level deep.";
                if (Reaches(source, named.Id, []))
                    return $"“{named.Title}” leads back to this collection: collections cannot hold each other in a circle.";
            }
            return source.Type == SourceChecks.OfCollections && _byId.GetValueOrDefault(source.Collection) is { ShopifyId: var own } && shops.Values.FirstOrDefault(one => one.Id != source.Collection && Of(one.Id).Any(other => SourceChecks.Collections(other).Contains(own))) is { } above
                ? $"This collection is held by “{above.Title}”; Shopify nests collections one level deep." : null;
        }

        private IEnumerable<JsonNode?> Of(long collection) => after.Contains(collection)
            ? after[collection].Select(each => each.Definition)
            : _byId.GetValueOrDefault(collection)?.Definitions ?? [];

        private bool Reaches(Source source, long collection, HashSet<long> seen) => collection == source.Collection
            || seen.Add(collection) && Of(collection).SelectMany(SourceChecks.Named).Any(next => shops.TryGetValue(next, out var one) && Reaches(source, one.Id, seen));
    }

    private sealed record Named(long Id, long ShopifyId, string Title, JsonNode?[] Definitions);
}
