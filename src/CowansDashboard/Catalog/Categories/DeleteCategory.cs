using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What becomes of the categories and products in a category that is deleted: the person chooses.</summary>
public abstract record ContentsGo
{
    private ContentsGo()
    {
    }

    /// <summary>Nothing may lie in it, or it stays.</summary>
    public sealed record Nowhere : ContentsGo;

    /// <summary>Into the category above; products of one at the top lie in none then.</summary>
    public sealed record Up : ContentsGo;

    public sealed record Into(long CategoryId) : ContentsGo;

    /// <summary>The categories are deleted as well, and the products lie in none until they are restored.</summary>
    public sealed record Along : ContentsGo;
}

/// <summary>Deletes a category. It is kept and can be restored, with everything that was deleted along with it.</summary>
public sealed class DeleteCategory(NpgsqlDataSource database)
{
    public Task<CategoryOutcome> Delete(long storeId, long id, int? version, ContentsGo contents, AskedBy by, CancellationToken cancel) =>
        TreeInHand.Again(() => Once(storeId, id, version, contents, by, cancel));

    private async Task<CategoryOutcome> Once(long storeId, long id, int? version, ContentsGo contents, AskedBy by, CancellationToken cancel)
    {
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        if (await tree.Find(id, cancel) is not { } category)
            return new CategoryOutcome.NotFound();
        if (version is { } seen && seen != category.Version)
            return new CategoryOutcome.Stale(category);
        if (await Within(tree, category, contents, cancel) is { } refused)
            return refused;
        return new CategoryOutcome.Done((await tree.FindAny(id, cancel))!, await tree.Keep($"{category.Name}, deleted", by, cancel));
    }

    /// <returns>Why not; null when it is deleted.</returns>
    internal static async Task<CategoryOutcome?> Within(TreeInHand tree, Category category, ContentsGo go, CancellationToken cancel)
    {
        // Whoever puts a product into it holds its row, and is waited for here.
        await tree.Execute("select from categories where store_id = $1 and path >= $2 and path < $3 for update", cancel, tree.StoreId, category.Path.Text, category.Path.End);
        var contents = await ReadContents.Within(tree.Connection, tree.StoreId, category, cancel);
        if (go is ContentsGo.Nowhere && !contents.IsEmpty)
            return new CategoryOutcome.InUse(contents);
        if (go is ContentsGo.Up or ContentsGo.Into)
        {
            var target = (go as ContentsGo.Into)?.CategoryId ?? category.ParentId;
            if (await Empty(tree, category, target, cancel) is { } refused)
                return refused;
        }
        await tree.Execute("""
            update categories set deleted_at = now(), deleted_with = $4, version = case when id = $4 then version + 1 else version end
            where store_id = $1 and path >= $2 and path < $3 and (deleted_at is null or id = $4)
            """, cancel, tree.StoreId, category.Path.Text, category.Path.End, category.Id);
        tree.Note(category.Id, TreeInHand.Removed, new JsonObject { ["name"] = category.Name, ["below"] = go is ContentsGo.Along ? contents.Below : 0 }, null);
        return null;
    }

    private static async Task<CategoryOutcome?> Empty(TreeInHand tree, Category category, long? targetId, CancellationToken cancel)
    {
        Category? target = null;
        if (targetId is { } into)
        {
            target = await tree.Find(into, cancel);
            if (target is null)
                return new CategoryOutcome.Refused("to", "The category to move to is not there any more.");
            if (category.Path.Holds(target.Path))
                return new CategoryOutcome.Refused("to", $"{target.Name} is deleted along: choose one outside of {category.Name}.");
        }
        var above = target?.Path ?? CategoryPath.Top;
        if (above.Level + await MoveCategory.Height(tree, category, cancel) > CategoryPath.MostLevels)
            return CategoryChecks.TooDeep;
        if (await Colliding(tree, category, targetId, cancel) is { Length: > 0 } names)
            return new CategoryOutcome.Refused("to", $"{string.Join(", ", names.Take(3))}{(names.Length > 3 ? " and others are" : names.Length == 1 ? " is" : " are")} there already. Rename or move {(names.Length == 1 ? "it" : "them")} first.");
        await Children(tree, category, target, above, cancel);
        await Products(tree, category, target, cancel);
        return null;
    }

    // The deleted one itself is no hindrance to a child of its name.
    private static Task<string[]> Colliding(TreeInHand tree, Category category, long? targetId, CancellationToken cancel) => tree.Scalar<string[]>("""
        select coalesce(array_agg(k.name order by k.position, k.id), '{}') from categories k
        where k.store_id = $1 and k.parent_id = $2 and k.deleted_at is null and exists (
            select from categories s where s.store_id = $1 and coalesce(s.parent_id, 0) = $3 and s.id <> $2 and lower(s.name) = lower(k.name) and s.deleted_at is null)
        """, cancel, tree.StoreId, category.Id, targetId ?? 0);

    private static async Task Children(TreeInHand tree, Category category, Category? target, CategoryPath above, CancellationToken cancel)
    {
        // Gone before its children arrive: one of them may have its name.
        await tree.Execute("update categories set deleted_at = now(), deleted_with = id where id = $1", cancel, category.Id);
        var first = await tree.MakeRoom(target?.Id, category.Id, null, cancel);
        var place = await tree.Scalar<long>("select count(*) from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and deleted_at is null", cancel, tree.StoreId, target?.Id ?? 0);
        var children = new List<long>();
        await using (var command = tree.Command("select id from categories where store_id = $1 and parent_id = $2 and deleted_at is null order by position, id", tree.StoreId, category.Id))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                children.Add(reader.GetInt64(0));
        await tree.Execute("""
            update categories c set
                path = $3 || substr(c.path, length($4) + 1),
                parent_id = case when c.id = k.id then nullif($5, 0) else c.parent_id end,
                position = case when c.id = k.id then $6 + k.place::int else c.position end,
                version = case when c.id = k.id then c.version + 1 else c.version end
            from (select id, path, row_number() over (order by position, id) - 1 as place from categories where store_id = $1 and parent_id = $2 and deleted_at is null) k
            where c.store_id = $1 and c.path >= k.path and c.path < left(k.path, -1) || '0'
            """, cancel, tree.StoreId, category.Id, above.Text, category.Path.Text, target?.Id ?? 0, first);
        // The last one first: an undo takes the last note back first, and each then finds those before it in their places.
        for (var i = children.Count - 1; i >= 0; i--)
            tree.Note(children[i], TreeInHand.Place, MoveCategory.PlaceOf(category, i), MoveCategory.PlaceOf(target, (int)place + i));
    }

    private static async Task Products(TreeInHand tree, Category category, Category? target, CancellationToken cancel)
    {
        await using var command = tree.Command(target is null
            ? "delete from product_categories where category_id = $1 returning product_id"
            : "update product_categories set category_id = $2, assigned_at = now() where category_id = $1 returning product_id", target is null ? [category.Id] : [category.Id, target.Id]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            tree.Changes.Add(new ChangeRow(CatalogueFields.Product, reader.GetInt64(0), reader.GetInt64(0), TreeInHand.OwnCategory, AssignProducts.Named(category), AssignProducts.Named(target)));
    }
}
