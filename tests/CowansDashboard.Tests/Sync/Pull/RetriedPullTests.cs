using CowansDashboard.Runs;
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
