using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>A pull in a process of its own, stopped for real.</summary>
[Trait("Category", "Integration")]
public sealed class SleepingPullTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_node_stopped_in_mid_pull_adds_nothing_when_it_wakes_after_another_has_done_its_run()
    {
        await using var demo = await DemoStore.Start(products: 400, bulkMs: 300);
        await using var watcher = await PullHost.Start(database, demo, options => options.BatchRows = 60, node: "awake");
        watcher.Get<RunsOptions>().AtOnce = 0;
        var store = await watcher.Connect(database, demo);
        await using var sleeper = PullNode.Start(database.ConnectionString, demo, "sleeper");
        await sleeper.FirstLine;
        await demo.Fault("bulk-hold", new { match = "includedProducts" });
        var id = await watcher.Enqueue(StartPull.Full, store);
        await watcher.Until(id, run => run.Now.Counters.Inserted > 500);
        sleeper.Signal("STOP");
        var stopped = Stopwatch.GetTimestamp();
        await demo.ClearFaults();
        watcher.Get<RunsOptions>().AtOnce = 16;
        var done = await watcher.Until(id, run => run.Now.Status == RunStatus.Succeeded);
        done.Now.Node.ShouldBe("awake");
        await Sleep.UntilAMinuteAfter(stopped);
        await Sleep.WhileItWakes(database, sleeper.Signal, "sleeper");

        var after = (await watcher.Get<FindRun>().Find(id, default))!;
        after.Now.Epoch.ShouldBe(done.Now.Epoch);
        after.Now.Counters.ShouldBe(done.Now.Counters);
        after.Now.Counters.Inserted.ShouldBe(await database.Rows(store));
        await database.ShouldEqual(store, demo);
    }
}
