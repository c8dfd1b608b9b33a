using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>Counts what lies in a category: what has to go somewhere when it is deleted.</summary>
public sealed class ReadContents(NpgsqlDataSource database)
{
    public async Task<CategoryContents> Read(long storeId, Category category, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Within(connection, storeId, category, cancel);
    }

    internal static async Task<CategoryContents> Within(NpgsqlConnection connection, long storeId, Category category, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with below as materialized (
                select id, parent_id from categories where store_id = $1 and path >= $2 and path < $3 and deleted_at is null),
            held as materialized (
                select p.id, b.id as category_id from below b join product_categories h on h.category_id = b.id join products p on p.id = h.product_id and p.deleted_at is null)
            select (select count(*) from below where parent_id = $4), (select count(*) from below where id <> $4),
                (select count(*) from held where category_id = $4), (select count(*) from held),
                (select count(*) from held join variants v on v.product_id = held.id and v.deleted_at is null where v.sku <> '')
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = category.Path.Text });
        command.Parameters.Add(new() { Value = category.Path.End });
        command.Parameters.Add(new() { Value = category.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new CategoryContents(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }
}
