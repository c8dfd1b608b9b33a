using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

[Trait("Category", "Integration")]
public sealed class PushChangesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task What_was_edited_is_in_Shopify_waits_no_longer_and_a_pull_finds_nothing_to_change()
    {
        await using var shop = await EditedShop.Start(database, 40);
        await shop.Edit("products", "title", "title || ' – naïve ☃ ' || id", "id % 2 = 0");
        await shop.Edit("products", "vendor", "'Ours'", "id % 3 = 0");
        await shop.Edit("products", "tags", "array(select distinct unnest(tags || array['pushed', 'ünï']) order by 1)", "id % 2 = 1 and cardinality(tags) < 200");
        await shop.Edit("products", "seo_title", "null", "seo_title is not null");
        await shop.Edit("variants", "price", "price + 1.25", "position < 4");
        await shop.Edit("variants", "sku", "'N-' || id", "position = 1");
        await shop.Edit("variants", "unit_cost", "12.5", "position = 2");
        var weightless = await shop.Edit("variants", "weight", "null", "weight > 0", 3);

        var plan = await shop.Prepare();
        var shown = await shop.Plan(plan);
        var run = await shop.Push(plan);

        shown.Path.ShouldBe("direct");
        shown.Points.ShouldBeGreaterThan(shown.Operations * 10);
        ((double)run.Now.Counters.PointsSpent).ShouldBe(shown.Points, shown.Points * 0.15, "the forecast of points");
        ((double)run.Now.Counters.Calls).ShouldBe(shown.Operations + shown.Looks, (shown.Operations + shown.Looks) * 0.15, "the forecast of calls");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).ShouldBeEmpty();
        (await shop.Waiting()).ShouldBe(0);
        weightless.Length.ShouldBe(3);
        (await database.Scalar<decimal>("select max(weight) from variants where id = any($1)", weightless)).ShouldBe(0);
        run.Now.Counters.Throttled.ShouldBe(0);
        var rows = await Rows(shop.Store);
        var again = await shop.Host.Pull(shop.Store);
        again.Now.Counters.Conflicts.ShouldBe(0, "the echo of a push is no conflict");
        (await Rows(shop.Store)).ShouldBe(rows, "the echo of a push is nothing new");
        await shop.Shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task One_variant_that_Shopify_refuses_does_not_hold_up_249_others_and_only_it_is_sent_again()
    {
        await using var shop = await EditedShop.Start(database, 110);
        var product = await database.Scalar<long>("""
            select product_id from variants where store_id = $1 and deleted_at is null group by 1 having count(*) >= 250 order by count(*) limit 1
            """, shop.Store);
        var edited = await shop.Edit("variants", "price", "price + 3", $"product_id = {product}", 250);
        edited.Length.ShouldBe(250);
        var bundle = await database.Scalar<long>("select shopify_id from variants where id = $1", edited[77]);
        await shop.Demo.Fault("poison", new { ids = new[] { bundle.ToString(CultureInfo.InvariantCulture) }, message = "Bundles cannot be changed here" });
        var plan = await shop.Prepare();

        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.Count(item => item.Status == PushStatus.Done).ShouldBe(249);
        var refused = items.Single(item => item.Status != PushStatus.Done);
        (refused.EntityId, refused.Status, refused.Outcome).ShouldBe((edited[77], PushStatus.Refused, "Bundles cannot be changed here"));
        var wanted = await database.Scalar<string[]>("select array_agg(shopify_id || ' ' || trim_scale(price)) from variants where id = any($1)", edited);
        (await shop.Demo.State("variants")).Count(row => wanted.Contains($"{row.GetProperty("id")} {decimal.Parse(row.GetProperty("price").GetString()!, CultureInfo.InvariantCulture):0.##}")).ShouldBe(249, "in Shopify");
        (await shop.Waiting()).ShouldBe(1);
        var told = (await shop.Host.Get<ReadRefused>().Read(shop.Store, null, default)).ShouldNotBeNull();
        (told.Rows, told.Products, told.PlanId, told.Why).ShouldBe((1, 1, plan, "Bundles cannot be changed here"));
        (await shop.Host.Get<ReadRefused>().Read(shop.Store, product, default)).ShouldBe(told);
        (await shop.Host.Get<ReadRefused>().Read(shop.Store, product + 1, default)).ShouldBeNull();
        await shop.Demo.ClearFaults();
        var before = await shop.Executed("productVariantsBulkUpdate");
        var retry = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
        await shop.Host.Until(retry.RunId, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Executed("productVariantsBulkUpdate") - before).ShouldBe(1);
        (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>();
        (await shop.Waiting()).ShouldBe(0);
        (await shop.Host.Get<ReadRefused>().Read(shop.Store, null, default)).ShouldBeNull();
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task What_changed_in_Shopify_after_the_plan_is_a_conflict_and_not_overwritten_while_the_rest_of_the_product_is_sent()
    {
        await using var shop = await EditedShop.Start(database, 12);
        var edited = await shop.Edit("products", "title", "'Ours ' || id", "true", 6);
        await shop.Edit("products", "vendor", "'Our vendor'", $"id = any('{{{string.Join(',', edited)}}}')");
        var plan = await shop.Prepare();
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited[2]);
        await shop.Demo.Edit("product", $"{theirs}", new { title = "Theirs", productType = "Their type" });

        await shop.Push(plan);

        var items = await shop.Items(plan);
        var conflict = items.Single(item => item.EntityId == edited[2]);
        conflict.Status.ShouldBe(PushStatus.Conflict);
        items.Where(item => item.EntityId != edited[2]).ShouldAllBe(item => item.Status == PushStatus.Done);
        var truth = (await shop.Demo.State("products")).Single(row => row.GetProperty("id").GetString() == $"{theirs}");
        (truth.GetProperty("title").GetString(), truth.GetProperty("vendor").GetString(), truth.GetProperty("productType").GetString()).ShouldBe(("Theirs", "Our vendor", "Their type"));
        (await database.Scalar<string>("select title || '|' || vendor || '|' || product_type || '|' || (pending ->> 'title' is not null) || '|' || (pending ? 'vendor') from products where id = $1", edited[2]))
            .ShouldBe($"Ours {edited[2]}|Our vendor|Their type|true|false");
        (await database.Scalar<string>("select shopifys #>> '{}' from conflicts where entity_id = $1 and field = 'title' and closed_at is null", edited[2])).ShouldBe("Theirs");
    }

    [Fact]
    public async Task An_edit_made_while_its_product_is_being_sent_is_kept_and_waits_for_the_next_push()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var edited = await shop.Edit("products", "title", "'First ' || id", "true", 3);
        var tagged = await shop.Edit("products", "tags", "array(select distinct unnest(tags || array['first']) order by 1)", $"id = {edited[1]}");
        var plan = await shop.Prepare();
        await shop.Demo.Fault("hold", new { operation = "ProductUpdate" });

        var id = await shop.Apply(plan);
        await Eventually(() => database.Scalar<bool>("select count(*) > 0 from sent_fields where entity_id = $1 and field = 'title'", edited[1]));
        await database.Scalar<long>("with e as (update products set title = 'Second', tags = array_remove(tags, 'first') where id = $1 returning 1) select count(*) from e", edited[1]);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        tagged.ShouldHaveSingleItem();
        (await database.Scalar<string>("select title || '|' || (pending ->> 'title') || '|' || ('first' = any(tags)) || '|' || (pending -> 'tags' @> '[\"first\"]') from products where id = $1", edited[1]))
            .ShouldBe($"Second|First {edited[1]}|false|true");
        await shop.Push(await shop.Prepare());
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
        (await database.Scalar<string>("select title from products where id = $1", edited[1])).ShouldBe("Second");
    }

    [Theory]
    [InlineData("die-after-executing")]
    [InlineData("drop-connection")]
    public async Task A_call_whose_answer_is_lost_is_looked_for_and_not_made_twice(string fault)
    {
        await using var shop = await EditedShop.Start(database, 20);
        await shop.Edit("products", "title", "'Once ' || id");
        await shop.Edit("variants", "price", "price + 0.5", "position = 1");
        var plan = await shop.Prepare();
        await shop.Demo.Fault(fault, fault == "drop-connection" ? new { times = 7, operation = "ProductUpdate" } : new { times = 7 });

        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).ShouldBeEmpty();
        (await shop.Executed("productUpdate")).ShouldBe(20);
        (await shop.Executed("productVariantsBulkUpdate")).ShouldBe(20);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task What_Shopify_writes_in_another_way_is_noted_and_not_sent_again()
    {
        await using var shop = await EditedShop.Start(database, 6);
        var edited = await shop.Edit("products", "title", "'  Trimmed ' || id || '  '", "true", 2);
        await shop.Edit("products", "title", "'  ' || title || ' '", $"id > {edited[1]}", 1);
        var plan = await shop.Prepare();

        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.ShouldAllBe(item => item.Status == PushStatus.Done && item.Outcome!.StartsWith("Shopify wrote “", StringComparison.Ordinal));
        (await shop.Waiting()).ShouldBe(0);
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "again", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task Two_pushes_of_the_same_products_send_everything_once_and_a_small_one_is_not_held_up_by_a_large_one()
    {
        await using var shop = await EditedShop.Start(database, 120);
        await shop.Edit("products", "title", "'Large ' || id");
        var small = (await shop.Edit("variants", "price", "price + 7", "position = 1", 200))[^1];
        var large = await shop.Prepare();
        var own = await database.Scalar<long>("select product_id from variants where id = $1", small);
        var other = await shop.Prepare([own]);
        await shop.Demo.Fault("slow", new { ms = 60, operation = "ProductUpdate" });

        var first = await shop.Apply(large);
        await Eventually(() => database.Scalar<bool>("select count(*) > 0 from push_claims"));
        var second = await shop.Apply(other);
        await shop.Host.Until(first, run => run.Now.Status == RunStatus.Succeeded);
        await shop.Host.Until(second, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Executed("productUpdate")).ShouldBe(120);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_push_is_paused_goes_on_and_is_cancelled_without_a_field_sent_twice_or_lost()
    {
        await using var shop = await EditedShop.Start(database, 150);
        await shop.Edit("products", "title", "'Pausing ' || id");
        var plan = await shop.Prepare();
        await shop.Demo.Fault("slow", new { ms = 250, operation = "ProductUpdate" });

        var id = await shop.Apply(plan);
        await Eventually(() => database.Scalar<bool>("select count(*) > 20 from push_items where plan_id = $1 and status = 'done'", plan));
        (await shop.Host.Get<PauseRun>().Pause(id, PullHost.Ann, default)).ShouldBeOfType<AskOutcome.Accepted>();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Paused);
        var paused = await database.Scalar<long>("select count(*) from push_items where plan_id = $1 and status = 'done'", plan);
        paused.ShouldBeLessThan(150);
        await shop.Host.Get<ResumeRun>().Resume(id, null, default);
        await Eventually(() => database.Scalar<bool>("select count(*) > $2 from push_items where plan_id = $1 and status = 'done'", plan, paused + 10));
        await shop.Host.Get<CancelRun>().Cancel(id, PullHost.Ann, default);
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Cancelled);
        await shop.Demo.ClearFaults();
        var rest = await shop.Prepare();
        await shop.Push(rest);

        (await shop.Executed("productUpdate")).ShouldBe(150);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    private async Task Eventually(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!await condition())
        {
            patience.IsCancellationRequested.ShouldBeFalse("it never came");
            await Task.Delay(5);
        }
    }

    // The transaction that last wrote a row: a row that is written again with the same content changes it.
    private Task<string> Rows(long store) => database.Scalar<string>("""
        select md5(string_agg(h, ',' order by h)) from (
            select 'p' || id || ':' || xmin || encode(row_hash, 'hex') as h from products where store_id = $1
            union all select 'v' || id || ':' || xmin || encode(row_hash, 'hex') from variants where store_id = $1) r
        """, store);
}
