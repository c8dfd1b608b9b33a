using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>
/// Deletes for good what was deleted from a tree so long ago that nobody restores it. Its name stays for the history, which says
/// what was done with it as before.
/// </summary>
public sealed class PurgeCategories(NpgsqlDataSource database, CatalogOptions options)
{
    /// <returns>How many went.</returns>
    public async Task<long> Purge(long storeId, CancellationToken cancel)
    {
        await using (var look = database.CreateCommand($"select exists (select from categories c where {Old})"))
        {
            Add(look, storeId);
            if (await look.ExecuteScalarAsync(cancel) is not true)
                return 0;
        }
        // A restore at this moment goes first or finds nothing.
        await using var tree = await TreeInHand.Hold(database, storeId, cancel);
        await using var command = new NpgsqlCommand($"""
            with gone as (delete from categories c where {Old} returning c.id, c.store_id, c.name, c.deleted_at),
            held as (delete from product_categories h using gone where h.category_id = gone.id),
            kept as (insert into purged_categories (id, store_id, name, deleted_at) select id, store_id, name, deleted_at from gone)
            select count(*) from gone
            """, tree.Connection) { CommandTimeout = 0 };
        Add(command, storeId);
        var purged = (long)(await command.ExecuteScalarAsync(cancel))!;
        await tree.Commit(cancel);
        return purged;
    }

    // One above which something younger lies is kept until that goes too.
    private const string Old = """
        c.store_id = $1 and c.deleted_at < now() - $2 and not exists (
            select from categories y where y.store_id = c.store_id and y.path > c.path and y.path < left(c.path, -1) || '0' and (y.deleted_at is null or y.deleted_at >= now() - $2))
        """;

    private void Add(NpgsqlCommand command, long storeId)
    {
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = TimeSpan.FromDays(options.KeptCategoryDays) });
    }
}
