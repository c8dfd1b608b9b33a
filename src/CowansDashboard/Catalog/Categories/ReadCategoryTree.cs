using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A category with what lies below it, as far down as was asked for.</summary>
public sealed record CategoryBranch(Category Category)
{
    /// <summary>Products in it and below it, however deep.</summary>
    public long Products { get; set; }

    /// <summary>Categories directly below it, whether or not they were asked for.</summary>
    public int Children { get; set; }

    public List<CategoryBranch> Below { get; } = [];
}

/// <summary>Reads the tree, or what lies below a category, in one go: for programs, and for small trees.</summary>
public sealed class ReadCategoryTree(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="from">What lies below this one; null reads all.</param>
    /// <param name="levels">How many levels.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<CategoryBranch>> Read(long storeId, Category? from, int levels, CancellationToken cancel)
    {
        var top = from?.Path ?? CategoryPath.Top;
        await using var command = database.CreateCommand($"""
            with held as (
                select h.category_id, count(*) as products from product_categories h join products p on p.id = h.product_id and p.deleted_at is null
                where h.store_id = $1 group by 1)
            select {Category.Columns}, coalesce(h.products, 0) from categories c left join held h on h.category_id = c.id
            where c.store_id = $1 and c.path > $2 and c.path < $3 and c.deleted_at is null order by length(c.path) - length(replace(c.path, '/', '')), c.position, c.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = top.Text });
        command.Parameters.Add(new() { Value = top.End });
        var all = new Dictionary<long, CategoryBranch>();
        var first = new List<CategoryBranch>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var branch = new CategoryBranch(Category.Of(reader)) { Products = reader.GetInt64(Category.Width) };
            all.Add(branch.Category.Id, branch);
            if (branch.Category.ParentId is { } parent && all.TryGetValue(parent, out var above))
            {
                above.Children++;
                if (branch.Category.Path.Level <= top.Level + levels)
                    above.Below.Add(branch);
            }
            else
            {
                first.Add(branch);
            }
        }
        // Those above come first, so from the last one on everything below is summed up already.
        foreach (var branch in all.Values.Reverse())
            if (branch.Category.ParentId is { } parent && all.TryGetValue(parent, out var above))
                above.Products += branch.Products;
        return first;
    }
}
