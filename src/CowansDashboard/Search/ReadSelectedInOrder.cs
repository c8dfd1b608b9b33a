using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Names the products of a selection by our own ids in the order of the list, up to a limit.</summary>
public sealed class ReadSelectedInOrder(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    public async Task<IReadOnlyList<long>> Read(long storeId, ProductSelection selection, ProductSort sort, int most, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var where = await new SelectionSql(understand, time).Where(storeId, selection, sql, cancel);
        await using var command = sql.Command(database, $"""
            select p.id from product_summaries s join products p on p.id = s.product_id
            where {where} and p.deleted_at is null and p.mark <> 2 and p.removal is null
            order by {Order(sort)} limit {sql.Add(most)}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    internal static string Order(ProductSort sort)
    {
        // How well a product matches a search is known to the list only.
        var order = SortSql.For(sort.Key is SortKey.Relevance ? new ProductSort(SortKey.Title, false) : sort);
        return order.Groups.Count > 1 ? order.GroupedOrder(backwards: false) : order.Order(backwards: false);
    }
}
