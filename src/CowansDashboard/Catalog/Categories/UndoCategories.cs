using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What an undo brought back, and why the rest stays.</summary>
public sealed record CategoriesUndone(long ChangeSetId, int Returned, IReadOnlyList<string> Stays);

/// <summary>
/// Takes a change set of the tree back, last change first: what was changed later stays and is named. The undo is a change
/// set of its own and can be undone.
/// </summary>
public sealed class UndoCategories(NpgsqlDataSource database)
{
    /// <returns>Null when the shop has no such change set of categories.</returns>
    public Task<CategoriesUndone?> Undo(long storeId, long changeSetId, AskedBy by, CancellationToken cancel) =>
        TreeInHand.Again(() => Once(storeId, changeSetId, by, cancel));

    private async Task<CategoriesUndone?> Once(long storeId, long changeSetId, AskedBy by, CancellationToken cancel)
    {
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        await using var named = tree.Command("select title from change_sets where store_id = $1 and id = $2 and kind = $3", storeId, changeSetId, ChangeSetKind.Category);
        if (await named.ExecuteScalarAsync(cancel) is not string title)
            return null;
        var changes = await Read(tree, changeSetId, cancel);
        await HoldProducts.Hold(tree.Connection, changes.Select(change => change.ProductId).OfType<long>(), cancel);
        List<long> done = [];
        List<string> stays = [];
        foreach (var change in changes.Where(change => change.Entity == TreeInHand.Entity))
        {
            var why = await Back(tree, change, cancel);
            if (why is null)
                done.Add(change.Id);
            else
                stays.Add(why);
        }
        await Products(tree, [.. changes.Where(change => change.Field == TreeInHand.OwnCategory)], done, stays, cancel);

        var head = tree.Head(title.StartsWith("Undo: ", StringComparison.Ordinal) ? $"Redo: {title[6..]}" : $"Undo: {title}", by, changeSetId);
        var id = tree.Changes.Count == 0 ? 0 : await RecordChanges.Record(tree.Connection, 0, head, tree.Changes, cancel);
        var edits = changes.Where(change => change.Field == "category_id").ToList();
        var saved = edits.Count == 0 ? null : await SaveWithin.Save(tree.Connection, id, head,
            new WantedChanges { Fields = [.. edits.Select(change => new FieldEdit(change.Entity, change.EntityId, change.Field, change.New, change.Old))] }, StaleMeans.Skip, cancel) as SaveOutcome.Saved;
        if (saved is not null)
        {
            var left = saved.LeftOut.Select(field => field.EntityId).Concat(saved.NotSaved.Select(problem => problem.EntityId)).ToHashSet();
            done.AddRange(edits.Where(change => !left.Contains(change.EntityId)).Select(change => change.Id));
            stays.AddRange(left.Select(_ => "A product was given another category of Shopify’s since."));
            id = Math.Max(id, saved.ChangeSetId);
        }
        await NoteUndone(tree, changeSetId, id, done, cancel);
        await tree.Commit(cancel);
        return new CategoriesUndone(id, done.Count, stays);
    }

    private static async Task<List<Change>> Read(TreeInHand tree, long changeSetId, CancellationToken cancel)
    {
        await using var command = tree.Command(
            "select id, entity, entity_id, product_id, field, old::text, new::text from changes where change_set_id = $1 and store_id = $2 and undone_by is null order by id desc for no key update",
            changeSetId, tree.StoreId);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var changes = new List<Change>();
        while (await reader.ReadAsync(cancel))
            changes.Add(new Change(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : JsonNode.Parse(reader.GetString(5)), reader.IsDBNull(6) ? null : JsonNode.Parse(reader.GetString(6))));
        return changes;
    }

