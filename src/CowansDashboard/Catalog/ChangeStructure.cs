using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>
/// Changes what hangs on a product, and fields along with it, in one change set: variants and options added, removed and
/// ordered, files attached and detached, metafields, places where it is sold, collections.
/// </summary>
public sealed class ChangeStructure(NpgsqlDataSource database, SaveChangeSet saving)
{
    private const int MostAttempts = 4;

    public async Task<SaveOutcome> Change(
        ChangeSetHead head, long productId, IReadOnlyList<StructureChange> changes, IReadOnlyList<FieldEdit> edits, CancellationToken cancel)
    {
        long[] files = [.. changes.OfType<StructureChange.AttachMedia>().SelectMany(attach => attach.MediaIds).Distinct()];
        for (var attempt = 1; ; attempt++)
        {
            if (await ProductShape.Read(database, head.StoreId, productId, files, cancel) is not { } shape)
                return new SaveOutcome.Refused([new EditProblem("product", productId, "id", null, "This product is no longer here.")]);
            var (wanted, problems) = new PlanStructure(shape).Plan(changes);
            if (problems.Count > 0)
                return new SaveOutcome.Refused(problems);
            var outcome = await saving.Save(head, wanted with { Fields = [.. wanted.Fields, .. edits] }, StaleMeans.Refuse, cancel);
            // The rows were read before they were held: what came in between is planned for once more. What the person saw is not.
            if (outcome is SaveOutcome.Stale stale && attempt < MostAttempts
                && stale.Fields.All(field => !edits.Any(edit => (edit.Entity, edit.EntityId, edit.Field) == (field.Entity, field.EntityId, field.Field))))
                continue;
            return outcome;
        }
    }
}
