using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Names those of some products that do not match a filter: a selection of one list, shown in another.</summary>
public sealed class NotMatching(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    public async Task<IReadOnlySet<long>> Of(long storeId, ProductFilter filter, IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var search = await understand.Understand(storeId, filter.Search, cancel);
        var where = FilterSql.Where(storeId, filter, search, await time.Read(storeId, filter, cancel), sql);
        await using var command = sql.Command(database, $"select s.product_id from product_summaries s where {where} and s.product_id = any({sql.Add<long[]>([.. products])})");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var outside = products.ToHashSet();
        while (await reader.ReadAsync(cancel))
            outside.Remove(reader.GetInt64(0));
        return outside;
    }
}
