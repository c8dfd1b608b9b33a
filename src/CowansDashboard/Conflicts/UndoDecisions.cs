using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Takes a change set back from the history. What a person or a rule decided of a conflict becomes the open conflict again, where
/// it still stands; everything else is undone as an edit.
/// </summary>
public sealed class UndoDecisions(NpgsqlDataSource database, UndoChanges undo, ReopenConflicts reopen)
{
    /// <returns>Null when the store has no such change set.</returns>
    public async Task<SaveOutcome?> Undo(UndoScope scope, string? byId, string byName, string? reason, CancellationToken cancel)
    {
        if (await Kind(scope, cancel) is not (ChangeSetKind.Conflict or ChangeSetKind.Rule))
            return await undo.Undo(scope, byId, byName, reason, cancel);
        var opened = await reopen.Reopen(scope, new ResolvedBy(byId, byName), cancel);
        var rest = await undo.Undo(scope, byId, byName, reason, cancel);
        return rest is SaveOutcome.Saved saved && opened.ChangeSetId is { } id
            ? saved with { ChangeSetId = saved.ChangeSetId == 0 ? id : saved.ChangeSetId, Entities = saved.Entities + opened.Fields, Fields = saved.Fields + opened.Fields }
            : rest;
    }

    private async Task<string?> Kind(UndoScope scope, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select kind from change_sets where store_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        return await command.ExecuteScalarAsync(cancel) as string;
    }
}
