using System.Globalization;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// The grid over a million variants: rows, next and previous at any depth, jumps, counts, facets and a selection of
/// all that match. Beside each stands its limit, measured in the same run: the time PostgreSQL itself needs for the
/// plain scan that any answer must make.
/// </summary>
public static class GridBenchmark
{
    private const int Times = 30;
    private const int PageSize = 50;

    public static async Task Run(string[] arguments)
    {
        var folder = Option(arguments, "--folder") ?? Path.Combine(Path.GetTempPath(), "cowan-benchmarks");
        var port = int.Parse(Option(arguments, "--port") ?? "5433", CultureInfo.InvariantCulture);
        var variants = int.Parse(Option(arguments, "--variants") ?? "1000000", CultureInfo.InvariantCulture);
        await using var postgres = await BenchmarkPostgres.Start(folder, port);
        await using var database = await postgres.Fresh("grid");
        var products = variants / 3;
        await GridRows.Fill(database, products);
        Console.WriteLine($"grid over {products:N0} products and {variants:N0} variants; {Times} rounds each; times in ms");
        Console.WriteLine($"{"",-58}{"p50",9}{"p95",9}   {"limit",-44}{"p50",9}   goal");

        var grid = new Grid(database);
        const string Walk = "select * from product_summaries where store_id = 1 and sync_state <> 4 order by title collate \"und-x-icu\", product_id limit 51";
        const string Scan = "select count(*) from product_summaries s where store_id = 1 and sync_state <> 4 and status = 'ACTIVE'";
        foreach (var (name, filter, sort) in Pages())
            await Line(name, () => grid.Find(filter, sort, PagePlace.First), name.StartsWith("rows", StringComparison.Ordinal) && filter.Length == 0 ? Walk : Scan, "p95 < 50", 50);

        var deep = await grid.Cursor("", "title", products / PageSize * 3 / 4);
        await Line("next, three quarters deep", () => grid.Find("", "title", new PagePlace.After(deep)), Walk, "flat", 50);
        await Line("previous, three quarters deep", () => grid.Find("", "title", new PagePlace.Before(deep)), Walk, "flat", 50);
        var filtered = await grid.Cursor("status=active", "stock", products * 8 / 10 / PageSize * 3 / 4);
        await Line("next, three quarters deep, filtered, by stock", () => grid.Find("status=active", "stock", new PagePlace.After(filtered)), Walk, "flat", 50);

        var page = Math.Min(5_000, products / PageSize * 3 / 4);
        var offset = $"select product_id from product_summaries where store_id = 1 and sync_state <> 4 order by title collate \"und-x-icu\", product_id offset {page * PageSize} limit 50";
        await Line($"jump to page {page:N0}", () => grid.Find("", "title", new PagePlace.Numbered(page)), offset, "< 200", 200);
        await Line($"jump to page {page:N0}, by last update", () => grid.Find("", "-updated", new PagePlace.Numbered(page)), offset, "< 200", 200);
        await Line($"jump to page {page:N0}, active, by price", () => grid.Find("status=active", "price", new PagePlace.Numbered(page)), offset, "< 200", 200);

        foreach (var (name, filter) in new[] { ("count, everything", ""), ("count, active", "status=active"), ("count, active and a price range", "status=active&price.min=40&price.max=80"), ("count, a search", "q=lambswool"), ("count, a broad search", "q=core") })
            await Line(name, () => grid.Count(filter), Scan, "< 150", 150);
        await Line("select all matching, kept as a predicate", () => grid.Select("status=active"), Scan, "–", double.MaxValue);
        foreach (var field in new[] { FilterField.Vendor, FilterField.Type, FilterField.Tag })
            await Line($"menu of {field.Label.ToLowerInvariant()}s with counts", () => grid.Facet(field), "select vendor, count(*) from product_summaries where store_id = 1 and sync_state <> 4 group by 1", "–", double.MaxValue);

        async Task Line(string name, Func<Task> work, string limit, string goal, double most)
        {
            var (p50, p95) = await Rounds.Measure(Times, work);
            var (bare, _) = await Rounds.Measure(Times, () => Execute(database, limit));
            var passed = (goal == "flat" ? p95 < 50 : p95 < most) ? "" : "   missed";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-58}{p50,9:0.0}{p95,9:0.0}   {Short(limit),-44}{bare,9:0.0}   {goal}{passed}"));
        }
    }

    private static IEnumerable<(string Name, string Filter, string? Sort)> Pages() =>
    [
        ("rows, by title", "", "title"), ("rows, by last update", "", "-updated"), ("rows, by price", "", "price"), ("rows, by stock", "", "-stock"),
        ("rows, by vendor", "", "vendor"), ("rows, by status", "", "status"), ("rows, by variants", "", "-variants"),
        ("rows, active", "status=active", "title"), ("rows, one vendor", "vendor=Vendor%20Aran%201", "title"), ("rows, one tag", "tag=tag-5", "title"),
        ("rows, low stock and draft", "stock.max=5&status=draft", "title"), ("rows, a price range", "price.min=40&price.max=41", "title"),
        ("rows, three conditions that exclude each other", "vendor=Vendor%20Aran%201&type=Knitwear%203&status=active", "title"),
        ("rows, without a picture, by price", "image=no", "price"), ("rows, pending", "sync=pending", "title"),
        ("search, one word", "q=lambswool", null), ("search, two words", "q=lambswool%20crew", null), ("search, two words, by price", "q=lambswool%20crew", "price"),
        ("search, a word of a third of the shop", "q=core", null), ("search, a SKU", "q=SKU-77777-M", null), ("search, a barcode", "q=5055200000123", null),
        ("search, part of a SKU", "q=sku-777", null), ("search, two letters", "q=cr", null), ("search, mistyped", "q=lambswol", null), ("search, found nowhere", "q=qqqqqq", null),
    ];

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) { }
    }

    private static string Short(string sql) =>
        sql.Contains("offset", StringComparison.Ordinal) ? "index scan of as many rows" : sql.Contains("group by", StringComparison.Ordinal) ? "scan that groups every row" : sql.Contains("limit 51", StringComparison.Ordinal) ? "index scan of 51 rows" : "scan that counts every row";

    private static string? Option(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

    private sealed class Grid
    {
        private readonly FindProducts _find;
        private readonly CountProducts _count;
        private readonly ListFacet _facet;

        public Grid(NpgsqlDataSource database)
        {
            var understand = new UnderstandSearch(database, new(database, TimeProvider.System));
            var time = new ReadStoreTime(database, TimeProvider.System);
            _count = new(database, understand, time);
            _find = new(database, understand, _count, time);
            _facet = new(database, understand, time);
        }

        public Task<FoundProducts> Find(string filter, string? sort, PagePlace place)
        {
            var read = FilterText.Read(filter).Filter;
            return _find.Find(new(1, read, ProductSort.For(ProductSort.Read(sort), read), PageSize, place), CancellationToken.None);
        }

        public async Task<ProductCursor> Cursor(string filter, string sort, int page) => (await Find(filter, sort, new PagePlace.Numbered(page))).End!;

        public Task<long> Count(string filter) => _count.Count(1, FilterText.Read(filter).Filter, CancellationToken.None);

        public async Task Select(string filter)
        {
            var selection = ProductSelection.All(FilterText.Read(filter).Filter);
            _ = selection.Count(await Count(filter));
        }

        public Task<IReadOnlyList<FacetValue>> Facet(FilterField field) => _facet.List(1, ProductFilter.Everything, field, "", CancellationToken.None);
    }
}
