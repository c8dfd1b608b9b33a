using Npgsql;

namespace CowansDashboard.History;

/// <summary>A difference that a person chose to bring back.</summary>
public sealed record ChosenField(string Entity, long EntityId, string Field);

/// <summary>Brings chosen fields and rows of a product back to what they were at a moment, as a change set like any other.</summary>
public sealed class RestoreFields(NpgsqlDataSource database, SaveChangeSet saving)
{
    /// <returns>Null when the store has no such product.</returns>
    public async Task<SaveOutcome?> Restore(ChangeSetHead head, long productId, DateTimeOffset at, IReadOnlyCollection<ChosenField> chosen, CancellationToken cancel)
    {
        if (await new ReadProductAsOf(database).Read(head.StoreId, productId, at, cancel) is not { } then)
            return null;
        var wanted = then.Differences.Where(one => one.CanReturn && chosen.Contains(new ChosenField(one.Entity, one.EntityId, one.Field))).ToList();
        return await saving.Save(head with { Kind = ChangeSetKind.Restore }, new WantedChanges
        {
            Fields = [.. wanted.Where(one => one.Field is not ("created" or "removed")).Select(one => new FieldEdit(one.Entity, one.EntityId, one.Field, one.Now, one.Then))],
            Removed = [.. wanted.Where(one => one.Field == "created").Select(one => new RowRef(one.Entity, one.EntityId))],
            Returned = [.. wanted.Where(one => one.Field == "removed").Select(one => new RowRef(one.Entity, one.EntityId))],
        }, StaleMeans.Refuse, cancel);
    }
}
