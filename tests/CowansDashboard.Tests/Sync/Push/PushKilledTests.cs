using System.Diagnostics;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Search;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Purge;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Pushes in processes of their own, killed for real: nothing is sent twice, nothing is lost.</summary>
[Trait("Category", "Integration")]
public sealed class PushKilledTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    /// <summary>Where the process is killed: as soon as this can be read from the database, the run being $1.</summary>
    public static TheoryData<string, string, string> Checkpoints => new()
    {
        { "direct", "the first products are claimed", "select count(*) > 0 from push_claims where run_id = $1" },
        { "direct", "the first intent is committed", "select count(*) > 0 from sent_fields where push_item_id is not null" },
        { "direct", "some are done and others are on their way", "select count(*) filter (where status = 'done') > 30 and count(*) filter (where status = 'sent') > 0 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
        { "direct", "most are done", "select count(*) filter (where status = 'done') > 400 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
        { "bulk", "the look is half over", "select count(*) > 0 from sent_fields where push_item_id is not null" },
        { "bulk", "a file is written", "select count(*) > 0 from push_files where run_id = $1" },
        { "bulk", "an operation is started", "select count(*) > 0 from push_files where run_id = $1 and status = 'started'" },
        { "bulk", "some lines are confirmed", "select count(*) filter (where status = 'done') > 0 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task A_push_killed_anywhere_goes_on_sends_nothing_twice_and_loses_nothing(string path, string checkpoint, string reached)
    {
        await using var shop = await EditedShop.Start(database, 300);
        await shop.Edit("products", "title", "'Killed ' || id");
        await shop.Edit("variants", "price", "price + 1", "position = 1");
        var plan = await shop.Prepare();
        await shop.Force(plan, path);
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await first.FirstLine;

        var id = await shop.Apply(plan);
        var patience = Stopwatch.StartNew();
        while (!await database.Scalar<bool>(reached.Contains("$1", StringComparison.Ordinal) ? reached : $"{reached} and $1 > 0", id) && patience.Elapsed < TimeSpan.FromSeconds(120))
            await Task.Delay(1);
        await first.Kill();
        var before = (await shop.Host.Get<FindRun>().Find(id, default))!.Now;
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        output.WriteLine($"{path}, killed when {checkpoint}: {before.Status} with {before.Done} of {before.Total} done.");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).ShouldBeEmpty();
        (await shop.Executed("productUpdate")).ShouldBe(300);
        (await shop.Executed("productVariantsBulkUpdate")).ShouldBe(300);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Theory]
    [InlineData("bulk-limit", "the file is uploaded and Shopify has no place for its operation")]
    [InlineData("hold-answer", "Shopify has started the operation and nobody has noted it")]
    public async Task A_bulk_push_killed_between_the_upload_of_its_file_and_the_start_of_its_operation_runs_it_once(string fault, string moment)
    {
        await using var shop = await EditedShop.Start(database, 60);
        await shop.Edit("products", "title", "'Uploaded ' || id");
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.Fault(fault, fault == "bulk-limit" ? new { match = "productUpdate" } : new { operation = "BulkOperationRunMutation" });

        await Killed(shop, () => shop.Apply(plan), _ => shop.Demo.HasCaught(fault));

        output.WriteLine($"killed when {moment}");
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Executed("productUpdate")).ShouldBe(60);
        (await database.Scalar<long>("select count(*) from push_files where plan_id = $1 and status = 'confirmed'", plan)).ShouldBe(1);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_push_of_new_products_killed_while_Shopify_makes_them_makes_each_once()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var products = await shop.Make(14);
        var plan = await shop.Prepare(products);
        await shop.Demo.Fault("hold-answer", new { operation = "ProductSet" });

        await Killed(shop, () => shop.Apply(plan), _ => shop.Demo.HasCaught("hold-answer"));

        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Executed("productSet")).ShouldBe(14);
        (await shop.Demo.State("products")).Where(row => row.GetProperty("title").GetString()!.StartsWith("Made ", StringComparison.Ordinal))
            .Select(row => row.GetProperty("title").GetString()!).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 14).Select(n => $"Made {n}").Order(StringComparer.Ordinal));
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_product_that_is_deleted_here_before_the_push_that_made_it_is_killed_does_not_stay_in_Shopify()
    {
        await using var shop = await RemovedShop.Start(database, 10);
        var products = await shop.Shop.Make(2);
        var plan = await shop.Shop.Prepare([products[0]]);
        await shop.Demo.Fault("hold-answer", new { operation = "ProductSet" });

        await Killed(shop.Shop, () => shop.Shop.Apply(plan), async _ =>
        {
            await shop.Demo.HasCaught("hold-answer");
            await shop.Delete(new Removal(48), products[0]);
        });

        (await shop.StatusInShopify(products[0])).ShouldBe("ARCHIVED");
        (await shop.Removed(products[0])).ShouldBe("delete 48 t 48");

        // One that was never sent is not made for the sake of being archived.
        var second = await shop.Shop.Prepare([products[1]]);
        await shop.Delete(new Removal(48), products[1]);
        shop.Host.Get<RunsOptions>().AtOnce = 1;
        await shop.Shop.Push(second);
        (await shop.Shop.Items(second)).ShouldAllBe(item => item.Status == PushStatus.Skipped);

        (await shop.Shop.Executed("productSet")).ShouldBe(1);
        (await database.Scalar<long>("select (select count(*) from sent_fields where store_id = $1) + (select count(*) from push_claims)", shop.Store)).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_try_of_what_failed_that_is_killed_sends_only_that_and_each_once()
    {
        await using var shop = await EditedShop.Start(database, 60);
        await shop.Edit("products", "title", "'Tried ' || id");
        var refused = await database.Scalar<string[]>("select array_agg(shopify_id::text) from (select shopify_id from products where store_id = $1 order by id limit 24) p", shop.Store);
        var plan = await shop.Prepare();
        await shop.Demo.Fault("poison", new { ids = refused, message = "Not now" });
        await shop.Push(plan);
        (await shop.Items(plan)).Count(item => item.Status == PushStatus.Refused).ShouldBe(24);
        await shop.Demo.ClearFaults();
        await shop.Demo.Fault("slow", new { ms = 100, operation = "ProductUpdate" });

        await Killed(shop, async () => (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId,
            _ => Patience.Until(async () => await shop.Executed("productUpdate") >= 40));

        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Executed("productUpdate")).ShouldBe(60);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Theory]
    [InlineData("the values are set and no plan is made", "select sending is not null from schedules where id = $1")]
    [InlineData("its push has begun", "select exists (select from push_plans p join runs r on r.id = p.run_id join schedules s on s.store_id = p.store_id where s.id = $1)")]
    public async Task A_run_that_sends_a_schedule_and_is_killed_sends_it_once(string moment, string reached)
    {
        await using var shop = await EditedShop.Start(database, 30);
        var schedule = await Sale(shop);
        var home = await Launched(shop, schedule);

        await Killed(shop, async () =>
            {
                await new WakeSchedules(database.Source, shop.Host.Get<EnqueueRun>(), null, TimeProvider.System).Wake(default);
                return await database.Scalar<long>("select max(id) from runs where store_id = $1 and kind = 'schedule'", shop.Store);
            },
            _ => Patience.Until(() => database.Scalar<bool>(reached, schedule)),
            async () => await Patience.Until(() => database.Scalar<bool>("""
                select count(*) = 1 and bool_and(r.status = 'succeeded') from push_plans p join runs r on r.id = p.run_id where p.store_id = $1
                """, shop.Store)));

        output.WriteLine($"killed when {moment}");
        var priced = await database.Scalar<long>("select count(distinct product_id) from schedule_layers where schedule_id = $1", schedule);
        priced.ShouldBeGreaterThan(10);
        (await shop.Executed("productVariantsBulkUpdate")).ShouldBe(priced);
        (await shop.Executed("collectionUpdate")).ShouldBe(1, "the collection goes with the same plan, once");
        (await database.Scalar<string>("select concat_ws(' ', c.title, c.pending, s.state, s.sending, s.start_plan = (select max(id) from push_plans where store_id = $2)) from collections c, schedules s where c.id = $1 and s.title = 'Launch' and s.store_id = $2", home, shop.Store))
            .ShouldBe("Launched active t");
        (await database.Scalar<string>("select concat_ws(' ', state, sending, start_plan is not null) from schedules where id = $1", schedule)).ShouldBe("active t");
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    /// <summary>A collection that gets another title at the same moment.</summary>
    private async Task<long> Launched(EditedShop shop, long beside)
    {
        var (home, title) = (await database.Scalar<long>("select id from collections where store_id = $1 and deleted_at is null order by id limit 1", shop.Store), "Launched");
        var times = await database.Scalar<DateTime[]>("select array[starts_local, ends_local] from schedules where id = $1", beside);
        var wake = new WakeSchedules(database.Source, shop.Host.Get<EnqueueRun>(), null, TimeProvider.System);
        var edit = new FieldEdit("collection", home, "title", await database.Scalar<string>("select title from collections where id = $1", home), title);
        var schedule = (await new ScheduleCollection(database.Source, new ScheduleBulkEdit(database.Source, TimeProvider.System, wake))
            .Schedule(shop.Store, home, "Launch", new() { Fields = [edit] }, new(times[0], times[1]) { Sends = true }, new(), PullHost.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;
        await database.Scalar<long>("with e as (update schedules s set starts_at = b.starts_at from schedules b where s.id = $1 and b.id = $2 returning 1) select count(*) from e", schedule, beside);
        return home;
    }

    /// <summary>A sale of everything that has begun a moment ago and is sent by itself.</summary>
    private async Task<long> Sale(EditedShop shop)
    {
        var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
        var previewing = new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
        var preview = (await previewing.Preview(new(shop.Store, ProductSelection.All(ProductFilter.Everything), new PriceAction(false, PriceMove.Percent, -10), PullHost.Ann), default))
            .ShouldBeOfType<PreviewOutcome.Prepared>();
        var wake = new WakeSchedules(database.Source, shop.Host.Get<EnqueueRun>(), null, TimeProvider.System);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(await database.Scalar<string>("select time_zone from stores where id = $1", shop.Store));
        DateTime Local(double hours) => TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow().AddHours(hours), zone).DateTime;
        var schedule = (await new ScheduleBulkEdit(database.Source, TimeProvider.System, wake)
            .Schedule(shop.Store, preview.PreviewId, new(Local(30), Local(90)) { Sends = true }, new() { ToWarnings = true }, PullHost.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;
        await database.Scalar<long>("with e as (update schedules set starts_at = now() - interval '1 minute' where id = $1 returning 1) select count(*) from e", schedule);
        return schedule;
    }

    /// <summary>One node performs the run until that moment and is killed, another goes on; faults end in between.</summary>
    private async Task Killed(EditedShop shop, Func<Task<long>> begin, Func<long, Task> moment, Func<Task>? until = null)
    {
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await first.FirstLine;
        var id = await begin();
        await moment(id);
        await first.Kill();
        await shop.Demo.ClearFaults();
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
        if (until is not null)
            await until();
    }
}
