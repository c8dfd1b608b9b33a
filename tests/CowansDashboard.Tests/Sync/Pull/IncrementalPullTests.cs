using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class IncrementalPullTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Whatever_changed_in_the_shop_is_in_the_copy_and_nothing_else_is_written()
    {
        await using var shop = await ChangingShop.Pulled(database, 250);
        var demo = shop.Demo;
        var before = await shop.Since();
        await demo.EditMany("product", 40, 1, true, "title", "tags", "vendor", "productType", "status", "descriptionHtml", "seoTitle");
        await demo.EditMany("variant", 30, 2, true, "price", "sku", "barcode", "taxable", "unitCost");
        await demo.EditMany("media", 10, 3, true, "alt");
        await demo.EditMany("metafield", 10, 4, true, "value");
        await demo.EditMany("inventory-level", 20, 5, true, "available");
        await demo.Create(7);
        await demo.Delete("product", (await shop.Ids("products"))[10..14]);
        await demo.Delete("media", (await shop.Ids("media"))[^3..]);
        await demo.Delete("metafield", (await shop.Ids("metafields"))[^3..]);
        await demo.Delete("variant", await TwoOfThreeVariants(demo));
        var collections = await shop.Ids("collections");
        await demo.Edit("collection", collections[1], new { title = "Shirts and more" });
        await demo.Delete("collection", collections[4]);
        await demo.Edit("metafield", await ABanner(demo), new { value = "Worn by sailors" });
        await demo.ClearCalls();

        var run = await shop.PullChanges();

        await shop.ShouldBeInTheCopy();
        run.Now.Counters.Failed.ShouldBe(0);
        run.Now.Counters.Deleted.ShouldBeGreaterThan(0);
        run.Now.Counters.Calls.ShouldBe((await demo.Calls()).GetProperty("total").GetInt64());
        run.Now.Counters.PointsSpent.ShouldBeGreaterThan(100);
        run.Now.Budget.ShouldNotBeNull().RestoredPerSecond.ShouldBe(2000);
        run.Now.Streams.ShouldContain(stream => stream.Name == "products" && stream.How.EndsWith("workers") && stream.Total == stream.Done);
        (await shop.Calls("BulkStart")).ShouldBe(0);
        (await demo.Deprecations()).EnumerateObject().ShouldBeEmpty();
        (await shop.Since()).ShouldBeGreaterThan(before);
        (await database.Scalar<long>("select count(*) from pull_rereads where run_id = $1", run.Now.Id)).ShouldBe(0);

        await demo.MoveClock(TimeSpan.FromHours(4));
        await shop.PullChanges();
        await demo.MoveClock(TimeSpan.FromHours(6));
        var idle = await shop.PullChanges();

        (idle.Now.Counters.Inserted, idle.Now.Counters.Updated, idle.Now.Counters.Deleted).ShouldBe((0, 0, 0));
        (await database.Scalar<bool>("select data_as_of = incremental_since from stores where id = $1", shop.Store)).ShouldBeTrue();
    }

    /// <summary>A collection's own words.</summary>
    private static async Task<string> ABanner(DemoStore demo) =>
        (await demo.State("metafields")).First(one => one.GetProperty("key").GetString() == "banner_text").GetProperty("id").GetString()!;

    [Theory]
    [InlineData("Pacific/Pitcairn")]
    [InlineData("Pacific/Tongatapu")]
    public async Task Five_hundred_products_that_changed_in_one_second_come_each_once_in_every_zone(string zone)
    {
        await using var shop = await ChangingShop.Pulled(database, 560, null, "--time-zone", zone);
        var changed = await shop.Demo.EditMany("product", 500, 1, true, "title");
        (await shop.Demo.State("products")).Where(row => row.GetProperty("title").GetString()!.Contains("(edit ")).Select(row => row.GetProperty("updatedAt").GetString())
            .Distinct().Count().ShouldBe(1);

        var run = await shop.PullChanges();

        changed.Count.ShouldBe(500);
        (await shop.Calls("ProductsPage")).ShouldBeGreaterThan(1);
        run.Now.Streams.Single(stream => stream.Name == "products").Done.ShouldBe(500);
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and title like '%(edit %'", shop.Store)).ShouldBe(500);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task More_changes_than_a_list_may_hold_are_cut_by_ids_until_each_part_fits()
    {
        await using var shop = await ChangingShop.Pulled(database, 300, options => options.MostListed = 30);
        await shop.Demo.EditMany("product", 220, 1, true, "title");
        await shop.Demo.Create(50);
        await shop.Demo.ClearCalls();

        var run = await shop.PullChanges();

        run.Now.Streams.Single(stream => stream.Name == "products").Done.ShouldBe(270);
        (await shop.Calls("ProductsCount")).ShouldBeGreaterThan(9);
        await shop.ShouldBeInTheCopy();
    }

    [Theory]
    [InlineData("Pacific/Pitcairn")]
    [InlineData("Pacific/Tongatapu")]
    public async Task The_shops_time_zone_loses_no_change(string zone)
    {
        await using var shop = await ChangingShop.Pulled(database, 40, null, "--time-zone", zone);
        var oldest = (await shop.Demo.State("products")).MinBy(row => row.GetProperty("createdAt").GetDateTimeOffset()).GetProperty("id").GetString()!;
        await shop.Demo.Edit("product", oldest, new { title = "An old product, edited" });

        var run = await shop.PullChanges();

        run.Now.Streams.Single(stream => stream.Name == "products").Done.ShouldBe(1);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task Products_with_many_variants_come_whole()
    {
        await using var shop = await ChangingShop.Pulled(database, 120, null, "--csv", await ManyVariants(101, 251));
        var counts = (await shop.Demo.State("products")).ToDictionary(row => row.GetProperty("id").GetString()!, row => row.GetProperty("variantsCount").GetInt32());
        counts.Values.Max().ShouldBe(2048);
        counts.Values.Where(count => count > 100).Order().ShouldBe([101, 251, 2048]);
        foreach (var (id, _) in counts.Where(one => one.Value > 100))
        {
            (await Lose(shop, id)).ShouldBeGreaterThan(10);
            await shop.Demo.Edit("product", id, new { title = "Many variants" });
        }

        await shop.PullChanges();

        await shop.ShouldBeInTheCopy();
    }

    [Theory]
    [InlineData("throttle-storm", 7)]
    [InlineData("drop-connection", 4)]
    [InlineData("http-status", 4)]
    public async Task It_gets_through_a_bad_connection(string fault, int times)
    {
        await using var shop = await ChangingShop.Pulled(database, 80);
        await shop.Demo.EditMany("product", 60, 1, true, "title");
        await shop.Demo.EditMany("variant", 30, 2, true, "price");
        await shop.Demo.Fault(fault, new { times, skip = 3, status = fault == "http-status" ? 503 : 429, retryAfter = 0.1 });

        var run = await shop.PullChanges();

        run.Now.Counters.Failed.ShouldBe(0);
        if (fault == "throttle-storm")
            run.Now.Counters.Throttled.ShouldBe(times);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task A_shop_that_shrank_pauses_the_run_until_a_person_agrees()
    {
        await using var shop = await ChangingShop.Pulled(database, 60);
        await shop.Demo.Shrink(keep: 1);

        var id = await shop.Host.Enqueue(StartPull.Incremental, shop.Store);
        var paused = await shop.Host.Until(id, run => run.Now.Status == RunStatus.Paused);

        paused.Now.Reason.ShouldNotBeNull().ShouldContain("products: 1 of 60");
        (await Living(shop)).ShouldBe(60);

        await shop.Host.Get<ResumeRun>().Resume(id, System.Text.Json.JsonSerializer.SerializeToElement(new { goOn = true }), default);
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
        (await Living(shop)).ShouldBe(1);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task A_row_that_was_written_under_a_later_ticket_stays()
    {
        await using var shop = await ChangingShop.Pulled(database, 30);
        var product = (await shop.Ids("products"))[0];
        await shop.Demo.Edit("product", product, new { title = "As the pull reads it" });
        await shop.Demo.Fault("hold", new { operation = "ProductsById" });

        var id = await shop.Host.Enqueue(StartPull.Incremental, shop.Store);
        await shop.Demo.HasCaught("hold");
        await database.Scalar<long>("""
            update products set title = 'As a later read wrote it', ticket = nextval('tickets'), row_hash = null
            where store_id = $1 and shopify_id = $2 returning id
            """, shop.Store, long.Parse(product, CultureInfo.InvariantCulture));
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await database.Scalar<string>("select title from products where store_id = $1 and shopify_id = $2", shop.Store, long.Parse(product, CultureInfo.InvariantCulture)))
            .ShouldBe("As a later read wrote it");
    }

    [Fact]
    public async Task A_late_end_of_an_old_pull_does_not_move_the_clock_back()
    {
        await using var shop = await ChangingShop.Pulled(database, 20);
        await database.Scalar<long>("update stores set incremental_since = '2099-01-01', data_as_of = '2099-01-01' where id = $1 returning id", shop.Store);

        await shop.PullChanges();

        (await database.Scalar<bool>("select incremental_since = '2099-01-01' and data_as_of = '2099-01-01' from stores where id = $1", shop.Store)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_log_says_since_when_on_the_shops_own_clocks()
    {
        await using var shop = await ChangingShop.Pulled(database, 20);
        await database.Scalar<long>("update stores set time_zone = 'Asia/Kolkata', incremental_since = '2026-11-20 23:31:00+00' where id = $1 returning id", shop.Store);

        var run = await shop.PullChanges();

        (await database.Scalar<string>("select text from run_log where run_id = $1 and text like '%products changed since%'", run.Now.Id))
            .ShouldContain("since 2026-11-21 05:00:00 (Asia/Kolkata).");
    }

    [Fact]
    public async Task A_picture_that_was_still_being_made_is_looked_at_again_though_its_product_did_not_change()
    {
        await using var shop = await ChangingShop.Pulled(database, 40);
        var ids = (await shop.Ids("media"))[..3];
        foreach (var id in ids)
            await shop.Demo.Edit("media", id, new { status = "PROCESSING" }, touch: false);
        await shop.Host.Pull(shop.Store);
        await shop.Demo.MoveClock(TimeSpan.FromHours(4));
        await shop.PullChanges();
        var before = await database.Scalar<long>("select count(*) from media where store_id = $1 and status = 'PROCESSING' and deleted_at is null", shop.Store);
        await shop.Demo.MoveClock(TimeSpan.FromHours(6));
        await shop.Demo.Edit("media", ids[0], new { status = "READY" }, touch: false);
        await shop.Demo.Edit("media", ids[1], new { status = "FAILED" }, touch: false);

        await shop.PullChanges();

        before.ShouldBeGreaterThanOrEqualTo(3);
        (await database.Scalar<long>("select count(*) from media where store_id = $1 and status = 'PROCESSING' and deleted_at is null", shop.Store)).ShouldBe(before - 2);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task A_place_to_sell_at_that_is_new_brings_its_products_though_none_of_them_changed()
    {
        await using var shop = await ChangingShop.Pulled(database, 60);
        await database.Source.Execute($"""
            delete from product_publications where publication_id = (select min(id) from publications where store_id = {shop.Store});
            delete from publications where id = (select min(id) from publications where store_id = {shop.Store});
            """);

        await shop.PullChanges();

        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task Where_collections_are_published_is_not_asked_by_a_quiet_pull_but_once_one_changed_a_place_is_new_or_hours_went_by()
    {
        await using var shop = await ChangingShop.Pulled(database, 20);
        await shop.PullChanges();
        var clock = TimeSpan.FromHours(2);
        var places = await database.Scalar<long>("select count(*) from publications where store_id = $1 and deleted_at is null", shop.Store);

        (await Asked()).ShouldBe(0);

        var collection = (await shop.Ids("collections"))[0];
        await shop.Demo.Edit("collection", collection, new { publicationNumbers = Array.Empty<int>() });
        (await Asked()).ShouldBe(places);
        (await database.Scalar<long>("""
            select count(*) from collection_publications o join collections c on c.id = o.collection_id where c.store_id = $1 and c.shopify_id = $2
            """, shop.Store, long.Parse(collection, CultureInfo.InvariantCulture))).ShouldBe(0);

        (await Asked()).ShouldBe(0);

        await database.Scalar<long>("delete from collection_publication_reads where publication_id = (select min(id) from publications where store_id = $1) returning 1::bigint", shop.Store);
        (await Asked()).ShouldBe(1);

        await database.Source.Execute($"update collection_publication_reads set read_at = now() - interval '7 hours' where store_id = {shop.Store}");
        (await Asked()).ShouldBe(places);
        places.ShouldBeGreaterThan(1);

        async Task<long> Asked()
        {
            // Past the minute that is looked at twice.
            await shop.Demo.MoveClock(clock += TimeSpan.FromMinutes(10));
            await shop.Demo.ClearCalls();
            await shop.PullChanges();
            return await shop.Calls("PublicationCollections");
        }
    }

    [Fact]
    public async Task A_shop_that_was_never_pulled_as_a_whole_is_refused()
    {
        await using var shop = await ChangingShop.Pulled(database, 10);
        await database.Scalar<long>("update stores set incremental_since = null where id = $1 returning id", shop.Store);

        var outcome = await shop.Host.Get<StartPull>().Start(new PullRequest(shop.Store, PullScope.Incremental, PullHost.Ann), default);
        outcome.ShouldBe(new StartPullOutcome.Wrong("kind", StartPull.NeverPulled));

        var id = await shop.Host.Enqueue(StartPull.Incremental, shop.Store);
        (await shop.Host.Until(id, run => run.Now.Status == RunStatus.Failed)).Now.Error.ShouldBe(StartPull.NeverPulled);
    }

    private Task<long> Living(ChangingShop shop) =>
        database.Scalar<long>("select count(*) from products where store_id = $1 and deleted_at is null", shop.Store);

    // Rows that the copy holds as gone come back only with a whole read.
    private Task<long> Lose(ChangingShop shop, string product) => database.Scalar<long>("""
        with lost as (
            update variants t set deleted_at = now() from products p
            where p.id = t.product_id and p.store_id = $1 and p.shopify_id = $2 and t.position > 90 returning t.id)
        select count(*) from lost
        """, shop.Store, long.Parse(product, CultureInfo.InvariantCulture));

    private static async Task<string> ManyVariants(params int[] counts)
    {
        string[] lines = ["Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant Price,Variant Inventory Tracker,Variant Inventory Qty",
            .. counts.SelectMany(count => Enumerable.Range(1, count).Select(n => $"many-{count},Many {count},Nordlicht,Mugs,Number,No. {n},{n}.50,shopify,{n}"))];
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, lines);
        return file;
    }

    private static async Task<string[]> TwoOfThreeVariants(DemoStore demo) =>
        (await demo.State("variants")).GroupBy(row => row.GetProperty("productId").GetString()).Last(product => product.Count() == 3)
            .Select(row => row.GetProperty("id").GetString()!).Take(2).ToArray();
}
