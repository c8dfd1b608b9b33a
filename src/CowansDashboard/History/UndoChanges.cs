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
        return await Title(scope, cancel) is not { } title
            ? null
            : await Undo(scope, new ChangeSetHead(scope.StoreId, ChangeSetKind.Undo, title.StartsWith("Undo: ", StringComparison.Ordinal) ? $"Redo: {title[6..]}" : $"Undo: {title}",
                reason, byId, byName, Undoes: scope.ChangeSetId), cancel);
    }

    /// <summary>The same, under a name that says what it is to people, as bringing a deleted product back.</summary>
    public async Task<SaveOutcome> Undo(UndoScope scope, ChangeSetHead head, CancellationToken cancel)
    {
        var changes = await UndoneChange.Read(database, scope, cancel);
        var saved = new SaveOutcome.Saved(0, 0, 0);
        foreach (var batch in Batches(changes))
        {
            var outcome = await saving.Committed(connection => Back(connection, saved.ChangeSetId, head, scope, batch, cancel), cancel);
            if (outcome is not SaveOutcome.Saved more)
                return outcome;
            saved = saved.And(more);
        }
        return saved;
    }

    /// <summary>Taking back and noting it are one: whoever takes the same back at this moment finds it done.</summary>
    private static async Task<SaveOutcome> Back(NpgsqlConnection connection, long changeSetId, ChangeSetHead head, UndoScope scope, List<UndoneChange> batch, CancellationToken cancel)
    {
        var standing = await Standing(connection, batch, cancel);
        List<UndoneChange> changes = [.. batch.Where(change => change.Ids.All(standing.Contains))];
        var existing = await Existing(connection, scope.StoreId, changes, cancel);
        var staying = await Staying(connection, changes, cancel);
        var wanted = new WantedChanges
        {
            Fields = [.. changes.Where(change => CatalogueFields.Find(change.Entity, change.Field) is not null).Select(change => change.Edit)],
            Removed = [.. changes.Where(change => change.Field == "created" && !UndoneChange.BelongsTo(staying, change)).Select(Row)],
            Returned = [.. changes.Where(change => change.Field == "removed").Select(Row).Where(existing.Contains)],
            Added = [.. changes.Where(change => change.Field == "removed" && !existing.Contains(Row(change)))
                .Select((change, i) => new NewRow(change.Entity, -1 - i, (JsonObject)change.Before!.DeepClone()))],
        };
        var outcome = await SaveWithin.Save(connection, changeSetId, head, wanted, StaleMeans.Skip, cancel);
        if (outcome is SaveOutcome.Saved { ChangeSetId: > 0 } saved)
            await Note(connection, scope, saved.ChangeSetId, changes, cancel);
        return outcome;
    }

    /// <summary>Rows come and go all at once; fields return a thousand products at a time.</summary>
    private static List<List<UndoneChange>> Batches(List<UndoneChange> changes) =>
        changes.Count <= SaveChangeSet.ProductsAtOnce || changes.Any(change => change.Field is "created" or "removed")
            ? [changes]
            : [.. changes.GroupBy(change => change.ProductId ?? 0).OrderBy(product => product.Key)
                .Chunk(SaveChangeSet.ProductsAtOnce).Select(chunk => chunk.SelectMany(product => product).ToList())];

    /// <summary>The changes that nobody has taken back meanwhile, held until this is written.</summary>
    private static async Task<HashSet<long>> Standing(NpgsqlConnection connection, List<UndoneChange> changes, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id from changes where id = any($1) and undone_by is null order by id for no key update", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = changes.SelectMany(change => change.Ids).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var standing = new HashSet<long>();
        while (await reader.ReadAsync(cancel))
            standing.Add(reader.GetInt64(0));
        return standing;
    }

    /// <summary>Products and collections that were made here and are in Shopify by now: they are deleted with a window and not by an undo, and keep all that was made with them.</summary>
    private static async Task<HashSet<RowRef>> Staying(NpgsqlConnection connection, List<UndoneChange> changes, CancellationToken cancel)
    {
        var staying = new HashSet<RowRef>();
        foreach (var made in changes.Where(change => change.MadeAnOwner).GroupBy(change => change.Entity))
        {
            await using var command = new NpgsqlCommand(
                $"select coalesce(array_agg(id), '{"{}"}') from {CatalogueEntity.All[made.Key].Table} where id = any($1) and mark <> 1 and deleted_at is null", connection);
            command.Parameters.Add(new() { Value = made.Select(change => change.EntityId).ToArray() });
            staying.UnionWith(((long[])(await command.ExecuteScalarAsync(cancel))!).Select(id => new RowRef(made.Key, id)));
        }
        return staying;
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
    private static async Task<HashSet<RowRef>> Existing(NpgsqlConnection connection, long storeId, List<UndoneChange> changes, CancellationToken cancel)
    {
        var existing = new HashSet<RowRef>();
        foreach (var ofEntity in changes.Where(change => change.Field == "removed").GroupBy(change => change.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                existing.UnionWith((await RowsInHand.Products(connection, storeId, entity, [.. ofEntity.Select(change => change.EntityId)], cancel)).Keys.Select(id => new RowRef(entity.Name, id)));
        return existing;
    }

    /// <summary>Notes which changes were taken back; what they had taken back themselves counts again.</summary>
    private static async Task Note(NpgsqlConnection connection, UndoScope scope, long undo, List<UndoneChange> changes, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
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
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = changes.SelectMany(change => change.Ids).ToArray() });
        command.Parameters.Add(new() { Value = undo });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
