using Npgsql;

namespace CowansDashboard.Insights;

/// <summary>The copy of one store in figures.</summary>
public sealed record CatalogueFigures(
    long Products, long NewThisWeek, long Active, long Variants, int LargestProduct, long Collections, long Locations, long OutOfStock, long PendingProducts);

/// <summary>Counts what a store's copy holds.</summary>
public sealed class ReadFigures(NpgsqlDataSource database, TimeProvider clock)
{
    public async Task<CatalogueFigures> Read(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select s.products, n.new_products, s.active, s.variants, s.largest, c.collections, l.locations, s.out_of_stock, s.pending + r.deleted
            from (select count(*) as products, count(*) filter (where status = 'ACTIVE') as active,
                    coalesce(sum(variants), 0)::bigint as variants, coalesce(max(variants), 0) as largest,
                    count(*) filter (where stock <= 0 and status = 'ACTIVE') as out_of_stock,
                    -- Edited here, or made here.
                    count(*) filter (where sync_state in (1, 2)) as pending
                from product_summaries where store_id = $1 and sync_state <> 4) s,
                {CountPendingProducts.Deleted} r,
                (select count(*) as new_products from products where store_id = $1 and deleted_at is null and remote_created_at >= $2) n,
                (select count(*) as collections from collections where store_id = $1 and deleted_at is null) c,
                (select count(*) as locations from locations where store_id = $1 and deleted_at is null and is_active) l
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = clock.GetUtcNow().AddDays(-7) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new CatalogueFigures(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4),
            reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8));
    }
}
