using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>Every fault that the demo store can play, in a pull of its own into a store of its own.</summary>
[Trait("Category", "Integration")]
public sealed class PullFaultTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("throttle-storm", """{"times":12,"status":429}""")]
    [InlineData("throttle-storm", """{"times":12}""")]
    [InlineData("throttle-storm", """{"times":15,"operation":"Shop"}""")]
    [InlineData("http-status", """{"status":503,"retryAfter":0.1,"times":5}""")]
    [InlineData("http-status", """{"status":429,"retryAfter":0.1,"times":5}""")]
    [InlineData("drop-connection", """{"times":3,"skip":4}""")]
    [InlineData("slow", """{"ms":120,"times":20}""")]
    [InlineData("jsonl-cut", """{"atByte":30011,"times":4}""")]
    [InlineData("url-expired", """{"times":2}""")]
    [InlineData("bulk-failed", """{"times":2}""")]
    // One kind takes all of these, so that its query has to be cut.
    [InlineData("bulk-failed", """{"code":"INTERNAL_SERVER_ERROR","times":4,"match":"BulkVariants"}""")]
    [InlineData("bulk-failed", """{"times":9,"match":"BulkProducts"}""")]
    [InlineData("bulk-failed", """{"times":4,"match":"BulkCollections"}""")]
    public async Task A_pull_gets_through(string fault, string parameters)
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await demo.Fault(fault, System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(parameters));

        var run = await host.Pull(store);

        await demo.ClearFaults();
        run.Now.Counters.Failed.ShouldBe(0);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_query_that_hangs_is_cancelled_and_cut_into_smaller_ones()
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo, options => options.StuckAfter = TimeSpan.FromSeconds(15));
        var store = await host.Connect(database, demo);
        await demo.Fault("bulk-stuck", new { times = 1, match = "BulkProducts" });

        var run = await host.Pull(store);

        (await database.Scalar<long>("select count(*) from pull_slices where run_id = $1 and status = 'replaced'", run.Now.Id)).ShouldBe(1);
        (await database.Scalar<long>("select count(*) from pull_slices where run_id = $1 and status = 'loaded' and depth = 1", run.Now.Id)).ShouldBe(2);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_query_that_always_fails_ends_the_run_with_its_reason_and_deletes_nothing()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo, options => (options.RepeatFailed, options.MostHalvings) = (1, 1));
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await demo.Fault("bulk-failed");

        var id = await host.Enqueue(CowansDashboard.Sync.Pull.StartPull.Full, store);
        var run = await host.Until(id, run => run.Now.Status == RunStatus.Failed);

        run.Now.Error.ShouldNotBeNull().ShouldContain("failed");
        await demo.ClearFaults();
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task Partial_data_is_used_where_it_is_complete_and_deletes_nothing()
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo, options => (options.RepeatFailed, options.MostHalvings) = (0, 0));
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await demo.EditMany("product", 60, 1, true, "title");
        await demo.EditMany("variant", 150, 1, true, "price");
        await demo.Fault("bulk-failed", new { partial = true });

        var run = await host.Pull(store);

        run.Now.Counters.Updated.ShouldBeGreaterThan(10);
        run.Now.Counters.Deleted.ShouldBe(0);
        await demo.ClearFaults();
        await host.Pull(store);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_scope_taken_away_is_an_error_and_deletes_nothing()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await demo.Fault("scope-removed", new { scopes = new[] { "read_inventory" } });

        var id = await host.Enqueue(CowansDashboard.Sync.Pull.StartPull.Full, store);
        var run = await host.Until(id, run => run.Now.Status == RunStatus.Failed);

        run.Now.Error.ShouldNotBeNull().ShouldContain("ccess");
        run.Now.Counters.Deleted.ShouldBe(0);
        await demo.ClearFaults();
        await database.ShouldEqual(store, demo);
    }
}
