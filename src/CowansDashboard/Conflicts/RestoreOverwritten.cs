using CowansDashboard.History;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Brings back what a push wrote over in Shopify: one change set of edits like any other, which wait for the next push
/// and can be taken back.
/// </summary>
public sealed class RestoreOverwritten(SaveChangeSet saving)
{
    public async Task<ResolveOutcome> Restore(long storeId, IReadOnlyList<long> conflicts, ResolvedBy by, CancellationToken cancel)
    {
        var head = new ChangeSetHead(storeId, ChangeSetKind.Restore, "Overwritten values restored", null, by.Id, by.Name);
        var (left, saved) = (new List<LeftConflict>(), new SaveOutcome.Saved(0, 0, 0));
        long[] products = [];
        await saving.Committed(async connection =>
        {
            left.Clear();
            var rows = await ConflictRows.Lock(connection, storeId, [.. conflicts.Distinct()], cancel);
            var lost = rows.Where(row => WhyNot(row) is null).DistinctBy(row => (row.Row.Entity, row.Row.EntityId, row.Row.Field)).ToList();
            left.AddRange(rows.Where(row => WhyNot(row) is not null).Select(row => Left(row, WhyNot(row)!)));
            List<FieldEdit> edits = [.. lost.Select(row => new FieldEdit(row.Row.Entity, row.Row.EntityId, row.Row.Field, row.Local![row.Row.Field], row.Row.Shopifys))];
            var outcome = await SaveWithin.Save(connection, 0, head, new WantedChanges { Fields = edits }, StaleMeans.Skip, cancel);
            saved = outcome as SaveOutcome.Saved ?? saved;
            var kept = saved.NotSaved.ToLookup(problem => (problem.Entity, problem.EntityId, problem.Field), problem => problem.Sentence);
            left.AddRange(lost.Select(row => (row, why: kept[(row.Row.Entity, row.Row.EntityId, row.Row.Field)].FirstOrDefault())).Where(one => one.why is not null).Select(one => Left(one.row, one.why!)));
            products = [.. lost.Where(row => !kept[(row.Row.Entity, row.Row.EntityId, row.Row.Field)].Any()).Select(row => row.Row.ProductId).OfType<long>().Distinct()];
            return outcome;
        }, cancel);
        return new(saved.ChangeSetId == 0 ? null : saved.ChangeSetId, saved.Fields, products.Length, left);
    }

    private static string? WhyNot(OpenConflict conflict) =>
        conflict.Row.End?.As != "overwritten" ? "Nothing of it was overwritten."
            : conflict.Local is null || conflict.Local["deleted_at"] is not null ? "Its row is gone."
            : FieldValues.SameOf(conflict.Row.Field)(conflict.Local[conflict.Row.Field], conflict.Row.Shopifys) ? "The field holds this value already."
            : null;

    private static LeftConflict Left(OpenConflict conflict, string why) => new(conflict.Row.Id, conflict.Row.Title, conflict.Row.Field, why);
}
