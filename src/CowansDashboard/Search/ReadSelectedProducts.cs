using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Names the products of a selection by our own ids, for work on the copy; also those that exist only here.</summary>
public sealed class ReadSelectedProducts(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    public Task<IReadOnlyList<long>> Read(long storeId, ProductSelection selection, CancellationToken cancel) => Read(storeId, selection, null, cancel);

    /// <param name="storeId">Whose.</param>
    /// <param name="selection">Which.</param>
    /// <param name="sort">The order of the list from which they were chosen; null for none in particular.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<long>> Read(long storeId, ProductSelection selection, ProductSort? sort, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var where = await new SelectionSql(understand, time).Where(storeId, selection, sql, cancel);
        var order = sort is null ? "p.id" : ReadSelectedInOrder.Order(sort);
        await using var command = sql.Command(database, $"""
            select p.id from product_summaries s join products p on p.id = s.product_id
            where {where} and p.deleted_at is null and p.mark <> 2
            order by {order}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
