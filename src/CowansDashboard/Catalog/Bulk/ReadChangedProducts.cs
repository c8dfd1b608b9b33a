using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>The products that a bulk edit has changed.</summary>
public sealed class ReadChangedProducts(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<long>> Read(long storeId, long previewId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(distinct i.product_id order by i.product_id), '{}') from bulk_items i join bulk_previews p on p.id = i.preview_id and p.store_id = $1
            where i.preview_id = $2 and i.outcome = 'done'
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = previewId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
