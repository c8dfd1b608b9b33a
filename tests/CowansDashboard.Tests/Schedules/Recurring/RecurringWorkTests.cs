using System.Globalization;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Runs;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using CowansDashboard.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Tests.Schedules.Recurring;

[Trait("Category", "Integration")]
public sealed class RecurringWorkTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Turns_that_no_server_was_there_for_are_made_up_for_once()
    {
        await using var node = await Node("one");
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon);
        shop.Clock.Advance(TimeSpan.FromMinutes(201));

        await shop.Dispatch();
        await shop.Dispatch();

        (await shop.Runs()).ShouldBe(1);
        var last = (await shop.Of("pull-changes")).Last!;
        (last.Missed, last.Late, last.Said).ShouldBe((9, TimeSpan.FromMinutes(181), "No server was there for 10 turns; they were made up for once."));
        (await shop.Of("pull-changes")).NextAt.ShouldBe(Noon.AddMinutes(220));
    }

    [Fact]
    public async Task Two_nodes_that_look_at_the_same_moment_start_each_turn_once()
    {
        await using var one = await Node("one");
        await using var two = await Node("two");
        var shop = await Shop.Open(database, one, "Etc/UTC", Noon);
        for (var turn = 0; turn < 10; turn++)
        {
            shop.Clock.Advance(TimeSpan.FromMinutes(20));
            await Task.WhenAll(Enumerable.Range(0, 6).Select(n => shop.Dispatch(n % 2 == 0 ? one : two)));
            await shop.Quiet();
        }

        (await shop.Runs()).ShouldBe(10);
        (await database.Scalar<long>("select count(*) from runs where store_id = $1 and status <> 'succeeded'", shop.Store)).ShouldBe(0);
    }

    [Fact]
    public async Task What_reads_the_same_makes_a_turn_needless_and_anything_else_makes_it_wait()
    {
        var (goOn, selected) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var node = await Node("one", goOn.Task, selected.Task);
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon);
        var full = await node.Enqueued(StartPull.Full, shop.Store);
        shop.Clock.Advance(TimeSpan.FromMinutes(20));
        await shop.Dispatch();
        var last = (await shop.Of("pull-changes")).Last!;
        (last.Outcome, last.Said, last.Run).ShouldBe((RecurringOutcome.NotNeeded, "Pull everything was running and reads the same.", null));
        goOn.SetResult();
        await node.Until(full, RunStatus.Succeeded);

        var selection = await node.Enqueued(StartPull.Selection, shop.Store);
        shop.Clock.Advance(TimeSpan.FromMinutes(45));
        await shop.Dispatch();
        var waits = await shop.Of("pull-changes");
        (waits.NextAt, waits.WaitsFor).ShouldBe((Noon.AddMinutes(40), "Pull selected products was running: one at a time in a shop."));
        selected.SetResult();
        await node.Until(selection, RunStatus.Succeeded);
        await shop.Dispatch();
        (await shop.Of("pull-changes")).Last!.Outcome.ShouldBe(RecurringOutcome.Started);
        await shop.Quiet();
    }

    [Fact]
    public async Task What_is_off_paused_or_too_late_does_not_run()
    {
        await using var node = await Node("one");
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon);
        var change = new ChangeRecurringWork(database.Source, shop.Clock);
        (await change.Change(shop.Store, "pull-changes", new(Rhythm.Every(20), false), "Ann", default)).ShouldBeNull();
        shop.Clock.Advance(TimeSpan.FromHours(1));
        await shop.Dispatch();
        (await shop.Runs()).ShouldBe(0);

        await change.Change(shop.Store, "pull-changes", new(Rhythm.Daily(15, 0), true) { MostLate = TimeSpan.FromHours(2) }, "Ann", default);
        await new PauseRecurringWork(database.Source, shop.Clock).Pause(shop.Store, "Ann", default);
        shop.Clock.Advance(TimeSpan.FromHours(5));
        await shop.Dispatch();
        (await shop.Of("pull-changes")).Last.ShouldBeNull();

        await new PauseRecurringWork(database.Source, shop.Clock).Pause(shop.Store, null, default);
        await shop.Dispatch();
        (await shop.Runs()).ShouldBe(0);
        var late = await shop.Of("pull-changes");
        (late.Last!.Outcome, late.NextAt).ShouldBe((RecurringOutcome.Missed, Noon.AddHours(27)));
        (await change.Change(shop.Store, "pull-changes", new(Rhythm.Every(2), true), "Ann", default)).ShouldBe(new RecurringProblem("everyMinutes", "Choose between 5 minutes and 24 hours (1440 minutes)."));
    }

    [Fact]
    public async Task A_shop_that_was_never_pulled_has_nothing_to_go_on_from_and_a_person_may_start_one_at_any_time()
    {
        await using var node = await Node("one");
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon, pulled: false);
        shop.Clock.Advance(TimeSpan.FromMinutes(20));
        await shop.Dispatch();
        (await shop.Of("pull-changes")).Last!.Said.ShouldBe("The shop has not been pulled as a whole yet.");

        await database.Source.Execute($"update stores set incremental_since = now() where id = {shop.Store}");
        var run = (await shop.RunNow("pull-changes")).ShouldBeOfType<RunNowOutcome.Started>().RunId!.Value;
        await node.Until(run, RunStatus.Succeeded);
        (await shop.RunNow("sweep")).ShouldBe(new RunNowOutcome.Started(null));
        (await shop.Of("sweep")).Last!.Said.ShouldBe("Nothing was old enough.");
        await database.Source.Execute($"""
            insert into webhook_deliveries (store_id, webhook_id, topic, body, state, heard_at)
            select {shop.Store}, state || days, 'products/update', '', state, now() - days * interval '1 day' from unnest(array['queued', 'done', 'dead']) state, unnest(array[13, 20, 29]) days
            """);
        await database.Source.Execute($"""
            insert into drift (store_id, run_id, entity, entity_key, field, state, settled_at)
            select {shop.Store}, 1, 'product', state || days, 'title', state, now() - days * interval '1 day' from unnest(array['open', 'repaired']) state, unnest(array[80, 100]) days
            """);
        await shop.RunNow("sweep");
        (await shop.Of("sweep")).Last!.Said.ShouldBe("3 events and 1 difference deleted.");
        (await database.Scalar<string>("select string_agg(webhook_id, ' ' order by webhook_id) from webhook_deliveries where store_id = $1", shop.Store)).ShouldBe("dead13 dead20 done13 queued13 queued20 queued29");
        (await database.Scalar<string>("select string_agg(entity_key, ' ' order by entity_key) from drift where store_id = $1", shop.Store)).ShouldBe("open100 open80 repaired80");

        await database.Source.Execute($"""
            with removed as (
                insert into stores (name, shop, api_version, credential_kind, credentials, deleted_at)
                select 'Removed', 'removed' || days || '.myshopify.com', '2026-10', 'token', '', now() - days * interval '1 day' from unnest(array[20, 29, 30]) days returning id, shop),
            heard as (
                insert into webhook_deliveries (store_id, webhook_id, topic, body, state, heard_at)
                select id, 'of ' || shop, 'products/update', '', 'dead', now() - interval '21 days' from removed where shop like 'removed30%')
            insert into webhook_secrets (store_id, kind, current) select id, 'typed', '' from removed
            """);
        await shop.RunNow("sweep");
        (await database.Scalar<string>("select string_agg(s.shop, ' ' order by s.shop) from webhook_secrets w join stores s on s.id = w.store_id where s.deleted_at is not null"))
            .ShouldBe("removed20.myshopify.com removed30.myshopify.com", "of one there is a delivery yet");
        (await shop.RunNow("tea")).ShouldBe(new RunNowOutcome.Refused("There is no such work."));
    }

    [Fact]
    public async Task Some_collections_are_read_at_times_of_their_own()
    {
        await using var node = await Node("one");
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon);
        await database.Source.Execute($"insert into collections (store_id, shopify_id, title, handle, sort_order) select {shop.Store}, i, 'Collection ' || i, 'c' || i, 'MANUAL' from generate_series(1, 3) i");
        var schedule = new ScheduleCollections(database.Source, shop.Clock);
        var daily = new RecurringSettings(Rhythm.Daily(6, 0), true);

        (await schedule.Schedule(shop.Store, [], daily, "Ann", default)).ShouldBe(new ScheduleCollectionsOutcome.Wrong("collections", "Choose at least one collection."));
        (await schedule.Schedule(shop.Store, [1, 77], daily, "Ann", default)).ShouldBe(new ScheduleCollectionsOutcome.Wrong("collections", "This shop has no collection with the id 77."));
        (await schedule.Schedule(shop.Store, [3, 1, 2], daily, "Ann", default)).ShouldBe(new ScheduleCollectionsOutcome.Scheduled("pull-collections:1"));
        (await schedule.Schedule(shop.Store, [2], new RecurringSettings(Rhythm.Every(60), true), "Ann", default)).ShouldBe(new ScheduleCollectionsOutcome.Scheduled("pull-collections:2"));
        var work = (await shop.All()).Where(one => one.IsMade).ToList();
        work.Select(one => (one.Name, one.Title, one.NextAt)).ShouldBe([
            ("pull-collections:1", "Read Collection 1, Collection 2 and 1 more again", Noon.AddHours(18)), ("pull-collections:2", "Read Collection 2 again", Noon.AddHours(1))]);

        shop.Clock.Advance(TimeSpan.FromHours(1));
        await shop.Dispatch();
        await shop.Quiet();
        await shop.Dispatch();
        await shop.Quiet();
        (await database.Scalar<string>("select parameters ->> 'collections' from runs where store_id = $1 and kind = 'pull-selection'", shop.Store)).ShouldBe("[2]");
        var change = new ChangeRecurringWork(database.Source, shop.Clock);
        (await change.Change(shop.Store, "pull-collections:2", daily with { Collections = [1] }, "Ann", default)).ShouldBeNull();
        (await shop.All()).Single(one => one.Name == "pull-collections:2").Collections.Single().ShopifyId.ShouldBe(1);
        (await shop.RunNow("pull-collections:2")).ShouldBeOfType<RunNowOutcome.Started>();
        await shop.Quiet();

        var remove = new RemoveRecurringWork(database.Source);
        (await remove.Remove(shop.Store, "pull-collections:2", default), await remove.Remove(shop.Store, "pull-changes", default)).ShouldBe((true, false));
        (await shop.All()).Count(one => one.IsMade).ShouldBe(1);
    }

    [Theory]
    [InlineData("America/Los_Angeles", "2027-03-14", "2026-11-01")]
    [InlineData("Pacific/Auckland", "2027-09-26", "2027-04-04")]
    [InlineData("America/Santiago", "2027-09-05", "2027-04-04")]
    public async Task A_daily_work_runs_once_a_day_while_the_clocks_change(string zone, string forward, string back)
    {
        await using var node = await Node("one");
        var there = TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var day in new[] { forward, back }.Select(day => DateOnly.Parse(day, CultureInfo.InvariantCulture)))
        {
            var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(-2);
            var shop = await Shop.Open(database, node, zone, start);
            // Santiago's clocks change at midnight, the others' around half past two.
            await new ChangeRecurringWork(database.Source, shop.Clock).Change(shop.Store, "sweep", new(zone == "America/Santiago" ? Rhythm.Daily(0, 30) : Rhythm.Daily(2, 30), true), "Ann", default);
            await new ChangeRecurringWork(database.Source, shop.Clock).Change(shop.Store, "pull-changes", new(Rhythm.Every(20), false), "Ann", default);
            var days = new List<DateOnly>();
            for (var step = 0; step < 4 * 48; step++)
            {
                shop.Clock.Advance(TimeSpan.FromMinutes(30));
                if (await shop.Dispatch() > 0)
                    days.Add(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(shop.Clock.GetUtcNow(), there).DateTime));
            }

            days.ShouldBeUnique();
            days.Count.ShouldBeInRange(3, 5);
            days.ShouldContain(day);
            days.Zip(days.Skip(1)).ShouldAllBe(pair => pair.Second == pair.First.AddDays(1));
        }
    }

    [Fact]
    public async Task A_shop_that_moves_to_another_zone_has_its_times_reckoned_anew()
    {
        await using var node = await Node("one");
        var shop = await Shop.Open(database, node, "Etc/UTC", Noon);
        (await shop.Of("sweep")).NextAt.ShouldBe(new DateTimeOffset(2026, 11, 22, 4, 10, 0, TimeSpan.Zero));

        await database.Source.Execute($"update stores set time_zone = 'Pacific/Auckland' where id = {shop.Store}");
        await shop.Dispatch();

        (await shop.Of("sweep")).NextAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 15, 10, 0, TimeSpan.Zero));
    }

    private Task<RunHost> Node(string name, Task? full = null, Task? selection = null) => RunHost.Start(database.ConnectionString, name,
        new WorkOf(StartPull.Incremental, (_, _) => Task.CompletedTask),
        new WorkOf(StartPull.Full, (_, cancel) => (full ?? Task.CompletedTask).WaitAsync(cancel)),
        new WorkOf(StartPull.Selection, (_, cancel) => (selection ?? Task.CompletedTask).WaitAsync(cancel)));

    private sealed class Shop(TestDatabase database, RunHost node, long store, ManualClock clock)
    {
        public long Store => store;

        public ManualClock Clock => clock;

        /// <summary>A shop of its own; what other tests have made rests.</summary>
        public static async Task<Shop> Open(TestDatabase database, RunHost node, string zone, DateTimeOffset now, bool pulled = true)
        {
            await database.Source.Execute("update stores set deleted_at = now() where deleted_at is null");
            var store = await RunsOfTests.Store(database);
            await database.Source.Execute($"update stores set time_zone = '{zone}', incremental_since = {(pulled ? "now()" : "null")} where id = {store}");
            var shop = new Shop(database, node, store, new ManualClock(now));
            await shop.Dispatch();
            await database.Source.Execute($"update recurring_work set is_on = false where store_id = {store} and work not in ('pull-changes', 'sweep')");
            return shop;
        }

        public Task<int> Dispatch(RunHost? on = null) => Dispatcher(on ?? node).Dispatch(default);

        public Task<RunNowOutcome> RunNow(string work) =>
            new RunRecurringWorkNow(database.Source, Starter(node), Dispatcher(node), [Sweep], clock).Run(store, work, RunsOfTests.Ann, default);

        public async Task<RecurringWork> Of(string work) =>
            (await new ReadRecurringWork(database.Source, node.Get<FindRun>()).Read(store, default)).Work.Single(one => one.Kind.Name == work);

        public async Task<IReadOnlyList<RecurringWork>> All() => (await new ReadRecurringWork(database.Source, node.Get<FindRun>()).Read(store, default)).Work;

        public Task<long> Runs() => database.Scalar<long>("select count(*) from runs where store_id = $1 and kind = 'pull-incremental'", store);

        public Task<long> Quiet() => Patience.Until(
            () => database.Scalar<long>("select count(*) from runs where store_id = $1 and status not in ('succeeded', 'cancelled')", store), open => open == 0, open => $"{open} runs are not done.");

        private SweepOldRecords Sweep => new(new SweepDeliveries(database.Source, new WebhookOptions()), new SweepDrift(database.Source),
            new SweepSecrets(database.Source, new SweepDeliveries(database.Source, new WebhookOptions()), new WebhookOptions()),
            new PurgeCategories(database.Source, new CatalogOptions()));

        private DispatchRecurringWork Dispatcher(RunHost on) => new(
            database.Source, new MakeRecurringWork(database.Source, clock), Starter(on), [Sweep], clock, NullLogger<DispatchRecurringWork>.Instance);

        private static StartRecurringWork Starter(RunHost on) => new(on.Get<EnqueueRun>());
    }
}
