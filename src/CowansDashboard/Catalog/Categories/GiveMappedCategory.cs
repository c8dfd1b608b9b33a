using System.Globalization;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>
/// Prepares that the products in a category and below it are given the category of Shopify's taxonomy to which theirs is mapped, where they
/// have another one or none, though not where theirs lies below it and says more: a bulk edit with before and after, that waits for somebody to apply it.
/// </summary>
public sealed class GiveMappedCategory(NpgsqlDataSource database)
{
    /// <returns>How many products it would be.</returns>
    public async Task<long> Count(long storeId, Category category, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Command("select count(*)", connection, storeId, category);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <returns>The preview; null where every product has it already.</returns>
    public async Task<long?> Prepare(long storeId, Category category, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = new List<BulkChangeRow>();
        await using (var command = Command("select p.id, p.category_id, b.taxonomy_id", connection, storeId, category, " order by p.id"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                rows.Add(new(reader.GetInt64(0), CatalogueFields.Product, reader.GetInt64(0), "category_id", reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2)));
        if (rows.Count == 0)
            return null;
        var preview = await PrepareCells.Prepare(connection, storeId,
            string.Create(CultureInfo.InvariantCulture, $"{category.Name}: {rows.Count:N0} {(rows.Count == 1 ? "product gets the category of its" : "products get the category of their")} mapping"), rows, by, cancel);
        await transaction.CommitAsync(cancel);
        return preview;
    }

    private static NpgsqlCommand Command(string select, NpgsqlConnection connection, long storeId, Category category, string order = "")
    {
        var command = new NpgsqlCommand($"""
            with b as materialized (
                select c.id, ({AssignProducts.EffectiveTaxonomy}) as taxonomy_id from categories c where c.store_id = $1 and c.path >= $2 and c.path < $3 and c.deleted_at is null)
            {select} from b join product_categories h on h.category_id = b.id join products p on p.id = h.product_id and p.deleted_at is null and p.removal is null
            where b.taxonomy_id is not null and p.category_id is distinct from b.taxonomy_id
                and not starts_with(coalesce(p.category_id, ''), b.taxonomy_id || '-'){order}
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = category.Path.Text });
        command.Parameters.Add(new() { Value = category.Path.End });
        return command;
    }
}
