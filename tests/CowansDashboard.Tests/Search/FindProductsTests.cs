using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
namespace CowansDashboard.Tests.Search;

[Trait("Category", "Integration")]
public sealed class FindProductsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static long _stores = 100;

    private readonly long _store = Interlocked.Increment(ref _stores);
    private readonly Finder _finder = database.Source.Finder();

    [Fact]
    public async Task Each_condition_keeps_what_it_says()
    {
        await Copy(
            new() { Title = "Cheap", Price = 5m, MaxPrice = 8m, Stock = 0, Vendor = "", Status = "DRAFT", Tags = ["sale", "new"], Category = "gid://shopify/TaxonomyCategory/aa-1-1" },
            new() { Title = "Middle", Price = 40m, MaxPrice = 60m, Stock = 7, Tags = ["new"], Picture = "https://cdn.shopify.com/x.jpg", Category = "gid://shopify/TaxonomyCategory/aa-1-10", Updated = Day(20) },
            new() { Title = "Dear", Price = 90m, Stock = null, Vendor = "Glen", Status = "ARCHIVED", Type = "Scarf", Sync = 3, Updated = Day(25) });

        await Matches("status=active", "Middle");
        await Matches("status=draft&status=archived", "Cheap", "Dear");
        await Matches("status.none=active", "Cheap", "Dear");
        await Matches("vendor=", "Cheap");
        await Matches("vendor.none=Glen", "Cheap", "Middle");
        await Matches("type=Scarf", "Dear");
        await Matches("tag=sale&tag=new", "Cheap", "Middle");
        await Matches("tag.all=sale&tag.all=new", "Cheap");
        await Matches("tag.none=new", "Dear");
        await Matches("category=aa-1-1", "Cheap");
        await Matches("category=aa-1", "Cheap", "Middle");
        await Matches("category=", "Dear");
        await Matches("price.min=50", "Dear", "Middle");
        await Matches("price.max=50", "Cheap", "Middle");
        await Matches("stock.max=6", "Cheap");
        await Matches("stock.min=7", "Middle");
        await Matches("image=no", "Cheap", "Dear");
        await Matches("image=yes", "Middle");
        await Matches("sync=conflict", "Dear");
        await Matches("updated.since=2026-11-20", "Dear", "Middle");
        await Matches("updated.before=2026-11-21", "Cheap", "Middle");
        await Matches("price.min=1&stock.min=1&status=active", "Middle");
    }

    [Fact]
    public async Task A_typed_day_is_a_day_on_the_shops_clocks()
    {
        var store = await database.Scalar<long>(
            "insert into stores (name, shop, api_version, credential_kind, credentials, time_zone) values ('Far', $1, '2026-10', 'token', '', 'Pacific/Auckland') returning id", Guid.NewGuid() + ".myshopify.com");
        // In Auckland, thirteen hours ahead, 20 November is 19 November 11:00 to 20 November 11:00 UTC.
        await database.Source.Copy(
            new CopiedProduct { StoreId = store, Title = "Eve", Updated = new(2026, 11, 19, 10, 59, 59, DateTimeKind.Utc) },
            new CopiedProduct { StoreId = store, Title = "First", Updated = new(2026, 11, 19, 11, 0, 0, DateTimeKind.Utc) },
            new CopiedProduct { StoreId = store, Title = "Last", Updated = new(2026, 11, 20, 10, 59, 59, DateTimeKind.Utc) },
            new CopiedProduct { StoreId = store, Title = "Morrow", Updated = new(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc) });

        (await _finder.Titles("updated.since=2026-11-20&updated.before=2026-11-21", "title", store)).ShouldBe(["First", "Last"]);
        (await _finder.Counter.Count(store, FilterText.Read("updated.before=2026-11-20").Filter, CancellationToken.None)).ShouldBe(1);
        (await _finder.Titles("updated.since=2026-11-20T10:59:59Z", "title", store)).ShouldBe(["Last", "Morrow"]);
    }

    [Fact]
    public async Task Collections_and_publications_are_sets_of_products()
    {
        var ids = await Copy(new() { Title = "In" }, new() { Title = "Out" }, new() { Title = "Leaving" });
        var collection = await database.Scalar<long>("insert into collections (store_id, title, handle, sort_order) values ($1, 'Winter', 'winter', 'MANUAL') returning id", _store);
        foreach (var (id, mark) in new[] { (ids[0], 0), (ids[2], 2) })
            await database.Scalar<long>("insert into collection_members (collection_id, product_id, store_id, position, mark) values ($1, $2, $3, 1, $4) returning product_id", collection, id, _store, (short)mark);
        var publication = await database.Scalar<long>("insert into publications (store_id, shopify_id, title) values ($1, 1, 'Online shop') returning id", _store);
        await database.Scalar<long>("insert into product_publications (product_id, publication_id, store_id) values ($1, $2, $3) returning product_id", ids[1], publication, _store);

        await Matches($"collection={collection}", "In");
        await Matches($"collection.none={collection}", "Leaving", "Out");
        await Matches($"publication={publication}", "Out");
        await Matches($"publication.none={publication}", "In", "Leaving");
        (await _finder.Facets.List(_store, ProductFilter.Everything, FilterField.Collection, "win", CancellationToken.None))
            .ShouldBe([new FacetValue(collection.ToString(System.Globalization.CultureInfo.InvariantCulture), "Winter", 1)]);
    }

    [Fact]
    public async Task Another_stores_rows_are_never_shown()
    {
        await database.Source.Copy(new CopiedProduct { StoreId = _store, Title = "Ours crew", Skus = ["S-1"] }, new CopiedProduct { StoreId = 9_999, Title = "Theirs crew", Skus = ["S-1"] });

        foreach (var filter in new[] { "", "q=crew", "q=s-1", "q=crw", "status=active" })
            (await _finder.Titles(filter, storeId: _store)).ShouldAllBe(title => title == "Ours crew");
        (await _finder.Titles("q=theirs", storeId: _store)).ShouldBeEmpty();
        (await _finder.Facets.List(_store, ProductFilter.Everything, FilterField.Vendor, "", CancellationToken.None)).Sum(value => value.Count).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_gone_in_Shopify_is_absent_until_asked_for()
    {
        await Copy(new() { Title = "Here" }, new() { Title = "Gone", Sync = 4 });

        await Matches("", "Here");
        await Matches("sync=gone", "Gone");
        (await _finder.Counter.Count(_store, ProductFilter.Everything, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task Titles_sort_as_people_expect_in_any_language()
    {
        await Copy(new() { Title = "zebra" }, new() { Title = "Émile" }, new() { Title = "apple" }, new() { Title = "Zoo" }, new() { Title = "eagle" }, new() { Title = "Apple" });

        (await _finder.Titles("", "title", _store)).ShouldBe(["apple", "Apple", "eagle", "Émile", "zebra", "Zoo"]);
    }

    [Fact]
    public async Task Products_without_a_price_or_stock_come_last_either_way()
    {
        await Copy(new() { Title = "None", Stock = null, Price = null }, new() { Title = "One", Stock = 1, Price = 1 }, new() { Title = "Two", Stock = 2, Price = 2 });

        (await _finder.Titles("", "stock", _store)).ShouldBe(["One", "Two", "None"]);
        (await _finder.Titles("", "-stock", _store)).ShouldBe(["Two", "One", "None"]);
        (await _finder.Titles("", "-price", _store)).ShouldBe(["Two", "One", "None"]);
    }

    [Fact]
    public async Task Facets_count_what_the_other_conditions_leave()
    {
        await Copy(new() { Title = "a", Vendor = "Aran" }, new() { Title = "b", Vendor = "Aran", Status = "DRAFT" }, new() { Title = "c", Vendor = "Glen", Tags = ["x", "y"] });

        var filter = FilterText.Read("status=active&vendor=Glen").Filter;
        (await _finder.Facets.List(_store, filter, FilterField.Vendor, "", CancellationToken.None)).Select(value => (value.Value, value.Count)).ShouldBe([("Aran", 1), ("Glen", 1)]);
        (await _finder.Facets.List(_store, filter, FilterField.Status, "", CancellationToken.None)).Select(value => (value.Value, value.Count)).ShouldBe([("active", 1)]);
        (await _finder.Facets.List(_store, ProductFilter.Everything, FilterField.Tag, "Y", CancellationToken.None)).Select(value => value.Value).ShouldBe(["y"]);
        (await _finder.Facets.List(_store, ProductFilter.Everything, FilterField.Vendor, "%", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_selection_of_all_that_match_reads_Shopifys_ids_without_the_exceptions()
    {
        var ids = await Copy(new() { Title = "crew a", ShopifyId = 11 }, new() { Title = "crew b", ShopifyId = 12 }, new() { Title = "other", ShopifyId = 13 }, new() { Title = "crew local" });

        var all = ProductSelection.All(FilterText.Read("q=crew").Filter).Toggle(ids[1]);

        all.Count(3).ShouldBe(2);
        all.Contains(ids[1]).ShouldBeFalse();
        (await _finder.Selections.Read(_store, all, CancellationToken.None)).ShouldBe([11]);
        (await _finder.Selections.Read(_store, ProductSelection.Nothing.Set([ids[2]], true), CancellationToken.None)).ShouldBe([13]);
    }

    [Fact]
    public async Task A_selection_seen_in_another_list_says_which_rows_it_leaves_out_and_takes_some_of_them_as_well()
    {
        var ids = await Copy(new() { Title = "crew a", ShopifyId = 21 }, new() { Title = "crew b", ShopifyId = 22 }, new() { Title = "other", ShopifyId = 23 }, new() { Title = "another", ShopifyId = 24 });
        var all = ProductSelection.All(FilterText.Read("q=crew").Filter);

        var outside = await _finder.NotMatching.Of(_store, all.AllMatching!, ids, CancellationToken.None);

        outside.Order().ShouldBe([ids[2], ids[3]]);
        var both = all.Set([ids[1], ids[2]], true, outside).Toggle(ids[0]);
        ids.Select(id => both.Contains(id, outside.Contains(id))).ShouldBe([false, true, true, false]);
        both.Count(2).ShouldBe(2);
        (await _finder.Selections.Read(_store, both, CancellationToken.None)).ShouldBe([22, 23]);
        both.Set([ids[1], ids[2]], false, outside).Count(2).ShouldBe(0);
    }

    private static DateTime Day(int day) => new(2026, 11, day, 12, 0, 0, DateTimeKind.Utc);

    private Task<long[]> Copy(params CopiedProduct[] products) =>
        database.Source.Copy([.. products.Select(product => product with { StoreId = _store })]);

    private async Task Matches(string filter, params string[] titles)
    {
        (await _finder.Titles(filter, "title", _store)).ShouldBe(titles, filter);
        (await _finder.Counter.Count(_store, FilterText.Read(filter).Filter, CancellationToken.None)).ShouldBe(titles.Length, filter);
    }
}
