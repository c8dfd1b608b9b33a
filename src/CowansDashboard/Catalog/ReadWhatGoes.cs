using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>What removing products takes along. Orders keep what was sold.</summary>
/// <param name="Products">How many.</param>
/// <param name="Variants">Their variants.</param>
/// <param name="Stock">What is in stock of them.</param>
/// <param name="Collections">The collections that lose one or more.</param>
/// <param name="Pending">Products with edits that wait for Shopify.</param>
/// <param name="HereOnly">Products that Shopify does not know.</param>
public sealed record WhatGoes(long Products, long Variants, long Stock, long Collections, long Pending, long HereOnly);

/// <summary>Says what would go with products before they are removed.</summary>
public sealed class ReadWhatGoes(NpgsqlDataSource database)
{
    public Task<WhatGoes> OfProduct(long storeId, long productId, CancellationToken cancel) => Read("select $2", storeId, productId, cancel);

    /// <summary>Of the products that a prepared bulk edit would remove.</summary>
    public Task<WhatGoes> OfPreview(long storeId, long previewId, CancellationToken cancel) =>
        Read("select product_id from bulk_items where preview_id = $2 and outcome = 'waiting' and not excluded", storeId, previewId, cancel);

    private async Task<WhatGoes> Read(string products, long storeId, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            with going as (select s.* from product_summaries s where s.store_id = $1 and s.product_id in ({products}))
            select count(*), coalesce(sum(variants), 0)::bigint, coalesce(sum(greatest(stock, 0)), 0)::bigint,
                (select count(distinct m.collection_id) from collection_members m join collections c on c.id = m.collection_id and c.deleted_at is null
                 where m.product_id in (select product_id from going) and m.mark <> 2),
                count(*) filter (where sync_state in (1, 3)), count(*) filter (where sync_state = 2)
            from going
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new WhatGoes(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
    }
}
