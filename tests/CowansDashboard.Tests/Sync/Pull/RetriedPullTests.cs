using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>What becomes of a pull that was cancelled: what it leaves, and what a retry makes of it.</summary>
[Trait("Category", "Integration")]
public sealed class RetriedPullTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_cancelled_pull_leaves_nothing_running_and_no_file_and_retried_after_another_pull_begins_anew()
    {
        await using var demo = await DemoStore.Start(products: 50);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await demo.Fault("bulk-hold");
        var id = await host.Enqueue(StartPull.Full, store);
        await Until("select count(*) > 3 from pull_slices where run_id = $1 and status = 'started' and operation_id is not null", id);
        var key = await database.Scalar<Guid>("select file_key from pull_slices where run_id = $1 order by id limit 1", id);
        var left = Path.Combine(demo.Folder, "results", "one", $"pull-{key:N}-1-1.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        await File.WriteAllTextAsync(left, "{}");

        await host.Get<CancelRun>().Cancel(id, PullHost.Ann, default);
        await host.Until(id, run => run.Now.Status == RunStatus.Cancelled);
        await Until("select count(*) = 0 from pull_slices where run_id = $1 and status = 'started' and operation_id is not null", id);
        await Patience.Until(() => !File.Exists(left));
        await demo.ClearFaults();

        var products = await demo.State("products");
        var product = long.Parse(products[10].GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        var firstTicket = await database.Scalar<long>("select max(ticket) from pull_slices where run_id = $1", id);
        await host.Pull(store);
        var since = await database.Scalar<DateTime>("select incremental_since from stores where id = $1", store);
        await demo.Edit("product", $"{product}", new { title = "after the other pull" });

        await host.Get<RetryRun>().Retry(id, PullHost.Ann, default);
        await host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await database.Scalar<long>("select min(ticket) from pull_slices where run_id = $1", id)).ShouldBeGreaterThan(firstTicket);
        (await database.Scalar<DateTime>("select incremental_since from stores where id = $1", store)).ShouldBeGreaterThanOrEqualTo(since);
        (await database.Scalar<long>("select (select count(*) from pull_unseen where run_id = $1) + (select count(*) from pull_batches where run_id = $1)", id)).ShouldBe(0);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_query_that_Shopify_started_after_its_pull_was_cancelled_is_found_and_stopped()
    {
        await using var demo = await DemoStore.Start(products: 20);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await demo.Fault("bulk-hold");
        await demo.Fault("hold", new { operation = "BulkStart" });
        var id = await host.Enqueue(StartPull.Full, store);
        await demo.HasCaught("hold", 3);

        await host.Get<CancelRun>().Cancel(id, PullHost.Ann, default);
        await host.Until(id, run => run.Now.Status == RunStatus.Cancelled);
        await demo.ClearFaults("hold");

        var admin = demo.Admin();
        var states = await Patience.Until(
            async () => (await admin.Send(BulkOperations.List("operation_type:query"), Lane.Background, default)).Data.BulkOperations.Nodes.Select(one => one.Status).ToList(),
            states => states.Count >= 3 && states.All(state => state == "CANCELED"));
        states.Count.ShouldBeLessThanOrEqualTo(5);
        await demo.ClearFaults();
        await host.Pull(store);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task What_nobody_asks_for_any_more_goes_after_its_time()
    {
        await using var demo = await DemoStore.Start(products: 10);
        var store = await database.Scalar<long>("insert into stores (name, shop, api_version, credential_kind, credentials) values ('Old', 'old.myshopify.com', '2026-10', 'token', '') returning id");
        var (old, young) = (await Ended(store, days: 8), await Ended(store, days: 6));

        await using var host = await PullHost.Start(database, demo);

        await Patience.Until(() => database.Scalar<bool>("select not exists (select from pull_slices where run_id = $1)", old));
        (await Left(old)).ShouldBe(0);
        (await Left(young)).ShouldBe(4);
        (await database.Scalar<string>("select string_agg(text, ',' order by at) from run_log where run_id = any($1)", new[] { old, young })).ShouldBe("89 days,89 days");
        (await database.Scalar<long>("select count(*) from run_samples where run_id = any($1)", new[] { old, young })).ShouldBe(2);
    }

    private async Task<long> Ended(long store, int days)
    {
        var run = await database.Scalar<long>("insert into runs (store_id, kind, exclusive_group, asked_by_name) values ($1, 'pull-full', 'pull', 'Ann') returning id", store);
        return await database.Scalar<long>("""
            with run as (update runs set status = 'cancelled', finished_at = now() - make_interval(days => $2) where id = $1 returning id),
            slice as (insert into pull_slices (run_id, store_id, kind) select id, $3, 'products' from run),
            batch as (insert into pull_batches (run_id) select id from run),
            unseen as (insert into pull_unseen (run_id, kind, ticket, row_ids, known) select id, 'products', 1, '{}', 0 from run),
            reread as (insert into pull_rereads (run_id, product_shopify_id, reason) select id, 1, 'test' from run),
            lines as (insert into run_log (run_id, at, level, text) select id, now() - make_interval(days => d), 'info', d || ' days' from run, unnest(array[89, 91]) d),
            samples as (insert into run_samples (run_id, at, done, rate, calls) select id, now() - make_interval(days => d), 1, 1, 1 from run, unnest(array[89, 91]) d)
            select id from run
            """, run, days, store);
    }

    private Task<long> Left(long run) => database.Scalar<long>("""
        select (select count(*) from pull_slices where run_id = $1) + (select count(*) from pull_batches where run_id = $1)
             + (select count(*) from pull_unseen where run_id = $1) + (select count(*) from pull_rereads where run_id = $1)
        """, run);

    [Fact]
    public async Task A_late_end_of_an_old_pull_does_not_move_the_clock_back()
    {
        await using var demo = await DemoStore.Start(products: 30);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await database.Scalar<long>("with later as (update stores set incremental_since = '2099-01-01', data_as_of = '2099-01-01' where id = $1 returning 1) select count(*) from later", store);

        await host.Pull(store);

        (await database.Scalar<bool>("select incremental_since = '2099-01-01' and data_as_of = '2099-01-01' from stores where id = $1", store)).ShouldBeTrue();
    }

    private Task Until(string sql, long run) => Patience.Until(() => database.Scalar<bool>(sql, run));
}
