using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;

namespace CowansDashboard.Collections.Ordering;

/// <summary>Puts a collection in order by its rule, as a change set like any other: it waits for a push and can be undone.</summary>
public sealed class ApplyOrderRule(ReadOrderRule read, SaveChangeSet saving)
{
    public const string Manual = "MANUAL";

    /// <returns>What became of it, with change set 0 where everything stood so already; null when the collection is not there or has no rule.</returns>
    public async Task<SaveOutcome?> Apply(long storeId, long collection, AskedBy by, CancellationToken cancel)
    {
        if (await read.Read(storeId, collection, null, cancel) is not { Rule: { } rule } plan)
            return null;
        List<FieldEdit> edits = [];
        if (plan.SortOrder != Manual)
            edits.Add(new(CatalogueFields.Collection, collection, "sort_order", JsonValue.Create(plan.SortOrder), JsonValue.Create(Manual)));
        if (plan.SortOrder != Manual || plan.Moved > 0)
            edits.Add(new(CatalogueFields.Collection, collection, MemberOrder.Field, OrderPlan.Ids(plan.Now), OrderPlan.Ids(plan.Wanted)));
        if (edits.Count == 0)
            return new SaveOutcome.Saved(0, 0, 0);
        var head = new ChangeSetHead(storeId, ChangeSetKind.Edit, "Collection put in order by its rule", $"By {OrderRule.Word(rule.By)}", by.Id, by.Name);
        return await saving.Save(head, edits, StaleMeans.Refuse, cancel);
    }
}
