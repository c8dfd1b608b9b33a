using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
using System.Globalization;

namespace CowansDashboard.Tests.Search;

/// <summary>Paging by cursor, by number and backwards must all tell the same story, over data full of ties and gaps.</summary>
[Trait("Category", "Integration")]
public sealed class PagingTests(PagingTests.Shop shop) : IClassFixture<PagingTests.Shop>
{
    private const int Size = 7;

    public static TheoryData<string, string> Orders
    {
        get
        {
            var orders = new TheoryData<string, string>();
            foreach (var sort in new[] { "title", "vendor", "status", "variants", "price", "stock", "updated" })
                foreach (var filter in new[] { "", "status=active", "stock.max=3&status=draft", "q=crew", "q=xl" })
                {
                    orders.Add(filter, sort);
                    orders.Add(filter, "-" + sort);
                }
            orders.Add("q=crew", "relevance");
            orders.Add("q=crew jumper", "relevance");
            orders.Add("q=sku-7", "relevance");
            return orders;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Every_way_through_the_pages_shows_the_same_rows(string filter, string sort)
    {
        var expected = await shop.Expected(filter, sort);

        var (forwards, backwards) = (new List<long>(), new List<long>());
        var page = await shop.Finder.Page(filter, sort, size: Size);
        page.Start.ShouldBeNull();
        forwards.AddRange(page.Rows.Select(row => row.Id));
        while (page.End is { } end)
        {
            page = await shop.Finder.Page(filter, sort, new PagePlace.After(ProductCursor.Read(end.Text)!), Size);
            forwards.AddRange(page.Rows.Select(row => row.Id));
        }
        backwards.AddRange(page.Rows.Select(row => row.Id).Reverse());
        while (page.Start is { } start)
        {
            page = await shop.Finder.Page(filter, sort, new PagePlace.Before(start), Size);
            backwards.AddRange(page.Rows.Select(row => row.Id).Reverse());
        }
        backwards.Reverse();

        forwards.ShouldBe(expected);
        backwards.ShouldBe(expected);
        for (var number = 1; number <= (expected.Count / Size) + 2; number += 3)
        {
            var jumped = await shop.Finder.Page(filter, sort, new PagePlace.Numbered(number), Size);
            jumped.Rows.Select(row => row.Id).ShouldBe(expected.Skip((number - 1) * Size).Take(Size), $"page {number}");
            (jumped.End is not null).ShouldBe(number * Size < expected.Count, $"after page {number}");
        }
    }

    [Fact]
    public async Task A_row_that_comes_or_goes_elsewhere_neither_repeats_nor_hides_others()
    {
        var first = await shop.Finder.Page("", "title", size: Size, storeId: 2);
        var all = await shop.Finder.Page("", "title", size: 100, storeId: 2);
        await shop.Database.Source.Copy(new CopiedProduct { StoreId = 2, Title = "0000 new at the very start" });

        var second = await shop.Finder.Page("", "title", new PagePlace.After(first.End!), Size, 2);

        second.Rows.Select(row => row.Id).ShouldBe(all.Rows.Skip(Size).Take(Size).Select(row => row.Id));
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal TestDatabase Database { get; } = new();

        internal Finder Finder { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Database.InitializeAsync();
            Finder = Database.Source.Finder();
            var random = new Random(20261121);
            string[] words = ["Crew", "crew", "Émile", "Jumper", "scarf", "XL", "毛衣", "Zoo", "שלום"];
            for (var i = 0; i < 160; i++)
                await Database.Source.Copy(new CopiedProduct
                {
                    StoreId = i < 120 ? 1 : 2,
                    Title = string.Join(' ', random.GetItems(words, random.Next(1, 4))),
                    Vendor = random.GetItems(words, 1)[0],
                    Status = random.GetItems(new[] { "ACTIVE", "ACTIVE", "DRAFT", "ARCHIVED" }, 1)[0],
                    Price = random.Next(4) == 0 ? null : random.Next(1, 5),
                    Stock = random.Next(4) == 0 ? null : random.Next(0, 6),
                    Skus = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => $"SKU-{i}-{n}")],
                    Updated = new DateTime(2026, 11, 1 + random.Next(3), 0, 0, 0, DateTimeKind.Utc).AddTicks(random.Next(2) * 10),
                });
        }

        public Task DisposeAsync() => Database.DisposeAsync();

        /// <summary>The plainest truth: all rows in one statement, sorted by PostgreSQL with nulls last and the id to break ties.</summary>
        internal async Task<List<long>> Expected(string filter, string sort)
        {
            var everything = await Finder.Page(filter, "title", size: 1_000);
            var column = sort.TrimStart('-') switch
            {
                "title" or "vendor" => sort.TrimStart('-') + " collate \"und-x-icu\"",
                "price" => "min_price",
                "updated" => "updated_at",
                "relevance" => Rank(FilterText.Read(filter).Filter.Search) + ", title collate \"und-x-icu\"",
                var plain => plain,
            };
            var direction = sort[0] == '-' ? "desc" : "asc";
            await using var command = Database.Source.CreateCommand($"select product_id from product_summaries where product_id = any($1) order by {column} {direction} nulls last, product_id {direction}");
            command.Parameters.Add(new() { Value = everything.Rows.Select(row => row.Id).ToArray() });
            await using var reader = await command.ExecuteReaderAsync();
            var ids = new List<long>();
            while (await reader.ReadAsync())
                ids.Add(reader.GetInt64(0));
            return ids;
        }

        private static string Rank(string search)
        {
            var words = search.Split(' ').Select(word => string.Create(CultureInfo.InvariantCulture, $"lower(unaccent(title)) like '%{word}%'"));
            return $"(case when lower(unaccent(title)) like '{search}%' then 1 when {string.Join(" and ", words)} then 2 else 3 end)";
        }
    }
}
