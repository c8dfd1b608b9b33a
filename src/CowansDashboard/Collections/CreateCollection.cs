using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>A collection to be made: columns with values, its sources with their titles, and our ids of the places where it shall be published.</summary>
public sealed record NewCollection(JsonObject Fields)
{
    public IReadOnlyList<(string Title, WantedSource Holds)> Sources { get; init; } = [];

    public IReadOnlyList<long> PublicationIds { get; init; } = [];
}

/// <summary>Makes a collection here with its sources and places; a push makes it in Shopify.</summary>
public sealed class CreateCollection(NpgsqlDataSource database, SaveChangeSet saving)
{
    /// <summary>The key that stands for the new collection in what the save reports as created.</summary>
    public const long Key = -1;

    public async Task<SaveOutcome> Create(ChangeSetHead head, NewCollection collection, CancellationToken cancel)
    {
        var key = Key;
        List<NewRow> rows = [new(CatalogueFields.Collection, Key, (JsonObject)collection.Fields.DeepClone())];
        var problems = new List<EditProblem>();
        await using (var connection = await database.OpenConnectionAsync(cancel))
            foreach (var (place, (title, holds)) in collection.Sources.Index())
            {
                var (type, definition, problem) = await holds.Written(connection, head.StoreId, cancel);
                rows.Add(new(CatalogueFields.Source, --key, new JsonObject
                {
                    ["collection_id"] = Key, ["position"] = place + 1, ["source_type"] = type, ["title"] = title, ["definition"] = definition.DeepClone(),
                }));
                if (problem is not null)
                    problems.Add(new(CatalogueFields.Source, key, "definition", null, problem));
            }
        rows.AddRange(collection.PublicationIds.Distinct().Select(place => new NewRow(CatalogueFields.CollectionPublication, --key, new JsonObject { ["publication_id"] = place, ["collection_id"] = Key })));
        return problems.Count > 0 ? new SaveOutcome.Refused(problems) : await saving.Save(head, new WantedChanges { Added = rows }, StaleMeans.Refuse, cancel);
    }
}
