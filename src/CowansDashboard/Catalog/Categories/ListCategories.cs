using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A page of categories and how many there are.</summary>
public sealed record CategoryList(IReadOnlyList<CategoryNode> Nodes, long Total);

/// <summary>Lists categories page by page: all of a shop, or the children of one.</summary>
public sealed class ListCategories(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="parentId">Only the children of this one; 0 those at the top, null all.</param>
    /// <param name="withDeleted">Deleted ones too.</param>
    /// <param name="page">From 1.</param>
    /// <param name="size">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CategoryList> List(long storeId, long? parentId, bool withDeleted, int page, int size, CancellationToken cancel)
    {
        const string Which = "c.store_id = $1 and ($2 < 0 or coalesce(c.parent_id, 0) = $2) and ($3 or c.deleted_at is null)";
        object[] wanted = [storeId, parentId ?? -1, withDeleted];
        await using var counting = Command($"select count(*) from categories c where {Which}", wanted);
        var total = (long)(await counting.ExecuteScalarAsync(cancel))!;
        await using var command = Command($"""
            select {CategoryNode.Columns} from {CategoryNode.Source}
            where c.id in (select c.id from categories c where {Which} order by length(c.path) - length(replace(c.path, '/', '')), coalesce(c.parent_id, 0), c.position, c.id offset $4 limit $5)
            order by length(c.path) - length(replace(c.path, '/', '')), coalesce(c.parent_id, 0), c.position, c.id
            """, [.. wanted, (page - 1L) * size, (long)size]);
        return new CategoryList(await CategoryNode.Read(command, cancel), total);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
