using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>How large the tree is, and how much of it is mapped to Shopify's taxonomy.</summary>
public sealed record TreeFigures(long Categories, long Mapped, long Deleted, long Revision);

/// <summary>Reads the tree level by level, so that a large one is drawn as it is opened.</summary>
public sealed class ReadCategories(NpgsqlDataSource database)
{
    /// <summary>A category with its figures; a deleted one too.</summary>
    public async Task<CategoryNode?> Find(long storeId, long id, CancellationToken cancel)
    {
        await using var command = Command($"select {CategoryNode.Columns} from {CategoryNode.Source} where c.store_id = $1 and c.id = $2", storeId, id);
        return await CategoryNode.Read(command, cancel) is [var found] ? found : null;
    }

    /// <summary>The children of a category in their order, from a place on; null: the first level.</summary>
    public async Task<IReadOnlyList<CategoryNode>> Children(long storeId, long? parentId, int skip, int take, CancellationToken cancel)
    {
        await using var command = Command($"""
            select {CategoryNode.Columns} from {CategoryNode.Source}
            where c.id in (select id from categories where store_id = $1 and coalesce(parent_id, 0) = $2 and deleted_at is null order by position, id offset $3 limit $4)
            order by c.position, c.id
            """, storeId, parentId ?? 0, (long)skip, (long)take);
        return await CategoryNode.Read(command, cancel);
    }

    /// <summary>The categories above one, from the top down.</summary>
    public async Task<IReadOnlyList<Category>> Above(Category category, CancellationToken cancel)
    {
        await using var command = Command($"select {Category.Columns} from categories c where c.id = any($1) order by length(c.path)", category.Path.Ids.Where(id => id != category.Id).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var above = new List<Category>();
        while (await reader.ReadAsync(cancel))
            above.Add(Category.Of(reader));
        return above;
    }

    /// <summary>Deleted categories that can be restored, the last one first; what went along with another one comes back with it.</summary>
    public async Task<IReadOnlyList<CategoryNode>> Deleted(long storeId, int take, CancellationToken cancel)
    {
        await using var command = Command($"""
            select {CategoryNode.Columns} from {CategoryNode.Source}
            where c.id in (select id from categories where store_id = $1 and deleted_at is not null and deleted_with = id order by deleted_at desc, id desc limit $2)
            order by c.deleted_at desc, c.id desc
            """, storeId, (long)take);
        return await CategoryNode.Read(command, cancel);
    }

    /// <summary>How many were deleted along with each of these.</summary>
    public async Task<IReadOnlyDictionary<long, long>> DeletedAlong(long storeId, long[] categories, CancellationToken cancel)
    {
        await using var command = Command("""
            select deleted_with, count(*) from categories where store_id = $1 and deleted_at is not null and deleted_with = any($2) and id <> deleted_with group by 1
            """, storeId, categories);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var along = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancel))
            along[reader.GetInt64(0)] = reader.GetInt64(1);
        return along;
    }

    public async Task<TreeFigures> Figures(long storeId, CancellationToken cancel)
    {
        await using var command = Command("""
            select count(*) filter (where c.deleted_at is null),
                count(*) filter (where c.deleted_at is null and exists (
                    select from categories a where a.id = any (string_to_array(trim(both '/' from c.path), '/')::bigint[]) and a.taxonomy_id is not null)),
                count(*) filter (where c.deleted_at is not null),
                coalesce((select revision from category_trees where store_id = $1), 0)
            from categories c where c.store_id = $1
            """, storeId);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new TreeFigures(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
