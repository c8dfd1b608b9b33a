using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

/// <summary>Nodes are processes here, really killed.</summary>
[Collection(NothingBeside.Name)]
[Trait("Category", "Integration")]
public sealed class LostNodeTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private static readonly RunKind Steps = new("steps", null);

    [Fact]
    public async Task A_killed_process_that_starts_again_goes_on_from_the_cursor_within_ten_seconds()
    {
        await database.Source.Execute(StepByStep.Table);
        await using var watcher = await RunHost.Start(database.ConnectionString, "watcher");
        watcher.Get<RunsOptions>().AtOnce = 0;
        await using var first = NodeProcess.Start(database.ConnectionString, "shop", 120, 100);
        var id = await watcher.Enqueued(Steps, await RunsOfTests.Store(database));
        await watcher.Until(id, run => run.Now.Done >= 10);
        first.Signal("KILL");
        await first.Ended();

        await using var second = NodeProcess.Start(database.ConnectionString, "shop", 120, 100);
        var started = await second.FirstLine;
        await watcher.Until(id, RunStatus.Succeeded);

        // The row itself says when: whoever watches may be late to look.
        var resumed = await FirstStep(id, epoch: 3) - started;
        output.WriteLine($"Resumed {resumed.TotalSeconds:0.0} s after the first log line.");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await StepByStep.EachOnceAndInOrder(database, watcher, id, 120);
    }

    [Fact]
    public async Task A_killed_process_is_replaced_by_a_second_node_within_twenty_seconds()
    {
        await database.Source.Execute(StepByStep.Table);
        await using var victim = NodeProcess.Start(database.ConnectionString, "victim", 120, 100);
        await victim.FirstLine;
        await using var watcher = await RunHost.Start(database.ConnectionString, "other", new StepByStep(120, TimeSpan.FromMilliseconds(100)));
        watcher.Get<RunsOptions>().AtOnce = 0;
        var id = await watcher.Enqueued(Steps, await RunsOfTests.Store(database));
        await watcher.Until(id, run => run.Now is { Done: >= 10, Node: "victim" });

        watcher.Get<RunsOptions>().AtOnce = 16;
        victim.Signal("KILL");
        var killed = TimeProvider.System.GetUtcNow();
        var done = await watcher.Until(id, RunStatus.Succeeded);

        done.Now.Node.ShouldBe("other");
        var resumed = await FirstStep(id, epoch: 3) - killed;
        output.WriteLine($"Resumed {resumed.TotalSeconds:0.0} s after the kill.");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await StepByStep.EachOnceAndInOrder(database, watcher, id, 120);
    }

    private async Task<DateTimeOffset> FirstStep(long id, int epoch) =>
        await database.Scalar<DateTime>("select min(at) from run_steps where run_id = $1 and epoch >= $2", id, epoch);
}
