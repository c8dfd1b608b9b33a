using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Names the products of a selection by Shopify's ids, for work that happens there. Those that exist only here are left out.</summary>
public sealed class ReadSelection(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    public async Task<IReadOnlyList<long>> Read(long storeId, ProductSelection selection, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var where = await new SelectionSql(understand, time).Where(storeId, selection, sql, cancel);
        await using var command = sql.Command(database, $"""
            select p.shopify_id from product_summaries s join products p on p.id = s.product_id
            where {where} and p.shopify_id is not null and p.deleted_at is null
            order by p.shopify_id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
