using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A category as a row of the tree.</summary>
/// <param name="Category">Itself.</param>
/// <param name="Children">Living categories directly below it.</param>
/// <param name="Products">Products in it and below it.</param>
/// <param name="TaxonomyId">The category of Shopify's taxonomy that counts for it; null: not mapped.</param>
/// <param name="TaxonomyName">Its full name.</param>
public sealed record CategoryNode(Category Category, long Children, long Products, string? TaxonomyId, string? TaxonomyName)
{
    /// <summary>SQL that reads nodes of categories c; $1 is the shop.</summary>
    internal const string Columns = $"""
        {Category.Columns},
        (select count(*) from categories k where k.store_id = c.store_id and coalesce(k.parent_id, 0) = c.id and k.deleted_at is null),
        (select count(*) from categories b join product_categories h on h.category_id = b.id join products p on p.id = h.product_id and p.deleted_at is null
            where b.store_id = c.store_id and b.path >= c.path and b.path < left(c.path, -1) || '0' and b.deleted_at is null),
        t.id, t.full_name
        """;

    internal const string Source = $"categories c left join lateral ({AssignProducts.EffectiveTaxonomy}) e on true left join taxonomy_categories t on t.id = e.taxonomy_id";

    internal static CategoryNode Of(NpgsqlDataReader row) => new(Category.Of(row), row.GetInt64(Category.Width), row.GetInt64(Category.Width + 1),
        row.IsDBNull(Category.Width + 2) ? null : row.GetString(Category.Width + 2), row.IsDBNull(Category.Width + 3) ? null : row.GetString(Category.Width + 3));

    internal static async Task<IReadOnlyList<CategoryNode>> Read(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var nodes = new List<CategoryNode>();
        while (await reader.ReadAsync(cancel))
            nodes.Add(Of(reader));
        return nodes;
    }
}
