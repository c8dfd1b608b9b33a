using System.Globalization;

namespace CowansDashboard.Search;

/// <summary>A filter as a condition on <c>product_summaries s</c>. Every value is a parameter.</summary>
internal static class FilterSql
{
    public const string Collation = "collate \"und-x-icu\"";
    private const int Gone = 4;

    // What is removed here is kept out of the grid like what is gone in Shopify, and by the same indexes.
    private const string Removed = "exists (select from products h where h.id = s.product_id and h.removal is not null and h.deleted_at is null)";

    /// <summary>The store's rows that are in the grid at all. Said in the very words of the indexes, so that they serve.</summary>
    public static string Store(long storeId, ProductFilter filter, SqlParameters sql) =>
        $"s.store_id = {sql.Add(storeId)}" + (filter.Values(FilterField.Sync).Any(Hidden) ? "" : $" and s.sync_state <> {Gone}");

    public static IReadOnlyList<string> Conditions(ProductFilter filter, SearchTerms? search, StoreTime time, SqlParameters sql) =>
        [.. filter.Conditions.Select(condition => Condition(condition, time, sql)), .. search is null ? [] : Search(search, sql)];

    /// <summary>All of it: the store, the conditions, the search.</summary>
    public static string Where(long storeId, ProductFilter filter, SearchTerms? search, StoreTime time, SqlParameters sql) =>
        And([Store(storeId, filter, sql), .. Conditions(filter, search, time, sql)]);

    public static string And(IEnumerable<string> conditions) => string.Join(" and ", conditions);

    private static string Condition(FilterCondition condition, StoreTime time, SqlParameters sql)
    {
        var (field, values) = (condition.Field, condition.Values);
        return field.Name switch
        {
            "status" => Words("s.status", [.. values.Select(value => value.ToUpperInvariant())]),
            "vendor" => Words($"s.vendor {Collation}", [.. values]),
            "type" => Words("s.product_type", [.. values]),
            "tag" => Tags(condition, sql),
            "category" => Category(condition, sql),
            "own-category" => OwnCategory(),
            "collection" => Membership("select m.product_id from collection_members m where m.mark <> 2 and m.collection_id"),
            "publication" => Membership("select m.product_id from product_publications m where m.mark <> 2 and m.publication_id"),
            "sync" => Sync(condition, sql),
            // A product is in a price range when one of its prices can be.
            "price" => condition.Operator == "min" ? $"s.max_price >= {Money()}" : $"s.min_price <= {Money()}",
            "stock" => $"s.stock {Compare()} {Number()}",
            "variants" => $"s.variants {Compare()} {Number()}",
            "image" => values[0] == "yes" ? "s.thumbnail_url is not null" : "s.thumbnail_url is null",
            "updated" => $"s.updated_at {(condition.Operator == "since" ? ">=" : "<")} {sql.Add(time.Of(values[0]).UtcDateTime)}",
            _ => throw new ArgumentOutOfRangeException(nameof(condition), field.Name, "No such filter"),
        };

        string Words(string column, string[] words) =>
            condition.Operator == FilterField.None ? $"{column} <> all({sql.Add(words)})" : $"{column} = any({sql.Add(words)})";

        string Membership(string products)
        {
            var ids = sql.Add<long[]>([.. values.Select(value => long.Parse(value, CultureInfo.InvariantCulture))]);
            return $"s.product_id {(condition.Operator == FilterField.None ? "not in" : "in")} ({products} = any({ids}))";
        }

        // With everything below it; 0 means none.
        string OwnCategory()
        {
            var ids = values.Select(value => long.Parse(value, CultureInfo.InvariantCulture)).ToList();
            List<string> any = [];
            if (ids.Where(id => id > 0).ToArray() is { Length: > 0 } some)
                any.Add($"""
                    s.product_id in (select h.product_id from categories r
                        join categories c on c.store_id = r.store_id and c.path >= r.path and c.path < left(r.path, -1) || '0' and c.deleted_at is null
                        join product_categories h on h.category_id = c.id where r.id = any({sql.Add(some)}) and r.deleted_at is null)
                    """);
            if (ids.Contains(0))
                any.Add("not exists (select from product_categories h join categories c on c.id = h.category_id and c.deleted_at is null where h.product_id = s.product_id)");
            return $"{(condition.Operator == FilterField.None ? "not " : "")}({string.Join(" or ", any)})";
        }

        string Compare() => condition.Operator == "min" ? ">=" : "<=";
        string Number() => sql.Add(long.Parse(values[0], CultureInfo.InvariantCulture));
        string Money() => sql.Add(decimal.Parse(values[0], CultureInfo.InvariantCulture));
    }

    private static bool Hidden(string sync) => FilterField.Sync.Values!.ToList().IndexOf(sync) >= Gone;

    private static string Sync(FilterCondition condition, SqlParameters sql)
    {
        var states = condition.Values.Select(value => condition.Field.Values!.ToList().IndexOf(value)).ToList();
        var (gone, removed) = (states.Contains(Gone), states.Contains(Gone + 1));
        var hidden = gone == removed ? "" : $" and (s.sync_state <> {Gone} or {(removed ? "" : "not ")}{Removed})";
        return $"s.sync_state = any({sql.Add<short[]>([.. states.Select(state => (short)Math.Min(state, Gone)).Distinct()])}){hidden}";
    }

    private static string Tags(FilterCondition condition, SqlParameters sql)
    {
        var tags = sql.Add<string[]>([.. condition.Values]);
        return condition.Operator switch
        {
            FilterField.Every => $"s.tags @> {tags}",
            FilterField.None => $"not s.tags && {tags}",
            _ => $"s.tags && {tags}",
        };
    }

    // With everything below it: Shopify's ids are paths such as aa-1-13. An empty value means no category.
    private static string Category(FilterCondition condition, SqlParameters sql)
    {
        var ids = condition.Values.Select(value => value.Length == 0 || value.Contains('/', StringComparison.Ordinal) ? value : $"gid://shopify/TaxonomyCategory/{value}").ToList();
        var (exact, below) = (sql.Add<string[]>([.. ids]), sql.Add<string[]>([.. ids.Where(id => id.Length > 0).Select(id => LikePattern.Escape(id) + "-%")]));
        var match = $"(coalesce(s.category_id, '') = any({exact}) or coalesce(s.category_id, '') like any({below}))";
        return condition.Operator == FilterField.None ? "not " + match : match;
    }

    private static IEnumerable<string> Search(SearchTerms search, SqlParameters sql)
    {
        var terms = And(search.Terms.Select(term => "(" + string.Join(" or ", term.Words.SelectMany(Patterns).Select(pattern => $"s.search_text like {sql.Add(pattern)}")) + ")"));
        yield return search.Exact.Length == 0 ? terms : $"(s.product_id = any({sql.Add(search.Exact)}) or {terms})";
    }

    // One or two letters are the start of a word, which the trigram index knows too.
    private static IEnumerable<string> Patterns(string word) =>
        word.Length <= 2 && word.All(char.IsAsciiLetterOrDigit)
            ? [LikePattern.Escape(word) + "%", "% " + LikePattern.Escape(word) + "%", "%-" + LikePattern.Escape(word) + "%"]
            : [LikePattern.Containing(word)];
}
