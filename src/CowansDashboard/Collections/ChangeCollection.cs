using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>What shall change of a collection: columns by name, sources, and the order of its products; only what is named changes.</summary>
public sealed record CollectionChange(JsonObject Fields)
{
    public IReadOnlyList<SourceChange> Sources { get; init; } = [];

    /// <summary>The version that it must still have; null takes it as it is.</summary>
    public int? Version { get; init; }
}

/// <summary>A source to be changed, made (without an id) or removed.</summary>
public sealed record SourceChange(long? Id, string? Title, WantedSource? Holds, bool IsRemoved);

/// <summary>Changes fields and sources of a collection, whatever they hold now; whoever must know that nobody came in between names the version.</summary>
public sealed class ChangeCollection(NpgsqlDataSource database, SaveChangeSet saving)
{
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<SaveOutcome?> Change(ChangeSetHead head, long collectionId, CollectionChange change, CancellationToken cancel)
    {
        var (collection, sources) = await Rows(head.StoreId, collectionId, cancel);
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
                var (type, definition, problem) = wanted.Holds is null ? (SourceChecks.ByConditions, [], null) : await wanted.Holds.Written(connection, head.StoreId, cancel);
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
        return problems.Count > 0 ? new SaveOutcome.Refused(problems) : await saving.Save(head, new WantedChanges
        {
            Fields = fields,
            Added = added,
            Removed = removed,
            CollectionVersions = change.Version is { } version ? new Dictionary<long, int> { [collectionId] = version } : new Dictionary<long, int>(),
        }, StaleMeans.Refuse, cancel);
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
