using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Bulk;

[Trait("Category", "Integration")]
public sealed class BulkEditTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly PriceAction TenPercentMore = new(false, PriceMove.Percent, 10);

    [Fact]
    public async Task All_that_match_are_resolved_once_and_changed_as_they_were_shown()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", variants: 2);
        await using var node = await Node();

        var preview = await Preview(shop, TenPercentMore, ProductSelection.All(ProductFilter.Everything));
        var later = await shop.Product("Cardigan");
        await Applied(node, shop, preview);

        foreach (var variant in await shop.Variants(product))
            (await shop.Value("variants", variant, "price")).ShouldBe("11.00");
        (await shop.Value("variants", (await shop.Variants(later))[0], "price")).ShouldBe("10.00", "it came after the preview");
        (await shop.Pending("variants", (await shop.Variants(product))[0])).ShouldBe("{\"price\": 10.00}");
        var after = await Read(shop, preview);
        (after.Status, after.Products, after.Variants, after.Done).ShouldBe((BulkStatus.Applied, 1, 2, 2));
        (await database.Scalar<string>("select kind || ' ' || title || ' ' || made_by_name || ' ' || products || '/' || fields from change_sets where id = $1", after.ChangeSetId!.Value))
            .ShouldBe("bulk Price +10% Ann 1/2");
    }

    [Fact]
    public async Task A_run_that_fails_half_way_and_is_tried_again_raises_each_price_once_in_one_change_set()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("A", 600), await shop.Product("B", 600), await shop.Product("C", 600)];
        var bad = (await shop.Variants(products[2]))[^1];
        var preview = await Preview(shop, TenPercentMore, Ids(products));
        await using var node = await Node();
        await shop.Run($"""
            create or replace function refuse_{bad}() returns trigger language plpgsql as 'begin if new.id = {bad} then raise exception ''struck by lightning''; end if; return new; end'
            """);
        await shop.Run($"create trigger refuse_{bad} before update on variants for each row execute function refuse_{bad}()");

        var run = (await Start(node, shop, preview)).ShouldBeOfType<StartBulkOutcome.Started>().RunId;
        await node.Until(run, RunStatus.Failed);
        (await Read(shop, preview)).Done.ShouldBe(1_200, "the first batch holds");
        await shop.Run($"drop trigger refuse_{bad} on variants");
        await node.Get<RetryRun>().Retry(run, RunsOfTests.Ann, default);
        await node.Until(run, RunStatus.Succeeded);

        (await database.Scalar<long>("select count(*) from variants where product_id = any($1) and price = 11.00", products)).ShouldBe(1_800);
        (await database.Scalar<string>("select string_agg(products || '/' || entities || '/' || fields, ' ') from change_sets where run_id = $1", run)).ShouldBe("3/1800/1800");
        (await Start(node, shop, preview)).ShouldBeOfType<StartBulkOutcome.Refused>().Sentence.ShouldContain("already");
    }

    [Fact]
    public async Task What_was_left_out_and_what_others_changed_meanwhile_stays_and_is_named()
    {
        var shop = await EditedShop.Open(database);
        var (mine, theirs, left) = (await shop.Product("Mine"), await shop.Product("Theirs"), await shop.Product("Left"));
        var preview = await Preview(shop, TenPercentMore, Ids(mine, theirs, left));
        await using var node = await Node();

        var rows = await Rows(shop, preview, BulkRows.Changing);
        (await new ExcludeBulkRows(database.Source).Exclude(shop.Store, preview, [rows.Single(row => row.ProductId == left).Id], true, default)).ShouldBe(1);
        await shop.Save("Bea", StaleMeans.Refuse, EditedShop.Price((await shop.Variants(theirs))[0], 10, 15));
        await Applied(node, shop, preview);

        (await Price(mine), await Price(theirs), await Price(left)).ShouldBe(("11.00", "15", "10.00"));
        var skipped = (await Rows(shop, preview, BulkRows.Skipped)).ShouldHaveSingleItem();
        (skipped.ProductId, skipped.Reason).ShouldBe((theirs, "Bea changed it after the preview, so it was left as it is."));
        (await new ExcludeBulkRows(database.Source).Exclude(shop.Store, preview, [.. rows.Select(row => row.Id)], true, default)).ShouldBe(0, "it is applied");

        async Task<string> Price(long product) => await shop.Value("variants", (await shop.Variants(product))[0], "price");
    }

    [Fact]
    public async Task Prices_of_0_and_many_refused_rows_are_asked_about_first()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Free", 2);
        await using var node = await Node();

        var free = await Preview(shop, new PriceAction(false, PriceMove.Set, 0), Ids(product));
        var less = await Preview(shop, new PriceAction(false, PriceMove.Add, -11), Ids(product, await Dear(shop)));

        (await Start(node, shop, free)).ShouldBeOfType<StartBulkOutcome.Asks>().Warnings.ShouldBe(["2 prices would become 0."]);
        (await Start(node, shop, less)).ShouldBeOfType<StartBulkOutcome.Asks>().Warnings.ShouldBe(["2 of 3 rows cannot take the change and would stay as they are."]);
        (await Rows(shop, less, BulkRows.Refused))[0].Reason.ShouldBe("10.00 less 11 would be below 0.");
        var run = (await new StartBulkEdit(database.Source, node.Get<EnqueueRun>()).Start(shop.Store, less, new() { ToWarnings = true }, RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>();
        await node.Until(run.RunId, RunStatus.Succeeded);
        (await Read(shop, less)).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_to_change_is_said_and_not_started()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 1, "wool");
        await using var node = await Node();

        var preview = await Preview(shop, new ChangeTags(["WOOL"], []), Ids(product));

        var read = await Read(shop, preview);
        (read.Selected, read.Changing, read.Unchanged).ShouldBe((1, 0, 1));
        (await Start(node, shop, preview)).ShouldBeOfType<StartBulkOutcome.Refused>().Sentence.ShouldBe("Nothing would change, so there is nothing to apply.");
        (await Previewing.Preview(new(shop.Store, ProductSelection.Nothing, TenPercentMore, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Nothing>();
        (await Previewing.Preview(new(shop.Store, Ids(product), TenPercentMore with { Amount = 0 }, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Wrong>();
    }

    [Fact]
    public async Task Stock_that_came_in_is_added_to_whatever_is_there_by_then()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper");
        var variant = (await shop.Variants(product))[0];
        var location = await database.Scalar<long>("insert into locations (store_id, shopify_id, name) values ($1, 1, 'Dublin') returning id", shop.Store);
        await shop.Run("update variants set tracked = true where id = $1", variant);
        var level = await database.Scalar<long>("insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, 1, $3, 5) returning id", shop.Store, variant, location);
        await using var node = await Node();

        var preview = await Preview(shop, new SetStock(location, Adds: true, 7), Ids(product));
        await shop.Save("Bea", StaleMeans.Refuse, new FieldEdit("inventory level", level, "available", 5, 4));
        await Applied(node, shop, preview);

        (await shop.Value("inventory_levels", level, "available")).ShouldBe("11");
        (await new ListLocations(database.Source).List(shop.Store, default)).ShouldBe([new StockPlace(location, "Dublin")]);
    }

    [Fact]
    public async Task Three_hundred_products_are_deleted_when_somebody_types_how_many_and_come_back_by_one_undo()
    {
        var shop = await EditedShop.Open(database);
        var products = new List<long>();
        for (var i = 0; i < 300; i++)
            products.Add(await shop.Product($"Product {i}"));
        await shop.Run("update products set mark = 1, shopify_id = null where id = $1", products[7]);
        await shop.Run("update variants set mark = 1, shopify_id = null where product_id = $1", products[7]);
        await using var node = await Node();
        var start = new StartBulkEdit(database.Source, node.Get<EnqueueRun>());

        var preview = await Preview(shop, new DeleteAction(24), ProductSelection.All(ProductFilter.Everything));
        var goes = await new ReadWhatGoes(database.Source).OfPreview(shop.Store, preview, default);
        (goes.Products, goes.Variants).ShouldBe((300, 300));
        (await start.Start(shop.Store, preview, new(), RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.AsksNumber>().Products.ShouldBe(300);
        (await start.Start(shop.Store, preview, new() { ToWarnings = true, Removed = 299 }, RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.AsksNumber>();
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and removal is not null", shop.Store)).ShouldBe(0);
        var run = (await start.Start(shop.Store, preview, new() { Removed = 300 }, RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>().RunId;
        await node.Until(run, RunStatus.Succeeded);

        (await Read(shop, preview)).Done.ShouldBe(300);
        (await new ReadFigures(database.Source, TimeProvider.System).Read(shop.Store, default)).PendingProducts.ShouldBe(299, "each waits for the push that archives it");
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and removal = 'delete:24' and status = 'ARCHIVED' and pending = '{\"status\": \"ACTIVE\"}'", shop.Store)).ShouldBe(299);
        (await database.Scalar<long>("select count(*) from removals where store_id = $1 and closed_at is null", shop.Store)).ShouldBe(299);
        (await database.Scalar<bool>("select deleted_at is not null and removal is null from products where id = $1", products[7])).ShouldBeTrue("it existed here only");
        (await database.Scalar<long>("select count(*) from product_summaries where store_id = $1 and sync_state <> 4", shop.Store)).ShouldBe(0);
        var set = (await Read(shop, preview)).ChangeSetId!.Value;
        (await database.Scalar<string>("select kind || ' ' || title || ' ' || products || '/' || fields from change_sets where id = $1", set)).ShouldBe("delete Deleted 300/599");
        var again = await Preview(shop, new DeleteAction(24), Ids([.. products]));
        (await Read(shop, again)).Refused.ShouldBe(299);

        (await new UndoChanges(database.Source, shop.Saving).Undo(new UndoScope(shop.Store, set), "8", "Bea", null, default)).ShouldBeOfType<SaveOutcome.Saved>();

        (await database.Scalar<long>("select count(*) from products where store_id = $1 and removal is null and deleted_at is null and status = 'ACTIVE' and pending is null", shop.Store)).ShouldBe(300);
        (await database.Scalar<long>("select count(*) from product_summaries where store_id = $1 and sync_state <> 4", shop.Store)).ShouldBe(300);
        (await database.Scalar<long>("select count(*) from removals where store_id = $1 and closed_as = 'restored'", shop.Store)).ShouldBe(299);
    }

    [Fact]
    public async Task Rows_come_in_the_order_of_the_list_without_what_is_removed_and_say_where_no_reduction_would_show()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Cap"), await shop.Product("Anorak"), await shop.Product("Belt"), await shop.Product("Gone")];
        await shop.Run("update variants set compare_at_price = 10.50 where product_id = any($1)", new[] { products[0], products[1] });
        await shop.Run("update variants set compare_at_price = 9 where product_id = $1", products[2]);
        await shop.Run("update products set removal = 'exclude' where id = $1", products[3]);

        var outcome = await Previewing.Preview(new(shop.Store, Ids(products), TenPercentMore, RunsOfTests.Ann) { Order = new(SortKey.Title, false) }, default);

        var preview = outcome.ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;
        (await Rows(shop, preview, BulkRows.Changing)).Select(row => row.Product).ShouldBe(["Anorak", "Belt", "Cap"]);
        (await Rows(shop, preview, BulkRows.Refused)).ShouldHaveSingleItem().Reason.ShouldBe("Its product is removed here: restore it first.");
        var read = await Read(shop, preview);
        (read.WithoutReduction, read.Warnings.Count(warning => warning.Contains("compare", StringComparison.OrdinalIgnoreCase))).ShouldBe((2, 0), "the belt had none before, and a mention stops nothing");
        (await Read(shop, await Preview(shop, new PriceAction(true, PriceMove.Set, 10), Ids(products[0])))).WithoutReduction.ShouldBe(1);
        (await Read(shop, await Preview(shop, new ClearCompareAt(), Ids(products[0])))).WithoutReduction.ShouldBe(0);
    }

    private PreviewBulkEdit Previewing
    {
        get
        {
            var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
            return new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
        }
    }

    private static ProductSelection Ids(params long[] products) => new(null, [.. products]);

    private static async Task<long> Dear(EditedShop shop)
    {
        var product = await shop.Product("Dear");
        await shop.Run("update variants set price = 100 where product_id = $1", product);
        return product;
    }

    private Task<RunHost> Node() => RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new ApplyBulkEdit(database.Source));

    private async Task<long> Preview(EditedShop shop, BulkAction action, ProductSelection selection) =>
        (await Previewing.Preview(new(shop.Store, selection, action, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;

    private async Task<BulkPreview> Read(EditedShop shop, long preview) => (await new ReadBulkPreview(database.Source).Find(shop.Store, preview, default)).ShouldNotBeNull();

    private Task<IReadOnlyList<BulkRow>> Rows(EditedShop shop, long preview, BulkRows which) => new ReadBulkPreview(database.Source).Rows(shop.Store, preview, which, 0, 50, default);

    private Task<StartBulkOutcome> Start(RunHost node, EditedShop shop, long preview) =>
        new StartBulkEdit(database.Source, node.Get<EnqueueRun>()).Start(shop.Store, preview, new(), RunsOfTests.Ann, default);

    private async Task Applied(RunHost node, EditedShop shop, long preview) =>
        await node.Until((await Start(node, shop, preview)).ShouldBeOfType<StartBulkOutcome.Started>().RunId, RunStatus.Succeeded);
}
