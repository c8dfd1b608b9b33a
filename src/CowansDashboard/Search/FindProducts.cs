using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Reads one page of the products that match a filter, in an order, at the same cost at any depth.</summary>
public sealed class FindProducts(NpgsqlDataSource database, UnderstandSearch understand, CountProducts count, ReadStoreTime time)
{
    public async Task<FoundProducts> Find(ProductQuery query, CancellationToken cancel)
    {
        var search = await understand.Understand(query.StoreId, query.Filter.Search, cancel);
        var keys = new ProductKeys(database, query with { Sort = ProductSort.For(query.Sort, query.Filter) }, search, await time.Read(query.StoreId, query.Filter, cancel));
        var (backwards, found) = query.Place switch
        {
            PagePlace.After after => (false, await keys.Beside(after.Cursor, false, cancel)),
            PagePlace.Before before => (true, await keys.Beside(before.Cursor, true, cancel)),
            PagePlace.Numbered { Page: <= 1 } => (false, await keys.Beside(null, false, cancel)),
            PagePlace.Numbered numbered => (false, await keys.At((numbered.Page - 1L) * query.Size, () => count.Count(query.StoreId, query.Filter, search, cancel), cancel)),
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };

        var more = found.Keys.Count > query.Size;
        var page = found.Keys.Take(query.Size).ToList();
        if (backwards)
            page.Reverse();
        var before_ = backwards ? more : query.Place is not PagePlace.Numbered { Page: <= 1 };
        var after_ = backwards || more;
        return new(
            await Rows([.. page.Select(key => key.Id)], cancel),
            before_ && page.Count > 0 ? page[0] : null,
            after_ && page.Count > 0 ? page[^1] : null,
            found.Total,
            search);
    }

    private async Task<IReadOnlyList<ProductRow>> Rows(long[] ids, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return [];
        await using var command = database.CreateCommand($"""
            select s.product_id, p.shopify_id, s.title, p.handle, s.status, s.vendor, s.product_type, s.tags, s.variants,
                   s.min_price, s.max_price, s.stock, s.thumbnail_url, case when p.removal is not null and p.deleted_at is null then 5::smallint else s.sync_state end, p.version, s.updated_at,
                   (select {OwnCategoryName.Sql("c.path")} from product_categories h join categories c on c.id = h.category_id and c.deleted_at is null where h.product_id = page.id)
            from unnest($1) with ordinality page (id, place)
            join product_summaries s on s.product_id = page.id
            join products p on p.id = page.id
            order by place
            """);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ProductRow>(ids.Length);
        while (await reader.ReadAsync(cancel))
            rows.Add(new(
                reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.GetFieldValue<string[]>(7), reader.GetInt32(8),
                reader.IsDBNull(9) ? null : reader.GetDecimal(9), reader.IsDBNull(10) ? null : reader.GetDecimal(10), reader.IsDBNull(11) ? null : reader.GetInt64(11),
                reader.IsDBNull(12) ? null : reader.GetString(12), (SyncState)reader.GetInt16(13), reader.GetInt32(14), reader.GetFieldValue<DateTimeOffset>(15)) { OwnCategory = reader.IsDBNull(16) ? null : reader.GetString(16) });
        return rows;
    }
}
