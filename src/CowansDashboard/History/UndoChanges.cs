using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// Takes a change set back, or part of it: each field that still holds what the change set left there returns to what
/// it held before. What was changed later stays and is listed. The undo is a change set of its own, waits for Shopify
/// like any edit, and can be undone.
/// </summary>
public sealed class UndoChanges(NpgsqlDataSource database, SaveChangeSet saving)
{
    /// <returns>Null when the store has no such change set.</returns>
    public async Task<SaveOutcome?> Undo(UndoScope scope, string? byId, string byName, string? reason, CancellationToken cancel)
    {
        if (await Title(scope, cancel) is not { } title)
            return null;
        var changes = await UndoneChange.Read(database, scope, cancel);
        var existing = await Existing(scope.StoreId, changes, cancel);
        var wanted = new WantedChanges
        {
            Fields = [.. changes.Where(change => CatalogueFields.Find(change.Entity, change.Field) is not null).Select(change => change.Edit)],
            Removed = [.. changes.Where(change => change.Field == "created").Select(Row)],
            Returned = [.. changes.Where(change => change.Field == "removed").Select(Row).Where(existing.Contains)],
            Added = [.. changes.Where(change => change.Field == "removed" && !existing.Contains(Row(change)))
                .Select((change, i) => new NewRow(change.Entity, -1 - i, (JsonObject)change.Before!.DeepClone()))],
        };
        var head = new ChangeSetHead(scope.StoreId, ChangeSetKind.Undo, title.StartsWith("Undo: ", StringComparison.Ordinal) ? $"Redo: {title[6..]}" : $"Undo: {title}",
            reason, byId, byName, Undoes: scope.ChangeSetId);
        var outcome = await saving.Save(head, wanted, StaleMeans.Skip, cancel);
        if (outcome is SaveOutcome.Saved { ChangeSetId: > 0 } saved)
            await Note(scope, saved.ChangeSetId, changes, cancel);
        return outcome;
    }

    private static RowRef Row(UndoneChange change) => new(change.Entity, change.EntityId);

    private async Task<string?> Title(UndoScope scope, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select title from change_sets where store_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    /// <summary>Removed rows that can come back as themselves; a membership that is gone altogether is made anew.</summary>
    private async Task<HashSet<RowRef>> Existing(long storeId, List<UndoneChange> changes, CancellationToken cancel)
    {
        var existing = new HashSet<RowRef>();
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var ofEntity in changes.Where(change => change.Field == "removed").GroupBy(change => change.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                existing.UnionWith((await RowsInHand.Products(connection, storeId, entity, [.. ofEntity.Select(change => change.EntityId)], cancel)).Keys.Select(id => new RowRef(entity.Name, id)));
        return existing;
    }

    /// <summary>Notes which changes were taken back; what they had taken back themselves counts again.</summary>
    private async Task Note(UndoScope scope, long undo, List<UndoneChange> changes, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with done as (
                select o.id, o.entity, o.entity_id, o.field from changes o
                where o.id = any($1) and exists (
                    select from changes u where u.change_set_id = $2 and u.entity = o.entity
                        and (u.entity_id = o.entity_id and u.field = case o.field when 'created' then 'removed' when 'removed' then 'created' else o.field end
                            or o.field = 'removed' and u.field = 'created' and u.new = o.old))),
            taken_back as (
                update changes o set undone_by = $2 from done d where o.id = d.id)
            update changes o set undone_by = null
            from done d
            where o.undone_by = $3 and o.entity = d.entity and o.entity_id = d.entity_id and o.change_set_id <> $3
                and o.field = case d.field when 'created' then 'removed' when 'removed' then 'created' else d.field end
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = changes.SelectMany(change => change.Ids).ToArray() });
        command.Parameters.Add(new() { Value = undo });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
