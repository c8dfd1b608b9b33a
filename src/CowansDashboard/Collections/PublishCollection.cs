using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Publishes a collection at places of the shop, or takes it back from them, with the next push.</summary>
public sealed class PublishCollection(NpgsqlDataSource database, SaveChangeSet saving)
{
    public async Task<SaveOutcome> Publish(ChangeSetHead head, long collectionId, IReadOnlyList<long> publications, CancellationToken cancel)
    {
        var (known, _) = await Known(head.StoreId, collectionId, publications, cancel);
        return publications.FirstOrDefault(id => !known.Contains(id)) is not 0 and var unknown
            ? new SaveOutcome.Refused([new(CatalogueFields.CollectionPublication, 0, "publicationIds", unknown, $"The shop has no place {unknown}.")])
            : await saving.Save(head, new WantedChanges
            {
                Added = [.. publications.Distinct().Select((place, i) => new NewRow(CatalogueFields.CollectionPublication, -1 - i, new JsonObject { ["publication_id"] = place, ["collection_id"] = collectionId }))],
            }, StaleMeans.Refuse, cancel);
    }

    public async Task<SaveOutcome> TakeBack(ChangeSetHead head, long collectionId, IReadOnlyList<long> publications, CancellationToken cancel)
    {
        var (_, rows) = await Known(head.StoreId, collectionId, publications, cancel);
        return await saving.Save(head, new WantedChanges { Removed = [.. rows.Select(id => new RowRef(CatalogueFields.CollectionPublication, id))] }, StaleMeans.Refuse, cancel);
    }

    private async Task<(long[] Places, long[] Rows)> Known(long storeId, long collectionId, IReadOnlyList<long> publications, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select array(select p.id from publications p where p.store_id = $1 and p.id = any($3) and p.deleted_at is null),
                array(select o.id from collection_publications o where o.store_id = $1 and o.collection_id = $2 and o.publication_id = any($3) and o.mark <> 2 order by o.id)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        command.Parameters.Add(new() { Value = publications.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<long[]>(1));
    }
}
