using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>A source of a collection as it was at a moment.</summary>
public sealed record SourceThen(long Id, string Title, JsonNode? Definition);

/// <summary>What a collection was at a moment: fields, who belonged, where it was published.</summary>
public sealed record CollectionAsOf(long Id, DateTimeOffset At, DateTimeOffset KnownSince, JsonObject Then, IReadOnlyList<AsOfDifference> Differences)
    : AsOf(Id, At, KnownSince, Then, Differences)
{
    public required IReadOnlyList<SourceThen> Sources { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<string> Places { get; init; }
}

/// <summary>Reads a collection as it was: its rows as they are, with every change since taken back.</summary>
public sealed class ReadCollectionAsOf(NpgsqlDataSource database)
{
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<CollectionAsOf?> Read(long storeId, long collectionId, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var collection = new NpgsqlCommand($"""
            select t.created_at, (to_jsonb(t) || jsonb_build_object('{MemberOrder.Field}', {MemberOrder.Sql}))::text,
                coalesce((select jsonb_agg(to_jsonb(s) order by s.position, s.id) from collection_sources s where s.collection_id = t.id and s.deleted_at is null and s.mark <> 2), '[]')::text,
                coalesce((select jsonb_object_agg(b.id, b.title) from publications b where b.store_id = t.store_id), '{"{}"}')::text,
                array(select p.publication_id from collection_publications p where p.collection_id = t.id and p.mark <> 2)
            from collections t where t.store_id = $1 and t.id = $2
            """, connection);
        collection.Parameters.Add(new() { Value = storeId });
        collection.Parameters.Add(new() { Value = collectionId });
        DateTimeOffset since;
        JsonObject now, places;
        JsonArray sources;
        HashSet<long> published;
        await using (var reader = await collection.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            (since, now, sources, places, published) = (reader.GetFieldValue<DateTimeOffset>(0), (JsonObject)JsonNode.Parse(reader.GetString(1))!,
                (JsonArray)JsonNode.Parse(reader.GetString(2))!, (JsonObject)JsonNode.Parse(reader.GetString(3))!, [.. reader.GetFieldValue<long[]>(4)]);
        }

        string? Place(long id) => (string?)places[id.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        var differences = Told(await AsOf.Since(connection, storeId, "collection_id", collectionId, at, cancel), Place, (string)now["title"]!);
        var then = new JsonObject(CatalogueFields.All.Where(field => field.Entity == CatalogueFields.Collection).Select(field => KeyValuePair.Create(field.Name, now[field.Name]?.DeepClone())));
        foreach (var difference in differences.Where(one => one.Entity == CatalogueFields.Collection && then.ContainsKey(one.Field)))
            then[difference.Field] = difference.Then?.DeepClone();
        foreach (var pair in differences.Where(one => one.Entity == CatalogueFields.CollectionPublication))
            if (pair.Field == "created")
                published.Remove(Side(pair, "publication_id"));
            else
                published.Add(Side(pair, "publication_id"));
        return new CollectionAsOf(collectionId, at, since, then, differences)
        {
            Sources = Then(sources, differences),
            Places = [.. published.Select(Place).OfType<string>().Order(StringComparer.CurrentCulture)],
        };
    }

    /// <summary>What a person calls each; who went and came back by another row is where it was, and an order that says the same is the same.</summary>
    private static List<AsOfDifference> Told(List<AsOfDifference> all, Func<long, string?> place, string title)
    {
        static bool IsPair(AsOfDifference one) => one is { Entity: CatalogueFields.Member or CatalogueFields.CollectionPublication, Field: "created" or "removed" };
        static long Other(AsOfDifference one) => Side(one, one.Entity == CatalogueFields.Member ? "product_id" : "publication_id");
        var back = all.Where(IsPair).GroupBy(one => (one.Entity, Other(one))).Where(rows => rows.Key.Item2 != 0 && rows.Select(row => row.Field).Distinct().Count() > 1).SelectMany(rows => rows).ToHashSet();
        return
        [
            .. from one in all
               where !back.Contains(one) && (one.Entity != CatalogueFields.Member || IsPair(one))
                   && (one.Field is "created" or "removed" || CatalogueFields.Find(one.Entity, one.Field)?.Same(one.Then, one.Now) != true)
               select one.Entity switch
               {
                   CatalogueFields.Collection => one with { RowName = null },
                   CatalogueFields.CollectionPublication => one with { RowName = place(Other(one)) ?? one.RowName },
                   CatalogueFields.Source when one.RowName?.StartsWith(title + ": ", StringComparison.Ordinal) == true => one with { RowName = one.RowName[(title.Length + 2)..] },
                   _ => one,
               },
        ];
    }

    private static List<SourceThen> Then(JsonArray sources, List<AsOfDifference> differences)
    {
        var came = differences.Where(one => one is { Entity: CatalogueFields.Source, Field: "created" }).Select(one => one.EntityId).ToHashSet();
        var fields = differences.Where(one => one.Entity == CatalogueFields.Source && one.Field is not ("created" or "removed")).ToDictionary(one => (one.EntityId, one.Field), one => one.Then);
        JsonNode? Of(long id, string field, JsonNode? now) => fields.TryGetValue((id, field), out var was) ? was : now;
        var living = sources.OfType<JsonObject>().Select(source => (Id: (long)source["id"]!, Row: source)).Where(source => !came.Contains(source.Id));
        var gone = differences.Where(one => one is { Entity: CatalogueFields.Source, Field: "removed", Then: JsonObject }).Select(one => (Id: one.EntityId, Row: (JsonObject)one.Then!));
        return
        [
            .. living.Concat(gone).OrderBy(source => JsonValues.Number(Of(source.Id, "position", source.Row["position"]))).ThenBy(source => source.Id)
                .Select(source => new SourceThen(source.Id, Of(source.Id, "title", source.Row["title"])?.ToString() ?? "", Of(source.Id, "definition", source.Row["definition"])?.DeepClone())),
        ];
    }

    private static long Side(AsOfDifference pair, string column) => ((pair.Field == "created" ? pair.Now : pair.Then) as JsonObject)?[column] is { } id ? (long)JsonValues.Number(id) : 0;
}
