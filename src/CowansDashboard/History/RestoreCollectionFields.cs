using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Brings chosen fields, sources, places and products of a collection back to what they were at a moment, as a change set like any other.</summary>
public sealed class RestoreCollectionFields(NpgsqlDataSource database, SaveChangeSet saving)
{
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<SaveOutcome?> Restore(ChangeSetHead head, long collectionId, DateTimeOffset at, IReadOnlyCollection<ChosenField> chosen, CancellationToken cancel)
    {
        if (await new ReadCollectionAsOf(database).Read(head.StoreId, collectionId, at, cancel) is not { } then)
            return null;
        var picked = chosen.ToHashSet();
        var wanted = then.Differences.Where(one => one.CanReturn && picked.Contains(new ChosenField(one.Entity, one.EntityId, one.Field))).ToList();
        var sorts = then.Differences.FirstOrDefault(one => one is { Entity: CatalogueFields.Collection, Field: "sort_order" });
        var isByHand = (sorts is null ? then.Then["sort_order"] : wanted.Contains(sorts) ? sorts.Then : sorts.Now)?.ToString() == "MANUAL";
        if (wanted.FirstOrDefault(one => one.Field == MemberOrder.Field) is { } order && !isByHand)
            return new SaveOutcome.Refused([new(order.Entity, order.EntityId, order.Field, null, "The products have an order of their own only while the collection is sorted by hand: bring back how it was sorted too.")]);
        var back = wanted.Where(one => one.Field == "removed").ToList();
        var existing = await Existing(head.StoreId, back, cancel);
        return await saving.Save(head with { Kind = ChangeSetKind.Restore }, new WantedChanges
        {
            Fields = [.. wanted.Where(one => one.Field is not ("created" or "removed")).Select(one => new FieldEdit(one.Entity, one.EntityId, one.Field, one.Now, one.Then))],
            Removed = [.. wanted.Where(one => one.Field == "created").Select(one => new RowRef(one.Entity, one.EntityId))],
            Returned = [.. back.Select(one => new RowRef(one.Entity, one.EntityId)).Where(existing.Contains)],
            Added = [.. back.Where(one => !existing.Contains(new(one.Entity, one.EntityId))).Select((one, i) => new NewRow(one.Entity, -1 - i, New(one)))],
        }, StaleMeans.Refuse, cancel);
    }

    /// <summary>What is gone altogether is made anew of what is known of it.</summary>
    private static JsonObject New(AsOfDifference one) =>
        new(((JsonObject)one.Then!).Where(value => CatalogueEntity.All[one.Entity].NewColumns.ContainsKey(value.Key)).Select(value => KeyValuePair.Create(value.Key, value.Value?.DeepClone())));

    private async Task<HashSet<RowRef>> Existing(long storeId, List<AsOfDifference> back, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var existing = new HashSet<RowRef>();
        foreach (var ofEntity in back.GroupBy(one => one.Entity))
            existing.UnionWith((await RowsInHand.Products(connection, storeId, CatalogueEntity.All[ofEntity.Key], [.. ofEntity.Select(one => one.EntityId)], cancel)).Keys.Select(id => new RowRef(ofEntity.Key, id)));
        return existing;
    }
}