    /// <returns>Why it stays; null when it was taken back.</returns>
    private static async Task<string?> Back(TreeInHand tree, Change change, CancellationToken cancel)
    {
        if (await tree.FindAny(change.EntityId, cancel) is not { } category)
            return "A category is not there any more.";
        if (change.Field == TreeInHand.Removed)
            return category.DeletedAt is null ? $"{category.Name} is there again already."
                : (await RestoreCategory.Within(tree, category, new RestoredPlace(), cancel))?.Sentence;
        if (category.DeletedAt is not null)
            return $"{category.Name} is deleted.";
        switch (change.Field)
        {
            case TreeInHand.Created:
                // What was restored with everything below it goes with everything below it.
                var along = change.New?["restored"]?.GetValue<bool>() is true;
                return await DeleteCategory.Within(tree, category, along ? new ContentsGo.Along() : new ContentsGo.Nowhere(), cancel) switch
                {
                    null => null,
                    CategoryOutcome.Refused refused => refused.Sentence,
                    _ => $"Something lies in {category.Name} by now.",
                };
            case TreeInHand.Place when category.ParentId == Id(change.New):
                return (await MoveCategory.Within(tree, category, Id(change.Old), change.Old!["index"]!.GetValue<int>(), cancel))?.Sentence;
            case TreeInHand.Name when category.Name == change.New?.GetValue<string>():
                var name = change.Old!.GetValue<string>();
                if (await CategoryChecks.Unfit(tree, category.ParentId, name, category.Id, cancel) is { } taken)
                    return taken.Sentence;
                await ChangeCategory.Write(tree, category, new CategoryChange { Name = name }, cancel);
                return null;
            case TreeInHand.Attributes when JsonNode.DeepEquals(category.Attributes, change.New):
                await ChangeCategory.Write(tree, category, new CategoryChange { Attributes = (JsonObject)change.Old!.DeepClone() }, cancel);
                return null;
            case TreeInHand.Taxonomy when category.TaxonomyId == change.New?.GetValue<string>():
                await ChangeCategory.Write(tree, category, new CategoryChange { TaxonomyId = change.Old?.GetValue<string>() ?? "" }, cancel);
                return null;
            default:
                return $"{category.Name} was changed again since.";
        }
    }

    private static async Task Products(TreeInHand tree, List<Change> changes, List<long> done, List<string> stays, CancellationToken cancel)
    {
        foreach (var same in changes.GroupBy(change => (Now: Id(change.New, "id"), Then: Id(change.Old, "id"))))
        {
            var then = same.Key.Then is { } id ? await tree.Find(id, cancel) : null;
            if (same.Key.Then is not null && then is null)
            {
                stays.Add($"{same.First().Old!["name"]} is deleted: its products stay where they are.");
                continue;
            }
            await using var command = tree.Command("""
                select p.id from unnest($1) p (id) left join product_categories h on h.product_id = p.id
                left join categories c on c.id = h.category_id and c.deleted_at is null where coalesce(c.id, 0) = $2 order by p.id
                """, same.Select(change => change.EntityId).ToArray(), same.Key.Now ?? 0);
            var still = new HashSet<long>();
            await using (var reader = await command.ExecuteReaderAsync(cancel))
                while (await reader.ReadAsync(cancel))
                    still.Add(reader.GetInt64(0));
            await AssignProducts.Write(tree.Connection, tree.StoreId, then, [.. still.Order()], cancel);
            foreach (var change in same)
            {
                if (!still.Contains(change.EntityId))
                {
                    stays.Add("A product was put into another category since.");
                    continue;
                }
                done.Add(change.Id);
                tree.Changes.Add(new ChangeRow(change.Entity, change.EntityId, change.ProductId, change.Field, change.New?.DeepClone(), change.Old?.DeepClone()));
            }
        }
    }

    /// <summary>Notes which changes were taken back; what they had taken back themselves counts again.</summary>
    private static Task NoteUndone(TreeInHand tree, long changeSetId, long undo, List<long> done, CancellationToken cancel) => undo == 0 ? Task.CompletedTask : tree.Execute("""
        with taken_back as (update changes set undone_by = $2 where id = any($1) returning entity, entity_id, field)
        update changes o set undone_by = null from taken_back d
        where o.undone_by = $3 and o.change_set_id <> $3 and o.entity = d.entity and o.entity_id = d.entity_id
            and o.field = case d.field when 'created' then 'removed' when 'removed' then 'created' else d.field end
        """, cancel, done.ToArray(), undo, changeSetId);

    private static long? Id(JsonNode? place, string name = "parentId") => place?[name]?.GetValue<long>();

    private sealed record Change(long Id, string Entity, long EntityId, long? ProductId, string Field, JsonNode? Old, JsonNode? New);
}
