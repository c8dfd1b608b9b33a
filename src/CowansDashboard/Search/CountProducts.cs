using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Counts, exactly, the products that match a filter.</summary>
public sealed class CountProducts(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    public async Task<long> Count(long storeId, ProductFilter filter, CancellationToken cancel) =>
        await Count(storeId, filter, await understand.Understand(storeId, filter.Search, cancel), cancel);

    internal async Task<long> Count(long storeId, ProductFilter filter, SearchTerms? search, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var where = FilterSql.Where(storeId, filter, search, await time.Read(storeId, filter, cancel), sql);
        await using var command = sql.Command(database, $"select count(*) from product_summaries s where {where}");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
