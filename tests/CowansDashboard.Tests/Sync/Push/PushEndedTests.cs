using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Pushes that end before every answer is there, and answers that never come.</summary>
[Trait("Category", "Integration")]
public sealed class PushEndedTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_cancelled_push_of_whole_products_writes_down_what_was_answered()
    {
        await using var shop = await EditedShop.Start(database, 150);
        (await shop.Edit("metafields", "value", "'Pushed ' || id", "owner_kind = 'product' and type = 'single_line_text_field'")).Length.ShouldBeGreaterThan(20);
        var plan = await shop.Prepare();
        await shop.Demo.Fault("slow", new { ms = 300, operation = "MetafieldsSet" });

        var id = await shop.Apply(plan);
        await Patience.Until(async () => await shop.Executed("metafieldsSet") > 3);
        await shop.Host.Get<CancelRun>().Cancel(id, PullHost.Ann, default);
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Cancelled);

        (await database.Scalar<long>("select count(*) from sent_fields where store_id = $1", shop.Store)).ShouldBe(0);
        var products = await database.Scalar<long>("select count(distinct product_id) from push_items where plan_id = $1 and status = 'done'", plan);
        products.ShouldBe(await shop.Executed("metafieldsSet"));
        (await database.Scalar<long>("select count(*) from push_items where plan_id = $1 and status not in ('done', 'waiting')", plan)).ShouldBe(0);
        await shop.Demo.ClearFaults();
        await shop.Push(await shop.Prepare());
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_bulk_mutation_whose_push_is_cancelled_while_it_starts_does_not_run()
    {
        await using var shop = await EditedShop.Start(database, 30);
        await shop.Edit("products", "title", "'Regretted ' || id");
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.Fault("bulk-hold", new { match = "productUpdate" });
        await shop.Demo.Fault("hold", new { operation = "BulkOperationRunMutation" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await shop.Host.Get<CancelRun>().Cancel(id, PullHost.Ann, default);
        await shop.Demo.ClearFaults("hold");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Cancelled);
        await Patience.Until(() => database.Scalar<bool>("select count(*) = 0 from push_files where run_id = $1 and status in ('prepared', 'started')", id));
        await shop.Demo.ClearFaults();
        await database.Scalar<long>("with e as (update runs set finished_at = finished_at - interval '1 minute' where id = $1 returning 1) select count(*) from e", id);
        await Patience.Until(() => database.Scalar<bool>("select count(*) = 0 from sent_fields where store_id = $1", shop.Store));

        (await shop.Executed("productUpdate")).ShouldBe(0);
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Failed && item.Outcome!.Contains("ended before", StringComparison.Ordinal));
        await shop.Push(await shop.Prepare());
        (await shop.Executed("productUpdate")).ShouldBe(30);
        (await shop.Waiting()).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_lost_push_left_as_sent_is_read_once_more_and_awaited_no_longer()
    {
        await using var shop = await EditedShop.Start(database, 20);
        await shop.Edit("products", "title", "'Lost ' || id");
        var plan = await shop.Prepare();
        await shop.Demo.Fault("hold", new { operation = "ProductUpdate" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await shop.EndAsLost(id);
        await Patience.Until(() => database.Scalar<bool>("select count(*) = 0 from sent_fields where store_id = $1", shop.Store));

        (await shop.Items(plan)).Where(item => item.Status == PushStatus.Failed).ShouldNotBeEmpty();
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Failed || item.Status == PushStatus.Waiting);
        (await database.Scalar<long>("select count(*) from push_claims where run_id = $1", id)).ShouldBe(0);
        await shop.Demo.ClearFaults();
        var retry = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
        await shop.Host.Until(retry.RunId, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task Stock_that_was_added_and_never_answered_counts_once_when_it_is_sent_again()
    {
        await using var shop = await EditedShop.Start(database, 12);
        var level = (await shop.Edit("inventory_levels", "available", "available + 5", "available > 3 and is_active and variant_id is not null", 1)).ShouldHaveSingleItem();
        await database.Scalar<long>("with e as (update inventory_levels set pending = pending || '{\"how\": \"add\"}' where id = $1 returning 1) select count(*) from e", level);
        var wanted = await database.Scalar<int>("select available from inventory_levels where id = $1", level);
        var (item, location) = (await database.Scalar<long>("select inventory_item_id from inventory_levels where id = $1", level),
            await database.Scalar<long>("select l.shopify_id from inventory_levels n join locations l on l.id = n.location_id where n.id = $1", level));
        var plan = await shop.Prepare();
        await shop.Demo.Fault("hold", new { operation = "InventorySetQuantities" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await shop.EndAsLost(id);
        await Patience.Until(async () => (await shop.Items(plan)).Single().Status == PushStatus.Failed);
        (await shop.Items(plan)).ShouldHaveSingleItem().Outcome!.ShouldContain("it counts once");
        await shop.Demo.ClearFaults();
        await Patience.Until(async () => await shop.Executed("inventorySetQuantities") == 1);
        await Sell(shop, item, location, wanted - 1);
        await shop.Shop.PullChanges();
        var retry = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
        await shop.Host.Until(retry.RunId, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Done);
        (await database.Scalar<int>("select available from inventory_levels where id = $1", level)).ShouldBe(wanted - 1);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task An_edit_that_was_taken_back_while_it_was_under_way_waits_for_nothing_once_Shopify_refuses_it()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var edited = (await shop.Edit("products", "title", "'Refused'", "true", 1)).ShouldHaveSingleItem();
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited);
        var plan = await shop.Prepare();
        await shop.Demo.Fault("poison", new { ids = new[] { $"{theirs}" }, message = "Not this one" });
        await shop.Demo.Fault("hold", new { operation = "ProductUpdate" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await database.Scalar<long>("with e as (update products set title = pending ->> 'title' where id = $1 returning 1) select count(*) from e", edited);
        await shop.Demo.ClearFaults("hold");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Items(plan)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Refused);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    private static async Task Sell(EditedShop shop, long item, long location, int left)
    {
        var level = (await shop.Demo.State("inventory-levels"))
            .Single(row => row.GetProperty("inventoryItemId").GetString() == $"{item}" && row.GetProperty("locationId").GetString() == $"{location}");
        await shop.Demo.Edit("inventory-level", level.GetProperty("id").GetString()!, new { available = left });
    }
}
