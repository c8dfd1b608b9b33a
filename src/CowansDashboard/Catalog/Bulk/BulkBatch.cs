using CowansDashboard.Catalog.Categories;
using CowansDashboard.Data;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

internal sealed record BulkItem(long Id, long ProductId, FieldEdit Edit);

/// <summary>Rows of a bulk edit that are written together, and why some of them were left as they are.</summary>
internal sealed class BulkBatch(IReadOnlyList<BulkItem> items)
{
    private const string Changed = "changed it after the preview, so it was left as it is.";

    public IReadOnlyList<BulkItem> Items => items;

    /// <summary>By item: why it was left out.</summary>
    public Dictionary<long, string> Skipped { get; } = [];

    /// <summary>All in the caller's transaction. A row that cannot be added is left out and the others are tried again.</summary>
    public async Task<SaveOutcome.Saved> Save(NpgsqlConnection connection, long changeSet, ChangeSetHead head, CancellationToken cancel)
    {
        await LeaveOutMetafields(connection, head.StoreId, cancel);
        var put = await OwnCategoryRows.Write(connection, changeSet, head, items, Skipped, Changed, cancel);
        var lying = items.Count(item => item.Edit.Field == TreeInHand.OwnCategory && !Skipped.ContainsKey(item.Id));
        while (true)
        {
            List<BulkItem> wanted = [.. items.Where(item => !Skipped.ContainsKey(item.Id) && item.Edit.Field != TreeInHand.OwnCategory)];
            switch (await SaveWithin.Save(connection, put, head, Wanted(wanted), StaleMeans.Skip, cancel))
            {
                case SaveOutcome.Saved saved:
                    Note(wanted, saved);
                    return saved with { ChangeSetId = Math.Max(put, saved.ChangeSetId), Fields = saved.Fields + lying };
                case SaveOutcome.Refused refused when LeaveOut(wanted, refused.Problems):
                    break;
                case var other:
                    throw new InvalidOperationException($"A bulk edit ended as {other.GetType().Name}.");
            }
        }
    }

    private static WantedChanges Wanted(List<BulkItem> items) => new()
    {
        Fields = [.. items.Where(item => item.Edit.Field is not (SetMetafield.Created or SetMetafield.Removed)).Select(item => item.Edit)],
        Added = [.. items.Where(item => item.Edit.Field == SetMetafield.Created).Select(item => new NewRow(item.Edit.Entity, -item.Id, (JsonObject)item.Edit.New!.DeepClone()))],
        Removed = [.. items.Where(item => item.Edit.Field == SetMetafield.Removed).Select(item => new RowRef(item.Edit.Entity, item.Edit.EntityId))],
    };

    private void Note(List<BulkItem> wanted, SaveOutcome.Saved saved)
    {
        var reasons = saved.LeftOut.Select(field => (field.Entity, field.EntityId, field.Field, Reason: $"{field.ChangedBy ?? "Somebody"} {Changed}"))
            .Concat(saved.NotSaved.Select(problem => (problem.Entity, problem.EntityId, problem.Field, Reason: problem.Sentence)))
            .ToLookup(each => (each.Entity, each.EntityId, each.Field), each => each.Reason);
        foreach (var item in wanted)
            if (Said(item, reasons) is { } reason)
                Skipped[item.Id] = reason;
    }

    // Whoever deletes a product archives it: what is wrong with its status is wrong with its removal.
    private static string? Said(BulkItem item, ILookup<(string, long, string), string> reasons) =>
        reasons[(item.Edit.Entity, item.Edit.EntityId, item.Edit.Field)].FirstOrDefault()
        ?? (item.Edit.Field == Removal.Field ? reasons[(item.Edit.Entity, item.Edit.EntityId, "status")].FirstOrDefault() : null);

    private bool LeaveOut(List<BulkItem> wanted, IReadOnlyList<EditProblem> problems)
    {
        var reasons = problems.ToLookup(problem => (problem.Entity, problem.EntityId, problem.Field), problem => problem.Sentence);
        var added = problems.ToLookup(problem => problem.EntityId, problem => problem.Sentence);
        var before = Skipped.Count;
        foreach (var item in wanted)
            if ((item.Edit.Field == SetMetafield.Created ? added[-item.Id].FirstOrDefault() : Said(item, reasons)) is { } reason)
                Skipped[item.Id] = reason;
        return Skipped.Count > before;
    }

    /// <summary>A metafield or membership that came, went or changed after the preview has no version to compare: its products are held and it is looked at.</summary>
    private async Task LeaveOutMetafields(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        var rows = items.Where(item => item.Edit.Field is SetMetafield.Created or SetMetafield.Removed).ToList();
        if (rows.Count == 0)
            return;
        await HoldProducts.Hold(connection, rows.Select(item => item.ProductId), cancel);
        await using var command = new NpgsqlCommand("""
            select w.id from unnest($2::bigint[], $3::bigint[]) w (id, removed)
            join bulk_items i on i.id = w.id
            where i.entity = 'metafield' and case when w.removed is null
                then exists (select from metafields m where m.owner_id = i.entity_id and m.owner_kind = i.new ->> 'owner_kind' and m.store_id = $1
                    and m.namespace = i.new ->> 'namespace' and m.key = i.new ->> 'key' and m.deleted_at is null and m.mark <> 2)
                else not exists (select from metafields m where m.id = w.removed and m.store_id = $1 and to_jsonb(m.value) = i.seen and m.deleted_at is null and m.mark <> 2)
            end or i.entity = 'collection member' and w.removed is not null
                and not exists (select from collection_members m where m.id = w.removed and m.store_id = $1 and m.product_id = i.product_id and m.mark <> 2)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = rows.Select(item => item.Id).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(item => item.Edit.Field == SetMetafield.Removed ? item.Edit.EntityId : (long?)null).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            Skipped[reader.GetInt64(0)] = $"Somebody {Changed}";
    }
}
