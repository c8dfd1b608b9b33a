namespace CowansDashboard.Search;

/// <summary>
/// How one order is written in SQL. Rows fall into groups that follow each other (rows with a price, then rows
/// without); within a group they follow the key, then the id in the same direction, so that one index serves both ways.
/// </summary>
/// <param name="Key">The sort value as an expression on <c>product_summaries s</c>.</param>
/// <param name="Type">Its type, to read a cursor back.</param>
/// <param name="Groups">Each group's number and condition.</param>
/// <param name="Group">The group's number as an expression, for ordering all rows at once.</param>
internal sealed record SortSql(string Key, string Type, bool Descending, IReadOnlyList<(int Number, string? Where)> Groups, string Group)
{
    private const string Title = $"s.title {FilterSql.Collation}";

    public static SortSql For(ProductSort sort)
    {
        return sort.Key switch
        {
            SortKey.Title => Plain(Title, "text"),
            SortKey.Vendor => Plain($"s.vendor {FilterSql.Collation}", "text"),
            SortKey.Status => Plain("s.status", "text"),
            SortKey.Variants => Plain("s.variants", "integer"),
            SortKey.Updated => Plain("s.updated_at", "timestamptz"),
            SortKey.Price => NullsLast("s.min_price", "numeric"),
            SortKey.Stock => NullsLast("s.stock", "bigint"),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort.Key, "Relevance needs the search"),
        };

        SortSql Plain(string key, string type) => new(key, type, sort.Descending, [(1, null)], "1");

        SortSql NullsLast(string key, string type) =>
            new(key, type, sort.Descending, [(1, $"{key} is not null"), (2, $"{key} is null")], $"(case when {key} is null then 2 else 1 end)");
    }

    /// <summary>Best match first: exact hits, titles that start with the search, titles that hold every word, the rest; each by title.</summary>
    public static SortSql Ranked(SearchTerms search, SqlParameters sql)
    {
        // search_text starts with the title, already without accents; a few letters can become two.
        const string PlainTitle = "left(s.search_text, char_length(s.title) + 2)";
        var exact = search.Exact.Length == 0 ? "" : $"when s.product_id = any({sql.Add(search.Exact)}) then 0 ";
        var start = sql.Add(LikePattern.Escape(search.Phrase) + "%");
        var all = FilterSql.And(search.Terms.Select(term => "(" + string.Join(" or ", term.Words.Select(word => $"{PlainTitle} like {sql.Add(LikePattern.Containing(word))}")) + ")"));
        return new(Title, "text", false, [], $"(case {exact}when {PlainTitle} like {start} then 1 when {all} then 2 else 3 end)");
    }

    /// <summary>
    /// For a search that matches a large part of the shop: exact hits, titles that start with the search, the rest; each by
    /// title. Each group but the first is one stretch of the index of titles: the words of a search lie close together in it.
    /// </summary>
    public static SortSql ExactFirst(SearchTerms search, SqlParameters sql)
    {
        var exact = sql.Add(search.Exact);
        // U+FFFF comes after every letter in this order, and what was typed, without capitals and accents, before its other spellings.
        var (from, to) = ($"{sql.Add(search.Start)} {FilterSql.Collation}", $"{sql.Add(search.Start + '\uffff')} {FilterSql.Collation}");
        var other = $"s.product_id <> all({exact}) and";
        return new(
            Title, "text", false,
            [
                (FirstBroadGroup, $"s.product_id = any({exact})"),
                (FirstBroadGroup + 1, $"{other} {Title} >= {from} and {Title} < {to}"),
                (FirstBroadGroup + 2, $"{other} {Title} < {from}"),
                (FirstBroadGroup + 3, $"{other} {Title} >= {to}"),
            ],
            $"(case when s.product_id = any({exact}) then {FirstBroadGroup} when {Title} < {from} then {FirstBroadGroup + 2} when {Title} >= {to} then {FirstBroadGroup + 3} else {FirstBroadGroup + 1} end)");
    }

    /// <summary>Groups of <see cref="ExactFirst"/> start here, so that a cursor tells which order it came from.</summary>
    public const int FirstBroadGroup = 8;

    public string Order(bool backwards)
    {
        var direction = Descending ^ backwards ? "desc" : "asc";
        // Asc puts nulls last and desc first: within a group of nulls that is no order, so the index still serves.
        return $"{Key} {direction}, s.product_id {direction}";
    }

    public string GroupedOrder(bool backwards) => $"{Group} {(backwards ? "desc" : "asc")}, {Order(backwards)}";

    /// <summary>Rows beyond a cursor of the same group.</summary>
    public string Beyond(ProductCursor cursor, bool backwards, SqlParameters sql)
    {
        var sign = Descending ^ backwards ? "<" : ">";
        return cursor.Value is null
            ? $"s.product_id {sign} {sql.Add(cursor.Id)}"
            : $"({Key}, s.product_id) {sign} ({sql.Add(cursor.Value)}::{Type}{(Type == "text" && Key.Contains(FilterSql.Collation, StringComparison.Ordinal) ? " " + FilterSql.Collation : "")}, {sql.Add(cursor.Id)})";
    }

    /// <summary>Rows beyond a cursor in all groups.</summary>
    public string BeyondInAny(ProductCursor cursor, bool backwards, SqlParameters sql)
    {
        var group = sql.Add(cursor.Group);
        return $"({Group} {(backwards ? "<" : ">")} {group} or ({Group} = {group} and {Beyond(cursor, backwards, sql)}))";
    }
}
