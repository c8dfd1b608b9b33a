using System.Text.Json;
using Npgsql;

namespace CowansDashboard.Search;

/// <summary>
/// Finds the keys of a page's rows. The planner cannot know that two conditions go together, and a wrong guess turns
/// a walk along the sort index into a read of every row. So no guess: walk a few thousand rows along the index, and
/// when they do not fill the page, matches are rare enough to gather all and sort.
/// </summary>
internal sealed class ProductKeys(NpgsqlDataSource database, ProductQuery query, SearchTerms? search, StoreTime time)
{
    private const int LongestWalk = 5_000;
    private const int LargestGather = 5_000;
    private const int SurelyTooMany = 2 * LargestGather;

    private readonly int _wanted = query.Size + 1;

    public sealed record Found(IReadOnlyList<ProductCursor> Keys, long? Total);

    /// <summary>The rows beyond a cursor, or the first; one more than a page holds, to know whether others follow.</summary>
    public async Task<Found> Beside(ProductCursor? cursor, bool backwards, CancellationToken cancel)
    {
        // A page that follows another keeps its order, also where the statistics have changed in between.
        if (search is { Indexed: true } && (Ranked && cursor is not null ? cursor.Group < SortSql.FirstBroadGroup : !await IsBroad(cancel)))
        {
            var gathered = await Gather(BestFirst, cursor, backwards, 0, LargestGather, cancel);
            if (gathered.Total is <= LargestGather)
                return gathered;
        }

        var walked = await Walk(cursor, backwards, cancel);
        return walked.Count >= _wanted || IsEverything ? new(walked, null) : await Gather(Sort, cursor, backwards, 0, null, cancel);
    }

    /// <summary>The rows after so many others.</summary>
    public async Task<Found> At(long offset, Func<Task<long>> count, CancellationToken cancel)
    {
        if (search is { Indexed: true } && offset <= LargestGather && !await IsBroad(cancel))
        {
            var gathered = await Gather(BestFirst, null, false, offset, LargestGather, cancel);
            if (gathered.Total is <= LargestGather)
                return gathered;
        }
        // Along the index alone, without a look at the rows: to count them first would take longer than to pass over them.
        if (IsEverything && await FromStart(offset, cancel) is { Count: > 0 } passed)
            return new(passed, null);
        var total = await count();
        if (offset >= total)
            return new([], total);
        // Counted from the nearer end.
        if (offset <= total / 2)
            return new(await FromStart(offset, cancel), total);
        var wanted = (int)Math.Min(_wanted, total - offset);
        var fromEnd = await Pass(total - offset - wanted, wanted, true, cancel);
        fromEnd.Reverse();
        return new(fromEnd, total);
    }

