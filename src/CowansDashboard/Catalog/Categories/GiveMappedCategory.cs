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
    /// <summary>Further than this nobody counts.</summary>
    public const int MostCounted = 1_000;

    private const int SecondsToCount = 5;

    private const string Differing = $"""
        with b as materialized (
            select c.id, ({AssignProducts.EffectiveTaxonomy}) as taxonomy_id from categories c where c.store_id = $1 and c.path >= $2 and c.path < $3 and c.deleted_at is null),
        differing as (
            select p.id, p.category_id, b.taxonomy_id
            from b join product_categories h on h.category_id = b.id join products p on p.id = h.product_id and p.deleted_at is null and p.removal is null
            where b.taxonomy_id is not null and p.category_id is distinct from b.taxonomy_id
                and not starts_with(coalesce(p.category_id, ''), b.taxonomy_id || '-'))

        """;

    /// <returns>How many products it would be; one more than <see cref="MostCounted"/> says that it is more. Gives up after some seconds.</returns>
    public async Task<long> Count(long storeId, Category category, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Command(connection, storeId, category, "select count(*) from (select from differing limit $4) d", MostCounted + 1);
        command.CommandTimeout = SecondsToCount;
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <returns>The preview and how many products it is about; null where every product has it already.</returns>
    public async Task<(long PreviewId, int Products)?> Prepare(long storeId, Category category, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Of a whole shop it is a million rows: they are written where they lie.
        var preview = await PrepareCells.Begin(connection, storeId, category.Name, 0, 0, by, cancel);
        await using var command = Command(connection, storeId, category, $"""
            insert into bulk_items (preview_id, product_id, entity, entity_id, field, seen, new)
            select $4, id, '{CatalogueFields.Product}', id, 'category_id', to_jsonb(category_id), to_jsonb(taxonomy_id) from differing order by id
            """, preview);
        command.CommandTimeout = 0;
        var products = await command.ExecuteNonQueryAsync(cancel);
        if (products == 0)
            return null;
        await PrepareCells.Name(connection, preview, string.Create(CultureInfo.InvariantCulture,
            $"{category.Name}: {products:N0} {(products == 1 ? "product gets the category of its" : "products get the category of their")} mapping"), products, products, cancel);
        await transaction.CommitAsync(cancel);
        return (preview, products);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, long storeId, Category category, string what, long fourth)
    {
        var command = new NpgsqlCommand(Differing + what, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = category.Path.Text });
        command.Parameters.Add(new() { Value = category.Path.End });
        command.Parameters.Add(new() { Value = fourth });
        return command;
    }
}
