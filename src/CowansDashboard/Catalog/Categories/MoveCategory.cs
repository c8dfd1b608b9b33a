using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>
/// Moves a category with everything below it, below another one or to another place among its siblings. The paths of the
/// whole subtree change in one statement. Never below itself, however many move at once.
/// </summary>
public sealed class MoveCategory(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose tree.</param>
    /// <param name="id">Which category.</param>
    /// <param name="parentId">Below which one; null: at the top.</param>
    /// <param name="index">How many siblings stand before it there; null puts it last.</param>
    /// <param name="version">The version that the person saw; null does not ask.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CategoryOutcome> Move(long storeId, long id, long? parentId, int? index, int? version, AskedBy by, CancellationToken cancel)
    {
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        if (await tree.Find(id, cancel) is not { } category)
            return new CategoryOutcome.NotFound();
        if (version is { } seen && seen != category.Version)
            return new CategoryOutcome.Stale(category);
        if (await Within(tree, category, parentId, index, cancel) is { } refused)
            return refused;
        return new CategoryOutcome.Done((await tree.Find(id, cancel))!, await tree.Keep($"{category.Name}, moved", by, cancel));
    }

    /// <returns>Why not; null when it is there.</returns>
    internal static async Task<CategoryOutcome.Refused?> Within(TreeInHand tree, Category category, long? parentId, int? index, CancellationToken cancel)
    {
        Category? parent = null;
        if (parentId is { } above)
        {
            parent = await tree.Find(above, cancel);
            if (parent is null)
                return new("parentId", "The category above is not there any more.");
            if (category.Path.Holds(parent.Path))
                return new("parentId", above == category.Id ? $"{category.Name} cannot lie below itself." : $"{parent.Name} lies below {category.Name}, which therefore cannot move there.");
        }
        if (await CategoryChecks.Unfit(tree, parentId, category.Name, category.Id, cancel) is { } taken)
            return taken;
        var to = (parent?.Path ?? CategoryPath.Top).Child(category.Id);
        if (to.Level > category.Path.Level && to.Level + await Height(tree, category, cancel) > CategoryPath.MostLevels)
            return CategoryChecks.TooDeep;

        var was = await tree.IndexOf(category, cancel);
        if (parentId == category.ParentId && index == was)
            return null;
        var position = await tree.MakeRoom(parentId, category.Id, index, cancel);
        await Carry(tree, category, to, parentId, position, cancel);
        var now = await tree.IndexOf(category with { ParentId = parentId, Position = position }, cancel);
        var old = category.ParentId is { } before ? await tree.FindAny(before, cancel) : null;
        tree.Note(category.Id, TreeInHand.Place, PlaceOf(old, was), PlaceOf(parent, now));
        return null;
    }

    /// <summary>The paths of the whole subtree, deleted ones too, in one statement.</summary>
    internal static Task Carry(TreeInHand tree, Category category, CategoryPath to, long? parentId, int position, CancellationToken cancel) => tree.Execute("""
        update categories set
            path = $4 || substr(path, length($3) + 1),
            parent_id = case when id = $2 then nullif($5, 0) else parent_id end,
            position = case when id = $2 then $6 else position end,
            version = case when id = $2 then version + 1 else version end,
            updated_at = case when id = $2 then now() else updated_at end
        where store_id = $1 and path >= $3 and path < $7
        """, cancel, tree.StoreId, category.Id, category.Path.Text, to.Text, parentId ?? 0, position, category.Path.End);

    internal static JsonObject PlaceOf(Category? parent, int index) =>
        new() { ["name"] = $"{parent?.Name ?? "top"}, place {index + 1}", ["parentId"] = parent?.Id, ["index"] = index };

    /// <summary>How many levels lie below it.</summary>
    internal static async Task<int> Height(TreeInHand tree, Category category, CancellationToken cancel) => await tree.Scalar<int>("""
        select max(length(path) - length(replace(path, '/', ''))) - 1 - $4 from categories where store_id = $1 and path >= $2 and path < $3
        """, cancel, tree.StoreId, category.Path.Text, category.Path.End, category.Path.Level);
}
