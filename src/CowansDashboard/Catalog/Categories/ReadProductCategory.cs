using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>Reads in which category of the team's own tree a product lies, with those above it from the top down.</summary>
public sealed class ReadProductCategory(NpgsqlDataSource database)
{
    /// <returns>Nothing when it lies in none.</returns>
    public async Task<IReadOnlyList<Category>> Read(long storeId, long productId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select {Category.Columns} from product_categories h
            join categories own on own.id = h.category_id and own.deleted_at is null
            join categories c on c.id = any (string_to_array(trim(both '/' from own.path), '/')::bigint[])
            where h.product_id = $1 and h.store_id = $2 order by length(c.path)
            """);
        command.Parameters.Add(new() { Value = productId });
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var path = new List<Category>();
        while (await reader.ReadAsync(cancel))
            path.Add(Category.Of(reader));
        return path;
    }
}
