using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>Where and under which name a deleted category comes back.</summary>
public sealed record RestoredPlace
{
    /// <summary>Null: its own.</summary>
    public string? Name { get; init; }

    /// <summary>It comes back below another category than before, or at the top.</summary>
    public bool Elsewhere { get; init; }

    public long? ParentId { get; init; }
}

/// <summary>Restores a deleted category with everything that was deleted along with it. Where its name is taken by now, it comes back under another one.</summary>
public sealed class RestoreCategory(NpgsqlDataSource database)
{
    public async Task<CategoryOutcome> Restore(long storeId, long id, RestoredPlace place, AskedBy by, CancellationToken cancel)
    {
        if (place.Name is { } typed && CategoryChecks.Name(typed.Trim()) is { } wrong)
            return wrong;
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        if (await tree.FindAny(id, cancel) is not { } category)
            return new CategoryOutcome.NotFound();
        if (category.DeletedAt is null)
            return new CategoryOutcome.Done(category, 0);
        if (await Within(tree, category, place, cancel) is { } refused)
            return refused;
        return new CategoryOutcome.Done((await tree.Find(id, cancel))!, await tree.Keep($"{category.Name}, restored", by, cancel));
    }

    internal static async Task<CategoryOutcome.Refused?> Within(TreeInHand tree, Category category, RestoredPlace place, CancellationToken cancel)
    {
        var parentId = place.Elsewhere ? place.ParentId : category.ParentId;
        var parent = parentId is { } above ? await tree.Find(above, cancel) : null;
        if (parentId is not null && (parent is null || category.Path.Holds(parent.Path)))
            return new("parentId", place.Elsewhere ? "The category to restore it to is not there." : "The category above it is deleted: restore that one first, or say where this one shall lie.");
        var name = place.Name?.Trim() ?? category.Name;
        if (await tree.IsTaken(parentId, name, category.Id, cancel))
            return new("name", $"There is another category “{name}” at this place by now: restore it under another name.");
        var to = (parent?.Path ?? CategoryPath.Top).Child(category.Id);
        if (to.Level > category.Path.Level && to.Level + await MoveCategory.Height(tree, category, cancel) > CategoryPath.MostLevels)
            return CategoryChecks.TooDeep;
        var position = parentId == category.ParentId ? category.Position : await tree.MakeRoom(parentId, category.Id, null, cancel);
        await MoveCategory.Carry(tree, category, to, parentId, position, cancel);
        await tree.Execute("update categories set name = $2 where id = $1", cancel, category.Id, name);
        var back = await tree.Scalar<long>("""
            with back as (
                update categories set deleted_at = null, deleted_with = null
                where store_id = $1 and path >= $2 and path < $3 and deleted_with = (select deleted_with from categories where id = $4) returning 1)
            select count(*) from back
            """, cancel, tree.StoreId, to.Text, to.End, category.Id);
        tree.Note(category.Id, TreeInHand.Created, null, new JsonObject { ["name"] = name, ["restored"] = true, ["below"] = back - 1 });
        return null;
    }
}
