using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

/// <summary>A node is a process here, really stopped.</summary>
[Trait("Category", "Integration")]
public sealed class SleepingNodeTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private static readonly RunKind Steps = new("steps", null);

    [Fact]
    public async Task A_process_stopped_for_a_minute_finds_its_run_done_by_another_and_adds_nothing()
    {
        await database.Source.Execute(StepByStep.Table);
        // It is stopped inside a fenced transaction nearly always: each step holds one for 200 ms.
        await using var sleeper = NodeProcess.Start(database.ConnectionString, "sleeper", 120, 200);
        await sleeper.FirstLine;
        await using var watcher = await RunHost.Start(database.ConnectionString, "awake", new StepByStep(120, TimeSpan.FromMilliseconds(200)));
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
        await StepByStep.EachOnceAndInOrder(database, watcher, id, 120);
    }
}
