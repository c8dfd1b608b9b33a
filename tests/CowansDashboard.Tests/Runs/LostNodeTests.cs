using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

/// <summary>Nodes are processes here, really killed and really stopped.</summary>
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
        await using var first = NodeProcess.Start(database.ConnectionString, "shop", 60, 100);
        var id = await watcher.Enqueued(Steps, await RunsOfTests.Store(database));
        await watcher.Until(id, run => run.Now.Done >= 10);
        first.Signal("KILL");
        await first.Ended();

        await using var second = NodeProcess.Start(database.ConnectionString, "shop", 60, 100);
        var started = await second.FirstLine;
        await watcher.Until(id, RunStatus.Succeeded);

        // The row itself says when: whoever watches may be late to look.
        var resumed = await FirstStep(id, epoch: 3) - started;
        output.WriteLine($"Resumed {resumed.TotalSeconds:0.0} s after the first log line.");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await EachStepOnceAndInOrder(watcher, id, 60);
    }

    [Fact]
    public async Task A_killed_process_is_replaced_by_a_second_node_within_twenty_seconds()
    {
        await database.Source.Execute(StepByStep.Table);
        await using var victim = NodeProcess.Start(database.ConnectionString, "victim", 60, 100);
        await victim.FirstLine;
        await using var watcher = await RunHost.Start(database.ConnectionString, "other", new StepByStep(60, TimeSpan.FromMilliseconds(100)));
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
        await EachStepOnceAndInOrder(watcher, id, 60);
    }

    [Fact]
    public async Task A_process_stopped_for_a_minute_finds_its_run_done_by_another_and_adds_nothing()
    {
        await database.Source.Execute(StepByStep.Table);
        // It is stopped inside a fenced transaction nearly always: each step holds one for 200 ms.
        await using var sleeper = NodeProcess.Start(database.ConnectionString, "sleeper", 40, 200);
        await sleeper.FirstLine;
        await using var watcher = await RunHost.Start(database.ConnectionString, "awake", new StepByStep(40, TimeSpan.FromMilliseconds(200)));
        watcher.Get<RunsOptions>().AtOnce = 0;
        var id = await watcher.Enqueued(Steps, await RunsOfTests.Store(database));
        await watcher.Until(id, run => run.Now is { Done: >= 5, Node: "sleeper" });

        var stopped = Stopwatch.GetTimestamp();
        sleeper.Signal("STOP");
        watcher.Get<RunsOptions>().AtOnce = 16;
        await watcher.Until(id, run => run.Now is { Node: "awake", Done: > 5 });
        output.WriteLine($"Taken over {Stopwatch.GetElapsedTime(stopped).TotalSeconds:0.0} s after the stop.");
        var before = await watcher.Until(id, RunStatus.Succeeded);
        before.Now.Node.ShouldBe("awake");
        await Sleep.UntilAMinuteAfter(stopped);
        await Sleep.WhileItWakes(database, sleeper.Signal, "sleeper");
        var after = await watcher.Until(id, RunStatus.Succeeded);

        after.Now.ShouldSatisfyAllConditions(
            now => now.Done.ShouldBe(before.Now.Done), now => now.Epoch.ShouldBe(before.Now.Epoch), now => now.Counters.ShouldBe(before.Now.Counters));
        after.Cursor?.GetRawText().ShouldBe(before.Cursor?.GetRawText());
        await EachStepOnceAndInOrder(watcher, id, 40);
    }

    private async Task<DateTimeOffset> FirstStep(long id, int epoch) =>
        await database.Scalar<DateTime>("select min(at) from run_steps where run_id = $1 and epoch >= $2", id, epoch);

    private async Task EachStepOnceAndInOrder(RunHost node, long id, int steps)
    {
        (await database.Scalar<long>("select count(*) from run_steps where run_id = $1", id)).ShouldBe(steps);
        (await database.Scalar<long>("select count(distinct step) from run_steps where run_id = $1", id)).ShouldBe(steps);
        (await database.Scalar<bool>("select bool_and(step = place) from (select step, row_number() over (order by at) - 1 as place from run_steps where run_id = $1) s", id)).ShouldBeTrue();
        var run = (await node.Get<FindRun>().Find(id, default))!.Now;
        (run.Done, run.Counters.Inserted).ShouldBe((steps, steps));
    }
}