    /// <summary>
    /// Whether far more rows match than could be gathered, going by the planner's statistics of the words: to begin with
    /// gathering would read thousands of rows for nothing. Where they are wrong, the rows are right and only less well ranked.
    /// </summary>
    private async Task<bool> IsBroad(CancellationToken cancel)
    {
        var sql = new SqlParameters();
        await using var command = sql.Command(database,
            $"explain (format json) select from product_summaries s where {FilterSql.Where(query.StoreId, query.Filter, search, time, sql)}");
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancel))!);
        return plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble() > SurelyTooMany;
    }

    private Task<List<ProductCursor>> FromStart(long offset, CancellationToken cancel) => Pass(offset, _wanted, false, cancel);

    private async Task<List<ProductCursor>> Pass(long skip, int wanted, bool backwards, CancellationToken cancel)
    {
        var keys = new List<ProductCursor>();
        var groups = Sort(new()).Groups.Select(group => group.Number);
        foreach (var number in backwards ? groups.Reverse() : groups)
        {
            var part = await Skip(number, skip, wanted - keys.Count, backwards, cancel);
            keys.AddRange(part);
            if (keys.Count >= wanted)
                break;
            skip = part.Count > 0 ? 0 : skip - await InGroup(number, cancel);
        }
        return keys;
    }

    private bool Ranked => query.Sort.Key == SortKey.Relevance;

    private bool IsEverything => search is null && query.Filter.Conditions.Count == 0;

    // The text of an order is made anew for each statement, since it can hold parameters.
    private SortSql Sort(SqlParameters sql) => Ranked ? SortSql.ExactFirst(search!, sql) : SortSql.For(query.Sort);

    private SortSql BestFirst(SqlParameters sql) => Ranked ? SortSql.Ranked(search!, sql) : SortSql.For(query.Sort);

    private async Task<List<ProductCursor>> Walk(ProductCursor? cursor, bool backwards, CancellationToken cancel)
    {
        var keys = new List<ProductCursor>();
        var groups = Sort(new()).Groups.Select(group => group.Number).Where(number => cursor is null || (backwards ? number <= cursor.Group : number >= cursor.Group));
        foreach (var number in backwards ? groups.Reverse() : groups)
        {
            var sql = new SqlParameters();
            var sort = Sort(sql);
            string[] inside = [
                FilterSql.Store(query.StoreId, query.Filter, sql),
                .. sort.Groups.First(group => group.Number == number).Where is { } group ? [group] : Array.Empty<string>(),
                .. cursor?.Group == number ? [sort.Beyond(cursor, backwards, sql)] : Array.Empty<string>()];
            var conditions = FilterSql.Conditions(query.Filter, search, time, sql);
            var wanted = _wanted - keys.Count;
            var order = sort.Order(backwards);
            var rows = $"from product_summaries s where {FilterSql.And(inside)} order by {order} limit {(IsEverything ? wanted : LongestWalk)}";
            keys.AddRange(await Read(sql, $"""
                select {number}, ({sort.Key})::text, s.product_id, null::bigint from (select s.* {rows}) s
                {(IsEverything ? "" : "where " + FilterSql.And(conditions))}
                order by {order} limit {wanted}
                """, cancel));
            // Among filtered rows a walk that ends early says nothing about the rest of its group.
            if (keys.Count >= _wanted || (!IsEverything && await IsLong(rows, sql, cancel)))
                break;
        }
        return keys;
    }

    /// <summary>Whether the walk ended before the rows did.</summary>
    private async Task<bool> IsLong(string rows, SqlParameters sql, CancellationToken cancel)
    {
        await using var command = sql.Command(database, $"select count(*) = {LongestWalk} from (select {rows}) s");
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<Found> Gather(Func<SqlParameters, SortSql> order, ProductCursor? cursor, bool backwards, long offset, int? most, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var sort = order(sql);
        var matching = FilterSql.Where(query.StoreId, query.Filter, search, time, sql);
        var columns = $"s.product_id, s.title, s.vendor, s.status, s.variants, s.min_price, s.stock, s.updated_at{(Ranked ? ", s.search_text" : "")}";
        var all = $"select {columns} from product_summaries s where {matching}";
        var beyond = cursor is null ? "true" : sort.BeyondInAny(cursor, backwards, sql);
        var page = $"order by {sort.GroupedOrder(backwards)} offset {offset} limit {_wanted}";
        // "materialized" and "offset 0" are fences: without them the planner would walk the sort index after all.
        // More rows than wanted are neither ranked nor sorted: their number is the whole answer then.
        List<long> totals = [];
        var keys = await Read(
            sql,
            most is null
                ? $"select {sort.Group}, ({sort.Key})::text, s.product_id, null::bigint from ({all} offset 0) s where {beyond} {page}"
                : $"""
                    with s as materialized ({all} limit {most + 1}), matching as (select count(*) as total from s)
                    select page.*, total from matching left join lateral (
                        select {sort.Group}, ({sort.Key})::text, s.product_id from s where total <= {most} and {beyond} {page}) page on true
                    """,
            cancel,
            totals);
        return new(keys, totals.Count > 0 ? totals[0] : null);
    }

    private async Task<List<ProductCursor>> Skip(int group, long offset, int wanted, bool backwards, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var sort = Sort(sql);
        return await Read(sql, $"""
            select {group}, ({sort.Key})::text, s.product_id, null::bigint from product_summaries s
            where {InGroupWhere(sort, group, sql)} order by {sort.Order(backwards)} offset {sql.Add(offset)} limit {sql.Add((long)wanted)}
            """, cancel);
    }

    private async Task<long> InGroup(int group, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        await using var command = sql.Command(database, $"select count(*) from product_summaries s where {InGroupWhere(Sort(sql), group, sql)}");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private string InGroupWhere(SortSql sort, int group, SqlParameters sql) => FilterSql.And([
        FilterSql.Where(query.StoreId, query.Filter, search, time, sql),
        .. sort.Groups.First(each => each.Number == group).Where is { } where ? [where] : Array.Empty<string>()]);

    private async Task<List<ProductCursor>> Read(SqlParameters sql, string text, CancellationToken cancel, List<long>? totals = null)
    {
        await using var command = sql.Command(database, text);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var keys = new List<ProductCursor>();
        while (await reader.ReadAsync(cancel))
        {
            if (!reader.IsDBNull(2))
                keys.Add(new(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2)));
            if (!reader.IsDBNull(3))
                totals?.Add(reader.GetInt64(3));
        }
        return keys;
    }
}
