using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A product in a category, or below it.</summary>
public sealed record CategoryProduct(long Id, string Title, string Status, long CategoryId, string CategoryName, long Skus);

/// <summary>A SKU of a product in a category, or below it.</summary>
public sealed record CategorySku(long VariantId, string Sku, string VariantTitle, long ProductId, string ProductTitle, long CategoryId);

/// <summary>Lists the products and the SKUs of a category, alone or with everything below it, page by page.</summary>
public sealed class ReadCategoryProducts(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="category">Of which category.</param>
    /// <param name="below">With everything below it.</param>
    /// <param name="after">Behind this product; 0 begins.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<CategoryProduct>> Products(long storeId, Category category, bool below, long after, int take, CancellationToken cancel)
    {
        await using var command = Command($"""
            select p.id, p.title, p.status, c.id, c.name, (select count(*) from variants v where v.product_id = p.id and v.deleted_at is null and v.sku <> '')
            {Held} and p.id > $5 order by p.id limit $6
            """, storeId, category, below, after, take);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new List<CategoryProduct>();
        while (await reader.ReadAsync(cancel))
            products.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetInt64(5)));
        return products;
    }

    /// <param name="storeId">Whose.</param>
    /// <param name="category">Of which category.</param>
    /// <param name="below">With everything below it.</param>
    /// <param name="after">Behind this variant; 0 begins.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<CategorySku>> Skus(long storeId, Category category, bool below, long after, int take, CancellationToken cancel)
    {
        await using var command = Command($"""
            select v.id, v.sku, v.title, p.id, p.title, c.id
            {Held.Replace("where", "join variants v on v.product_id = p.id and v.deleted_at is null and v.sku <> '' where", StringComparison.Ordinal)} and v.id > $5 order by v.id limit $6
            """, storeId, category, below, after, take);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var skus = new List<CategorySku>();
        while (await reader.ReadAsync(cancel))
            skus.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetInt64(5)));
        return skus;
    }

    private const string Held = """
        from categories c join product_categories h on h.category_id = c.id join products p on p.id = h.product_id and p.deleted_at is null
        where c.store_id = $1 and c.path >= $2 and c.path < $3 and c.deleted_at is null and ($4 = 0 or c.id = $4)
        """;

    private NpgsqlCommand Command(string sql, long storeId, Category category, bool below, long after, int take)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in new object[] { storeId, category.Path.Text, category.Path.End, below ? 0L : category.Id, after, (long)take })
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
