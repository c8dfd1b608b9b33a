using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Reads the rows that edits are about and decides each edit; writes nothing.</summary>
internal static class DecideEdits
{
    internal static readonly HashSet<string> BringsBack = [ChangeSetKind.Undo, ChangeSetKind.Restore, ChangeSetKind.Rollback, ChangeSetKind.Rule, ChangeSetKind.Schedule];

    public static async Task<DecidedEdits> Decide(
        NpgsqlConnection connection, ChangeSetHead head, string currency, IReadOnlyList<FieldEdit> edits, IReadOnlySet<RowRef> returned, CancellationToken cancel)
    {
        var decided = new DecidedEdits();
        foreach (var ofEntity in edits.GroupBy(edit => edit.Entity))
        {
            if (CatalogueEntity.Find(ofEntity.Key) is not { } entity)
            {
                decided.Problems.AddRange(ofEntity.Select(edit => Problem(edit, $"“{edit.Entity}” is no kind of row that can be edited.")));
                continue;
            }
            var known = ofEntity.ToLookup(edit => CatalogueFields.Find(edit.Entity, edit.Field) is not null);
            decided.Problems.AddRange(known[false].Select(edit => Problem(edit, $"{CatalogueFields.LabelOf(edit.Entity, edit.Field)} of a {edit.Entity} cannot be edited.")));
            if (!known[true].Any())
                continue;
            string[] more = entity.Name switch { CatalogueFields.Metafield => ["type"], CatalogueFields.Product => ["status"],
                CatalogueFields.Collection when known[true].Any(edit => edit.Field is MemberOrder.Field or "sort_order") => ["sort_order", MemberOrder.Field], _ => [] };
            var columns = known[true].Select(edit => edit.Field).Concat(more).Distinct().ToArray();
            var rows = await RowsInHand.Read(connection, head.StoreId, entity, [.. known[true].Select(edit => edit.EntityId).Distinct()], columns, cancel);
            foreach (var ofRow in known[true].GroupBy(edit => edit.EntityId))
            {
                if (rows.GetValueOrDefault(ofRow.Key) is { } row && (!row.IsGone || returned.Contains(new RowRef(entity.Name, row.Id))))
                    Row(decided, entity, row, currency, BringsBack.Contains(head.Kind), RemovedCollections.Complete(row, [.. RemovedProducts.Complete(row, [.. ofRow])]));
                else
                    decided.Problems.AddRange(ofRow.Select(edit => Problem(edit, $"This {edit.Entity} is no longer here.")));
            }
        }
        return decided;
    }

    private static void Row(DecidedEdits decided, CatalogueEntity entity, RowInHand row, string currency, bool bringsBack, IEnumerable<FieldEdit> wanted)
    {
        List<FieldEdit> edits = [.. wanted];
        var values = new JsonObject();
        var pending = row.Pending is null ? [] : (JsonObject)row.Pending.DeepClone();
        // Two edits of one field: the later counts.
        foreach (var edit in edits.GroupBy(edit => edit.Field).Select(same => same.Last() with { Seen = same.First().Seen }))
        {
            var field = CatalogueFields.Find(edit.Entity, edit.Field)!;
            var state = row.State(edit.Field);
            var (value, problem) = CheckValue.Check(field, edit.New, currency, (string?)row.Values["type"]);
            // What the shop held itself may return, also where nobody could type it.
            if (bringsBack || (state.IsPending && JsonValues.Same(edit.New, state.Base)) || (state.Conflict is { } conflict && JsonValues.Same(edit.New, conflict.Shopifys)))
                value = edit.New;
            else if (problem is not null)
            {
                decided.Problems.Add(new EditProblem(edit.Entity, edit.EntityId, edit.Field, edit.New, problem));
                continue;
            }
            var isOrder = edit is { Entity: CatalogueFields.Collection, Field: MemberOrder.Field };
            if (isOrder && !bringsBack && (edits.LastOrDefault(each => each.Field == "sort_order")?.New ?? row.Values["sort_order"])?.ToString() != "MANUAL" && !field.Same(value, state.IsPending ? state.Base : state.Current))
            {
                decided.Problems.Add(new EditProblem(edit.Entity, edit.EntityId, edit.Field, null, "The products have an order of their own only while the collection is sorted by hand."));
                continue;
            }
            if (isOrder)
                value = (bringsBack ? (Func<JsonNode?, JsonNode?, JsonArray>)MemberOrder.Expecting : MemberOrder.Complete)(value ?? (state.IsPending ? state.Base : state.Current), row.Members);
            switch (EditDecision.Decide(state, edit with { New = value }, field))
            {
                case EditVerdict.Stale stale:
                    decided.Stale.Add(new StaleField(edit.Entity, edit.EntityId, edit.Field, edit.Seen, stale.Current, value));
                    break;
                case EditVerdict.Written written:
                    // What says the same as what both sides agreed on is that: with the ids by which Shopify knows its conditions.
                    if (field.Kind == FieldKind.Source && state.IsPending && !written.StaysPending)
                        written = written with { New = state.Base };
                    // Without an order that waits the order is Shopify's.
                    values[edit.Field] = isOrder && !written.StaysPending && !state.HereOnly ? null : written.New?.DeepClone();
                    Pend(pending, edit, written);
                    decided.Changes.Add(new ChangeRow(edit.Entity, row.Id, row.ProductId, edit.Field, written.Old, written.New, edit.How == EditHow.Add ? "add" : null) { CollectionId = row.CollectionId });
                    if (written.Conflict != ConflictMove.None)
                        decided.Conflicts.Add((edit.Entity, row.Id, edit.Field, written.New, written.Conflict));
                    break;
            }
        }
        if (values.Count == 0)
            return;
        if (!decided.Rows.TryGetValue(entity, out var rows))
            decided.Rows[entity] = rows = [];
        rows.Add(new WrittenRow(row, values, pending.Count == 0 ? null : pending));
    }

    /// <summary>Beside the base of an added stock stands how it goes to Shopify; setting the stock once makes it absolute.</summary>
    private static void Pend(JsonObject pending, FieldEdit edit, EditVerdict.Written written)
    {
        var wasPending = pending.ContainsKey(edit.Field);
        if (!written.StaysPending)
        {
            pending.Remove(edit.Field);
            if (edit.Entity == CatalogueFields.Level)
                pending.Remove("how");
            return;
        }
        pending[edit.Field] = written.Base?.DeepClone();
        if (edit.Entity != CatalogueFields.Level)
            return;
        if (edit.How == EditHow.Set)
            pending.Remove("how");
        else if (!wasPending)
            pending["how"] = "add";
    }

    private static EditProblem Problem(FieldEdit edit, string sentence) => new(edit.Entity, edit.EntityId, edit.Field, edit.New, sentence);
}

/// <summary>What edits come to.</summary>
internal sealed class DecidedEdits
{
    public List<EditProblem> Problems { get; } = [];

    public List<StaleField> Stale { get; } = [];

    public List<ChangeRow> Changes { get; } = [];

    public List<(string Entity, long Id, string Field, JsonNode? Ours, ConflictMove Move)> Conflicts { get; } = [];

    public Dictionary<CatalogueEntity, List<WrittenRow>> Rows { get; } = [];
}
