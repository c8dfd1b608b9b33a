using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>Pulls in processes of their own, killed and stopped for real.</summary>
[Trait("Category", "Integration")]
public sealed class PullKilledTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    /// <summary>Where the process is killed: as soon as this can be read from the database.</summary>
    public static TheoryData<string, string> Checkpoints => new()
    {
        { "a query is started", "select count(*) > 0 from pull_slices where run_id = $1 and status = 'started'" },
        { "products are half in", "select count(*) > 1 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'products'" },
        { "variants are half in", "select count(*) > 2 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'variants'" },
        { "media are half in", "select count(*) > 1 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'media'" },
        { "metafields of variants begin", "select count(*) > 0 from pull_slices where run_id = $1 and kind = 'variants' and pass = 1" },
        { "members begin", "select count(*) > 0 from pull_slices where run_id = $1 and kind = 'collections' and pass = 1" },
        { "stock is half in", "select count(*) > 2 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'inventory'" },
        { "everything is loaded", "select count(*) filter (where status = 'loaded') = 7 from pull_slices where run_id = $1" },
        { "summaries are being written", "select count(*) > 0 from product_summaries s join runs r on r.store_id = s.store_id where r.id = $1" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task A_pull_killed_at_any_checkpoint_goes_on_within_ten_seconds_and_brings_each_row_once(string checkpoint, string reached)
    {
        await using var demo = await DemoStore.Start(products: 150, bulkMs: 200);
        await using var watcher = await PullHost.Start(database, demo, node: "watcher");
        watcher.Get<RunsOptions>().AtOnce = 0;
        var store = await watcher.Connect(database, demo);
        await using var first = PullNode.Start(database.ConnectionString, demo, "shop");
        await first.FirstLine;
        var id = await watcher.Enqueue(StartPull.Full, store);
        var patience = Stopwatch.StartNew();
        while (!await database.Scalar<bool>(reached, id) && patience.Elapsed < TimeSpan.FromSeconds(90))
            await Task.Delay(2);
        await first.Kill();
        var before = (await watcher.Get<FindRun>().Find(id, default))!.Now;

        await using var second = PullNode.Start(database.ConnectionString, demo, "shop");
        var started = await second.FirstLine;
        if (before.Status == RunStatus.Running)
            await watcher.Until(id, run => run.Now.Epoch > before.Epoch + 1 || run.Now.Status == RunStatus.Succeeded);
        var resumed = Stopwatch.GetElapsedTime(started);
        var done = await watcher.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        output.WriteLine($"Killed when {checkpoint}: {before.Status} with {before.Done:N0} done; going on after {resumed.TotalSeconds:0.0} s.");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await database.ShouldEqual(store, demo);
        (await database.Scalar<long>("select coalesce(max(known), 0) from pull_unseen where run_id = $1", id)).ShouldBe(0, "what the pull itself brought is not what it had to find");
        done.Now.Counters.Inserted.ShouldBe(await Rows(store));
        done.Now.Counters.Updated.ShouldBe(0);
    }

    [Fact]
    public async Task A_node_stopped_in_mid_pull_adds_nothing_when_it_wakes_after_another_has_done_its_run()
    {
        await using var demo = await DemoStore.Start(products: 400, bulkMs: 300);
        await using var watcher = await PullHost.Start(database, demo, options => options.BatchRows = 60, node: "awake");
        watcher.Get<RunsOptions>().AtOnce = 0;
        var store = await watcher.Connect(database, demo);
        await using var sleeper = PullNode.Start(database.ConnectionString, demo, "sleeper");
        await sleeper.FirstLine;
        var id = await watcher.Enqueue(StartPull.Full, store);
        await watcher.Until(id, run => run.Now.Counters.Inserted > 500);
        sleeper.Signal("STOP");
        var stopped = Stopwatch.GetTimestamp();
        watcher.Get<RunsOptions>().AtOnce = 16;
        var done = await watcher.Until(id, run => run.Now.Status == RunStatus.Succeeded);
        await Task.Delay(TimeSpan.FromSeconds(60) - Stopwatch.GetElapsedTime(stopped) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        sleeper.Signal("CONT");
        await Task.Delay(5000);

        var after = (await watcher.Get<FindRun>().Find(id, default))!;
        after.Now.Epoch.ShouldBe(done.Now.Epoch);
        after.Now.Counters.ShouldBe(done.Now.Counters);
        after.Now.Counters.Inserted.ShouldBe(await Rows(store));
        await database.ShouldEqual(store, demo);
    }

    private Task<long> Rows(long store) => database.Scalar<long>("""
        select (select count(*) from products where store_id = $1) + (select count(*) from product_options where store_id = $1)
             + (select count(*) from variants where store_id = $1) + (select count(*) from media where store_id = $1)
             + (select count(*) from metafields where store_id = $1) + (select count(*) from collections where store_id = $1)
             + (select count(*) from collection_members where store_id = $1) + (select count(*) from inventory_levels where store_id = $1)
             + (select count(*) from publications where store_id = $1) + (select count(*) from product_publications where store_id = $1)
        """, store);
}
