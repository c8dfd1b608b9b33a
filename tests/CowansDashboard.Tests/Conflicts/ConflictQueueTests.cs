using CowansDashboard.Conflicts;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Conflicts;

[Trait("Category", "Integration")]
public sealed class ConflictQueueTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const long Store = 1;

    [Fact]
    public async Task The_queue_is_narrowed_by_every_filter_and_counted_for_each()
    {
        var (coat, scarf) = (await Product("Coat", "Aran Mills"), await Product("Scarf", "Harlow"));
        await Add(coat, "product", coat, "title", minutesAgo: 60);
        var price = await Add(coat, "variant", await Variant(coat, "Small"), "price", minutesAgo: 30, run: 8);
        await Add(scarf, "product", scarf, "title", minutesAgo: 10);
        var winter = await database.Scalar<long>("insert into collections (store_id, title, handle, sort_order) values (1, 'Winter', 'winter', 'MANUAL') returning id");
        await database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position) values (1, $1, $2, 1) returning id", winter, scarf);

        (await Titles(ConflictFilter.Everything)).ShouldBe(["Scarf", "Coat", "Coat"]);
        (await Titles(new() { Field = "title" })).ShouldBe(["Scarf", "Coat"]);
        (await Titles(new() { Entity = "variant" })).ShouldBe(["Coat"]);
        (await Titles(new() { Vendor = "Aran Mills" })).ShouldBe(["Coat", "Coat"]);
        (await Titles(new() { Collection = winter })).ShouldBe(["Scarf"]);
        (await Titles(new() { Run = 8 })).ShouldBe(["Coat"]);
        (await Titles(new() { Product = scarf })).ShouldBe(["Scarf"]);
        (await Titles(new() { Since = TimeProvider.System.GetUtcNow().AddMinutes(-20) })).ShouldBe(["Scarf"]);
        (await Titles(new() { State = ConflictState.Settled })).ShouldBeEmpty();

        var counts = await new CountConflicts(database.Source).Count(Store, new() { Field = "title" }, default);
        (counts.Fields, counts.Products).ShouldBe((2, 2));
        counts.ByField.ShouldBe([new("title", "title", 2), new("price", "price", 1)]);
        counts.ByVendor.ShouldBe([new("Aran Mills", "Aran Mills", 1), new("Harlow", "Harlow", 1)]);
        counts.ByCollection.ShouldHaveSingleItem().ShouldBe(new ConflictFacet($"{winter}", "Winter", 1));

        var details = (await new ReadConflict(database.Source).Read(Store, price, default)).ShouldNotBeNull();
        (details.Row.Part, details.InProduct.Count, details.Alike).ShouldBe(("Small", 2, 0L));
        (await new ReadConflict(database.Source).Read(2, price, default)).ShouldBeNull("another store's page must not open it");
    }

    [Fact]
    public async Task Paging_names_each_conflict_once_while_others_come_and_go()
    {
        const long store = 2;
        var product = await Product("Many", "V", store);
        var ids = new List<long>();
        for (var index = 0; index < 7; index++)
            ids.Add(await Add(product, "variant", await Variant(product, $"{index}", store), "price", minutesAgo: 100 - (index / 2), store: store));
        var find = new FindConflicts(database.Source);

        var first = await find.Find(store, ConflictFilter.Everything, null, 3, default);
        await Add(product, "product", product, "title", minutesAgo: 0, store: store);
        var second = await find.Find(store, ConflictFilter.Everything, ConflictPlace.Read(first.Next!.Text), 3, default);
        var third = await find.Find(store, ConflictFilter.Everything, second.Next, 3, default);

        first.Rows.Concat(second.Rows).Concat(third.Rows).Select(row => row.Id).ShouldBe(ids.OrderDescending());
        third.Next.ShouldBeNull();
    }

    [Fact]
    public async Task Statistics_tell_the_fields_the_days_and_how_conflicts_ended()
    {
        const long store = 3;
        var product = await Product("Coat", "V", store);
        await Add(product, "product", product, "title", minutesAgo: 1, store: store);
        await Ended(await Add(product, "product", product, "vendor", minutesAgo: 60, store: store), "mine", minutesAgo: 50);
        await Ended(await Add(product, "product", product, "vendor", minutesAgo: 60, store: store), "shopifys", minutesAgo: 30);
        await Ended(await Add(product, "product", product, "vendor", minutesAgo: 60, store: store), "rule-shopify", minutesAgo: 60);
        await Ended(await Add(product, "product", product, "tags", minutesAgo: 60, store: store), "returned", minutesAgo: 10);

        var figures = await new ConflictStatistics(database.Source, TimeProvider.System).Read(store, 30, TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), default);

        (figures.Open, figures.Found).ShouldBe((1, 5));
        figures.SettledThisWeek.ShouldBe(new SettledBy(2, 1, 1));
        figures.MedianToSettle!.Value.TotalMinutes.ShouldBe(20, 0.01);
        figures.Fields[0].ShouldBe(new FieldConflicts("product", "vendor", 3, 0, 1, 1, 0, 1, 0));
        figures.Trend.Count.ShouldBe(30);
        figures.Trend.Sum(day => day.Found).ShouldBe(5);
        figures.Trend.Sum(day => day.Settled).ShouldBe(4);
    }

    private async Task<IEnumerable<string>> Titles(ConflictFilter filter) =>
        (await new FindConflicts(database.Source).Find(Store, filter, null, 50, default)).Rows.Select(row => row.Title);

    private Task<long> Product(string title, string vendor, long store = Store) => database.Scalar<long>(
        "insert into products (store_id, title, handle, status, vendor) values ($1, $2, $2, 'ACTIVE', $3) returning id", store, title, vendor);

    private Task<long> Variant(long product, string title, long store = Store) => database.Scalar<long>(
        "insert into variants (store_id, product_id, title, position, price) values ($1, $2, $3, 1, 10) returning id", store, product, title);

    private Task<long> Add(long product, string entity, long entityId, string field, int minutesAgo, long run = 7, long store = Store) => database.Scalar<long>("""
        insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys, run_id, detected_at)
        values ($1, $2, $3, $4, $5, '"a"', '"b"', '"c"', $6, now() - make_interval(mins => $7)) returning id
        """, store, entity, entityId, product, field, run, minutesAgo);

    private Task<long> Ended(long id, string closedAs, int minutesAgo) => database.Scalar<long>(
        "update conflicts set closed_as = $2, closed_at = now() - make_interval(mins => $3) where id = $1 returning id", id, closedAs, minutesAgo);
}
