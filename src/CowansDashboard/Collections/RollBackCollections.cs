using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Restores a collection that was removed here, published again where it was: the undo of its part of the change set that removed it.</summary>
public sealed class RollBackCollections(NpgsqlDataSource database, UndoChanges undo)
{
    /// <returns>Null when the collection is not removed, or Shopify has deleted it.</returns>
    public async Task<SaveOutcome?> RollBack(long storeId, long collectionId, string? reason, string? byId, string byName, CancellationToken cancel)
    {
        if (await Removed(storeId, collectionId, cancel) is not var (changeSet, changes, title))
            return null;
        var head = new ChangeSetHead(storeId, ChangeSetKind.Rollback, $"Restored: {title}", string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), byId, byName, Undoes: changeSet);
        return await undo.Undo(new UndoScope(storeId, changeSet) { Changes = changes }, head, cancel) switch
        {
            SaveOutcome.Saved { ChangeSetId: 0, NotSaved: { Count: > 0 } problems } => new SaveOutcome.Refused(problems),
            var outcome => outcome,
        };
    }

    private async Task<(long ChangeSet, long[] Changes, string Title)?> Removed(long storeId, long collectionId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.change_set_id, array(
                select c.id from changes c where c.change_set_id = s.change_set_id and c.collection_id = o.id and c.undone_by is null
                    and (c.entity = 'collection' and c.field in ('removal', 'removed') or c.entity = 'collection publication' and c.field = 'removed')), o.title
            from collections o
            cross join lateral (
                select l.change_set_id from changes l
                where l.entity = 'collection' and l.entity_id = o.id and l.undone_by is null
                    and (o.removal is not null and o.deleted_at is null and l.field = 'removal' or o.mark = 1 and o.deleted_at is not null and l.field = 'removed')
                order by l.id desc limit 1) s
            where o.store_id = $1 and o.id = $2
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetString(2)) : null;
    }
}
