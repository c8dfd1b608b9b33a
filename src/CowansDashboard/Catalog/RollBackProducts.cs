using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>What restoring did: how many products are here again, and why others are not.</summary>
public sealed record RollBackOutcome(IReadOnlyList<long> ChangeSets, int Products, IReadOnlyList<EditProblem> Left);

/// <summary>
/// Restores products that were removed here, with their earlier status and what was pending of them. It is the undo of
/// their part of the change set that removed them, and nothing else.
/// </summary>
public sealed class RollBackProducts(NpgsqlDataSource database, UndoChanges undo)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="productIds">Ours ids; those that are not removed are passed over.</param>
    /// <param name="reason">Why, for the history.</param>
    /// <param name="byId">Who restores them.</param>
    /// <param name="byName">The name that history shows.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RollBackOutcome> RollBack(long storeId, IReadOnlyCollection<long> productIds, string? reason, string? byId, string byName, CancellationToken cancel)
    {
        var (sets, left, restored) = (new List<long>(), new List<EditProblem>(), 0);
        foreach (var removed in await Removed(storeId, [.. productIds], cancel))
        {
            var title = removed.Products == 1 ? removed.Title : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{removed.Products:#,0} products");
            var head = new ChangeSetHead(storeId, ChangeSetKind.Rollback, $"Restored: {title}", string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), byId, byName, Undoes: removed.ChangeSetId);
            switch (await undo.Undo(new UndoScope(storeId, removed.ChangeSetId) { Changes = removed.Changes }, head, cancel))
            {
                case SaveOutcome.Saved saved:
                    var problems = saved.NotSaved.DistinctBy(problem => problem.EntityId).ToList();
                    left.AddRange(problems);
                    restored += removed.Products - problems.Count;
                    if (saved.ChangeSetId > 0)
                        sets.Add(saved.ChangeSetId);
                    break;
                case SaveOutcome.Refused refused:
                    left.AddRange(refused.Problems);
                    break;
            }
        }
        return new RollBackOutcome(sets, restored, left);
    }

    /// <summary>The change sets that removed these products, and their changes in them.</summary>
    private async Task<List<RemovedSet>> Removed(long storeId, long[] products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.change_set_id, array_agg(c.id), count(distinct c.product_id)::int, min(p.title)
            from products p
            cross join lateral (
                select l.change_set_id from changes l
                where l.entity = 'product' and l.entity_id = p.id and l.undone_by is null
                    and (p.removal is not null and p.deleted_at is null and l.field = 'removal' or p.mark = 1 and p.deleted_at is not null and l.field = 'removed')
                order by l.id desc limit 1) s
            join changes c on c.change_set_id = s.change_set_id and c.entity = 'product' and c.entity_id = p.id and c.field in ('removal', 'status', 'removed') and c.undone_by is null
            where p.store_id = $1 and p.id = any($2)
            group by 1 order by 1
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sets = new List<RemovedSet>();
        while (await reader.ReadAsync(cancel))
            sets.Add(new RemovedSet(reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetInt32(2), reader.GetString(3)));
        return sets;
    }

    private sealed record RemovedSet(long ChangeSetId, long[] Changes, int Products, string Title);
}
