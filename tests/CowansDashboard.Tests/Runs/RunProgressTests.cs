using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class RunProgressTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Fifty_thousand_ticks_are_published_five_times_a_second_written_twice_and_none_is_lost()
    {
        var kind = new RunKind("ticking", null);
        var begun = new TaskCompletionSource();
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, async (run, cancel) =>
        {
            await begun.Task;
            var stream = run.Progress.Stream("ticks", "as fast as it goes");
            for (var i = 0; i < 50; i++)
            {
                Parallel.For(0, 1_000, _ => stream.Advance(1));
                run.Progress.Count(RunCounter.Updated, 7);
                await Task.Delay(50, cancel);
            }
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        using var end = new CancellationTokenSource();
        var published = 0;
        var watching = Task.Run(async () =>
        {
            await foreach (var snapshot in node.Get<RunFeed>().Watch(id, end.Token))
            {
                if (snapshot.Status == RunStatus.Running && snapshot.Done > 0)
                    published++;
                if (snapshot.Status.IsFinished())
                    return snapshot;
            }
            throw new InvalidOperationException("The feed ended early.");
        });
        await node.Until(id, RunStatus.Running);
        var start = Stopwatch.GetTimestamp();
        begun.SetResult();
        var seen = await watching.WaitAsync(TimeSpan.FromSeconds(120));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var writes = await database.Scalar<long>("select progress_seq from runs where id = $1", id);

        output.WriteLine($"{seconds:0.0} s, {published} published, {writes} written.");
        (seen.Done, seen.Counters.Updated).ShouldBe((50_000, 350));
        (await node.Until(id, RunStatus.Succeeded)).Now.Done.ShouldBe(50_000);
        published.ShouldBeInRange(3, (int)(seconds * 5) + 2);
        writes.ShouldBeInRange(2, (long)(seconds * 2) + 4);
    }

    [Fact]
    public async Task Ticks_before_a_shutdown_and_before_an_error_are_written()
    {
        var kind = new RunKind("interrupted ticks", null);
        var ticked = new TaskCompletionSource();
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, async (run, cancel) =>
        {
            var stream = run.Progress.Stream("ticks", "x");
            stream.Advance(33);
            await Task.Delay(600, cancel);
            stream.Advance(9);
            run.Progress.Log(RunLogLevel.Info, "The last word.");
            if (run.Parameters.TryGetProperty("fail", out _))
                throw new InvalidOperationException("Broken.");
            ticked.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
        }));
        var store = await RunsOfTests.Store(database);
        var stopped = await node.Enqueued(kind, store);
        var failed = ((EnqueueOutcome.Enqueued)await node.Get<EnqueueRun>().Enqueue(
            new(kind, store, RunsOfTests.Ann, System.Text.Json.JsonDocument.Parse("""{"fail":1}""").RootElement), null, default)).RunId;
        await ticked.Task;
        await node.Until(failed, RunStatus.Failed);
        await node.Stop();

        var find = node.Get<FindRun>();
        (await find.Find(stopped, default))!.Now.ShouldSatisfyAllConditions(
            run => run.Status.ShouldBe(RunStatus.Interrupted), run => run.Done.ShouldBe(42));
        (await find.Find(failed, default))!.Now.Done.ShouldBe(42);
        (await node.Get<ReadRunLog>().Read(stopped, 0, 10, default))[0].Text.ShouldBe("The last word.");
        await database.Source.Execute("update runs set status = 'cancelled' where status = 'interrupted'");
    }

    [Fact]
    public async Task A_batch_written_again_after_a_lost_answer_counts_once()
    {
        var store = await RunsOfTests.Store(database);
        var id = await database.Scalar<long>("insert into runs (store_id, kind, asked_by_name) values ($1, 'x', 'Ann') returning id", store);
        var write = new WriteProgress(database.Source);
        var batch = new ProgressBatch(1, null, 2.5, "the daily limit", [new("s", 0, "pages", "reading", 5, 9, false)],
            new Dictionary<RunCounter, long> { [RunCounter.Calls] = 3 }, [new(TimeProvider.System.GetUtcNow(), RunLogLevel.Info, "Once.")], null);

        await write.Write(id, 0, batch, default);
        await write.Write(id, 0, batch, default);

        (await database.Scalar<long>("select done from runs where id = $1", id)).ShouldBe(5);
        (await database.Scalar<string>("select counters ->> 'calls' from runs where id = $1", id)).ShouldBe("3");
        (await database.Scalar<long>("select done from run_streams where run_id = $1", id)).ShouldBe(5);
        (await database.Scalar<long>("select count(*) from run_log where run_id = $1", id)).ShouldBe(1);
        await Should.ThrowAsync<RunFencedException>(() => write.Write(id, 1, batch, default));
    }

    [Fact]
    public async Task A_viewer_on_another_node_sees_the_ticks_within_a_quarter_of_a_second()
    {
        var kind = new RunKind("far away", null);
        var begun = new TaskCompletionSource();
        await using var performer = await RunHost.Start(database.ConnectionString, "performer", new WorkOf(kind, async (run, cancel) =>
        {
            await begun.Task;
            var stream = run.Progress.Stream("ticks", "x");
            for (var i = 0; i < 80; i++)
            {
                stream.Advance(1);
                await Task.Delay(50, cancel);
            }
        }));
        await using var viewer = await RunHost.Start(database.ConnectionString, "viewer");
        viewer.Get<RunsOptions>().AtOnce = 0;
        var id = await performer.Enqueued(kind, await RunsOfTests.Store(database));
        await performer.Until(id, RunStatus.Running);
        var lags = new List<double>();
        begun.SetResult();
        await foreach (var snapshot in viewer.Get<RunFeed>().Watch(id, CancellationToken.None))
        {
            if (snapshot.Sequence > 0 && snapshot.Status == RunStatus.Running)
                lags.Add((TimeProvider.System.GetUtcNow() - snapshot.PublishedAt).TotalMilliseconds);
            if (snapshot.Status.IsFinished())
                break;
        }

        var median = lags.Order().ElementAt(lags.Count / 2);
        output.WriteLine($"{lags.Count} snapshots, median {median:0.0} ms, most {lags.Max():0.0} ms.");
        lags.Count.ShouldBeGreaterThan(5);
        // One that came while this machine did something else says nothing; the benchmark "progress" has the figure for 95 of 100.
        median.ShouldBeLessThan(250);
    }

    [Fact]
    public async Task What_a_run_waits_for_is_its_status_and_stands_in_the_row()
    {
        var kind = new RunKind("waiting", null);
        var (goOn, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, async (run, cancel) =>
        {
            run.Progress.WaitFor("Shopify's daily limit");
            await goOn.Task.WaitAsync(cancel);
            run.Progress.WaitFor(null);
            await end.Task.WaitAsync(cancel);
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        (await node.Until(id, RunStatus.Waiting)).Now.WaitingFor.ShouldBe("Shopify's daily limit");
        goOn.SetResult();
        (await node.Until(id, RunStatus.Running)).Now.WaitingFor.ShouldBeNull();
        end.SetResult();
        await node.Until(id, RunStatus.Succeeded);
    }

    [Fact]
    public async Task Broken_characters_and_endless_words_keep_nothing_from_being_written()
    {
        var kind = new RunKind("broken words", null);
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, (run, _) =>
        {
            var stream = run.Progress.Stream("a\0b", "\ud800");
            stream.SetStage("half \udc00");
            stream.Advance(3);
            run.Progress.Log(RunLogLevel.Warning, "nul \0 and 🛒");
            throw new InvalidOperationException("No \0 good. " + new string('x', 50_000));
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        var failed = (await node.Until(id, RunStatus.Failed)).Now;

        failed.Done.ShouldBe(3);
        failed.Streams[0].Name.ShouldBe("a\ufffdb");
        failed.Error!.ShouldStartWith("No \ufffd good. xxx");
        failed.Error!.Length.ShouldBeLessThan(10_100);
        (await node.Get<ReadRunLog>().Read(id, 0, 10, default))[0].Text.ShouldBe("nul \ufffd and 🛒");
    }
}
