namespace CowansDashboard.Search;

/// <summary>A selection as a condition on product_summaries s.</summary>
internal sealed class SelectionSql(UnderstandSearch understand, ReadStoreTime time)
{
    public async Task<string> Where(long storeId, ProductSelection selection, SqlParameters sql, CancellationToken cancel)
    {
        if (selection.AllMatching is not { } filter)
            return $"s.store_id = {sql.Add(storeId)} and s.product_id = any({Ids()})";
        var search = await understand.Understand(storeId, filter.Search, cancel);
        var where = FilterSql.Where(storeId, filter, search, await time.Read(storeId, filter, cancel), sql) + $" and s.product_id <> all({Ids()})";
        return selection.Also.IsEmpty ? where
            : $"(({where}) or (s.store_id = {sql.Add(storeId)} and s.product_id = any({sql.Add<long[]>([.. selection.Also])})))";

        string Ids() => sql.Add<long[]>([.. selection.Ids]);
    }
}
