using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Products put in or taken out by hand, and places where it shall be published or no more; ids of the copy.</summary>
public sealed record CollectionPairs
{
    public IReadOnlyList<long> ProductsIn { get; init; } = [];
    public IReadOnlyList<long> ProductsOut { get; init; } = [];
    public IReadOnlyList<long> PlacesOn { get; init; } = [];
    public IReadOnlyList<long> PlacesOff { get; init; } = [];
}

public abstract record PlannedCollectionChange
{
    private PlannedCollectionChange()
    {
    }

    public sealed record Planned(WantedChanges Wanted) : PlannedCollectionChange;

    public sealed record Refused(IReadOnlyList<EditProblem> Problems) : PlannedCollectionChange;
}

/// <summary>Says what a save must do so that a collection becomes what somebody asks for, whatever it holds now; changes nothing.</summary>
public sealed class PlanCollectionChange(NpgsqlDataSource database)
{
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<PlannedCollectionChange?> Plan(long storeId, long collectionId, CollectionChange change, CollectionPairs pairs, CancellationToken cancel)
    {
        var (collection, sources) = await Rows(storeId, collectionId, cancel);
        if (collection is null)
            return null;
        var fields = change.Fields.Select(field => new FieldEdit(CatalogueFields.Collection, collectionId, field.Key, field.Key == MemberOrder.Field ? null : collection[field.Key]?.DeepClone(), field.Value?.DeepClone())).ToList();
        var (added, removed, problems, key) = (new List<NewRow>(), new List<RowRef>(), new List<EditProblem>(), 0L);
        await using (var connection = await database.OpenConnectionAsync(cancel))
            foreach (var wanted in change.Sources)
            {
                var known = wanted.Id is { } id ? sources.GetValueOrDefault(id) : null;
                if (wanted.Id is { } named && known is null)
                {
                    problems.Add(new(CatalogueFields.Source, named, "id", null, "The collection has no such source."));
                    continue;
                }
                if (wanted.IsRemoved && known is not null)
                {
                    removed.Add(new(CatalogueFields.Source, wanted.Id!.Value));
                    continue;
                }
                var (type, definition, problem) = wanted.Holds is null ? (SourceChecks.ByConditions, [], null) : await wanted.Holds.Written(connection, storeId, cancel);
                var at = wanted.Id ?? --key;
                if (problem is not null)
                    problems.Add(new(CatalogueFields.Source, at, "definition", null, problem));
                if (known is null)
                {
                    added.Add(new(CatalogueFields.Source, at, new JsonObject
                    {
                        ["collection_id"] = collectionId, ["position"] = sources.Count - removed.Count + added.Count + 1, ["source_type"] = type, ["title"] = wanted.Title ?? "", ["definition"] = definition.DeepClone(),
                    }));
                    continue;
                }
                if (wanted.Title is { } title)
                    fields.Add(new(CatalogueFields.Source, at, "title", known["title"]?.DeepClone(), title));
                if (wanted.Holds is not null && (string?)known["source_type"] != type)
                    problems.Add(new(CatalogueFields.Source, at, "definition", null, "A source keeps its kind: remove it and add another one."));
                else if (wanted.Holds is not null)
                    fields.Add(new(CatalogueFields.Source, at, "definition", known["definition"]?.DeepClone(), definition.DeepClone()));
            }
        added.AddRange(pairs.ProductsIn.Distinct().Select((product, i) => new NewRow(CatalogueFields.Member, --key, new JsonObject { ["collection_id"] = collectionId, ["product_id"] = product, ["position"] = Behind + i })));
        added.AddRange(pairs.PlacesOn.Distinct().Select(place => new NewRow(CatalogueFields.CollectionPublication, --key, new JsonObject { ["publication_id"] = place, ["collection_id"] = collectionId })));
        removed.AddRange(await Going(storeId, collectionId, pairs, cancel));
        return problems.Count > 0 ? new PlannedCollectionChange.Refused(problems) : new PlannedCollectionChange.Planned(new WantedChanges
        {
            Fields = fields,
            Added = added,
            Removed = removed,
            CollectionVersions = change.Version is { } version ? new Dictionary<long, int> { [collectionId] = version } : new Dictionary<long, int>(),
        });
    }

    // Shopify says where they stand.
    private const int Behind = 1_000_000;

    private async Task<List<RowRef>> Going(long storeId, long collectionId, CollectionPairs pairs, CancellationToken cancel)
    {
        if (pairs.ProductsOut.Count + pairs.PlacesOff.Count == 0)
            return [];
        await using var command = database.CreateCommand("""
            select 'collection member', id from collection_members where store_id = $1 and collection_id = $2 and product_id = any($3) and mark <> 2
            union all select 'collection publication', id from collection_publications where store_id = $1 and collection_id = $2 and publication_id = any($4) and mark <> 2
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        command.Parameters.Add(new() { Value = pairs.ProductsOut.ToArray() });
        command.Parameters.Add(new() { Value = pairs.PlacesOff.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var going = new List<RowRef>();
        while (await reader.ReadAsync(cancel))
            going.Add(new(reader.GetString(0), reader.GetInt64(1)));
        return going;
    }

    private async Task<(JsonObject? Collection, Dictionary<long, JsonObject> Sources)> Rows(long storeId, long collectionId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select 0, to_jsonb(c)::text from collections c where c.store_id = $1 and c.id = $2 and c.deleted_at is null
            union all select s.id, to_jsonb(s)::text from collection_sources s where s.store_id = $1 and s.collection_id = $2 and s.deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        var rows = new Dictionary<long, JsonObject>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows[reader.GetInt64(0)] = (JsonObject)JsonNode.Parse(reader.GetString(1))!;
        return rows.Remove(0, out var collection) ? (collection, rows) : (null, rows);
    }
}
