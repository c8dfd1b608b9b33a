using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class PerformRunTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_run_is_performed_and_leaves_its_figures_streams_log_and_samples()
    {
        var kind = new RunKind("counting", null);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, async (run, cancel) =>
        {
            var products = run.Progress.Stream("products", "bulk query");
            var variants = run.Progress.Stream("variants", "pages");
            products.SetTotal(1_000);
            products.SetStage("loading");
            Parallel.For(0, 1_000, _ => products.Advance(1));
            variants.Advance(7);
            run.Progress.Count(RunCounter.Inserted, 5);
            run.Progress.Budget(new RunBudget(900, 1_000, 50));
            run.Progress.Log(RunLogLevel.Warning, "Half of it.");
            await Task.Delay(700, cancel);
            run.Progress.Count(RunCounter.Inserted, 6);
            run.Progress.Log(RunLogLevel.Info, "All of it.");
            products.Done();
            variants.Done();
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        var run = (await node.Until(id, RunStatus.Succeeded)).Now;

        run.Done.ShouldBe(1_007);
        run.Total.ShouldBe(1_007);
        run.Counters.Inserted.ShouldBe(11);
        run.Streams.Select(stream => (stream.Name, stream.How, stream.Done, stream.IsDone))
            .ShouldBe([("products", "bulk query", 1_000, true), ("variants", "pages", 7, true)]);
        run.AskedBy.ShouldBe(RunsOfTests.Ann);
        run.FinishedAt.ShouldNotBeNull();
        (await node.Get<ReadRunLog>().Read(id, 0, 100, default)).Select(line => line.Text).ShouldBe(["Half of it.", "All of it.", "Done."]);
        (await node.Get<ReadRunSamples>().Read(id, 100, default))[^1].Budget.ShouldBe(new RunBudget(900, 1_000, 50));
    }

    [Fact]
    public async Task An_error_fails_the_run_with_its_words_and_a_retry_goes_on_from_the_cursor()
    {
        var kind = new RunKind("failing", null);
        var seen = new List<string?>();
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, async (run, cancel) =>
        {
            lock (seen)
                seen.Add(run.Cursor?.GetRawText());
            await using var step = await run.Begin(cancel);
            await step.SaveCursor(new Place(3), PlaceJson.Default.Place, cancel);
            await step.Commit(cancel);
            if (run.Attempt == 1)
                throw new InvalidOperationException("The shelf broke.");
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        var failed = await node.Until(id, RunStatus.Failed);
        var retried = await node.Get<RetryRun>().Retry(id, RunsOfTests.Ann, default);
        var done = await node.Until(id, RunStatus.Succeeded);

        failed.Now.Error.ShouldBe("The shelf broke.");
        retried.ShouldBe(new AskOutcome.Accepted(RunStatus.Enqueued));
        done.Now.Attempt.ShouldBe(2);
        done.Now.Error.ShouldBeNull();
        seen.ShouldBe([null, """{"Next": 3}"""]);
    }

    [Fact]
    public async Task Work_that_pauses_itself_hears_the_answer_of_the_person_who_resumes_it()
    {
        var kind = new RunKind("guarded", null);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (run, _) =>
            run.Answer?.GetProperty("goOn").GetBoolean() == true
                ? Task.CompletedTask
                : throw new RunPausedException("Only 70 % of the known products came back.")));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        var paused = await node.Until(id, RunStatus.Paused);
        await node.Get<ResumeRun>().Resume(id, JsonDocument.Parse("""{"goOn":true}""").RootElement, default);

        paused.Now.Reason.ShouldBe("Only 70 % of the known products came back.");
        await node.Until(id, RunStatus.Succeeded);
    }

    [Fact]
    public async Task A_run_paused_until_a_time_goes_on_by_itself()
    {
        var kind = new RunKind("limited", null);
        var calls = 0;
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (_, _) =>
            Interlocked.Increment(ref calls) > 1
                ? Task.CompletedTask
                : throw new RunPausedException("The daily limit is reached.", DateTimeOffset.Parse("2026-01-01T00:00:00Z", null))));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        (await node.Until(id, RunStatus.Succeeded)).Now.ResumeAt.ShouldBeNull();
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Asked_to_pause_is_not_paused_until_the_work_has_stopped()
    {
        var kind = new RunKind("slow to stop", null);
        var mayStop = new TaskCompletionSource();
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, async (_, cancel) =>
        {
            var asked = new TaskCompletionSource();
            await using var heard = cancel.Register(asked.SetResult);
            await asked.Task;
            await mayStop.Task;
            cancel.ThrowIfCancellationRequested();
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        await node.Until(id, RunStatus.Running);

        var asked = await node.Get<PauseRun>().Pause(id, RunsOfTests.Ann, default);
        var tooEarly = await node.Get<ResumeRun>().Resume(id, null, default);
        mayStop.SetResult();
        var paused = await node.Until(id, RunStatus.Paused);

        asked.ShouldBe(new AskOutcome.Accepted(RunStatus.Pausing));
        tooEarly.ShouldBe(new AskOutcome.Refused("It is still stopping. Resume it when it is paused."));
        paused.Now.Reason.ShouldBe("Paused by Ann.");
        (await node.Get<CancelRun>().Cancel(id, RunsOfTests.Ann, default)).ShouldBe(new AskOutcome.Accepted(RunStatus.Cancelled));
    }

    [Fact]
    public async Task Two_starts_of_an_exclusive_run_are_refused_with_a_clear_word_while_others_run_side_by_side()
    {
        var exclusive = new RunKind("pull-full", "pull");
        var alike = new RunKind("pull-incremental", "pull");
        var free = new RunKind("push", null);
        var end = new TaskCompletionSource();
        Func<RunContext, CancellationToken, Task> wait = (_, cancel) => end.Task.WaitAsync(cancel);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(exclusive, wait), new WorkOf(alike, wait), new WorkOf(free, wait));
        var store = await RunsOfTests.Store(database);
        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            node.Get<EnqueueRun>().Enqueue(new RunRequest(n % 2 == 0 ? exclusive : alike, store, RunsOfTests.Ann), null, default)));

        var id = starts.OfType<EnqueueOutcome.Enqueued>().ShouldHaveSingleItem().RunId;
        starts.OfType<EnqueueOutcome.AlreadyActive>().Count().ShouldBe(7);
        starts.OfType<EnqueueOutcome.AlreadyActive>().ShouldAllBe(refused => refused.Sentence.StartsWith($"One at a time in a shop: run {id}, started by "));
        var others = new[] { await node.Enqueued(free, store), await node.Enqueued(free, store), await node.Enqueued(exclusive, await RunsOfTests.Store(database)) };
        foreach (var other in others.Append(id))
            await node.Until(other, RunStatus.Running);
        end.SetResult();
        await node.Until(id, RunStatus.Succeeded);
        await node.Enqueued(alike, store);
    }

    [Fact]
    public async Task A_run_enqueued_in_a_transaction_that_rolls_back_never_was()
    {
        var kind = new RunKind("enlisted", null);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (_, _) => Task.CompletedTask));
        var store = await RunsOfTests.Store(database);
        await using var connection = await database.Source.OpenConnectionAsync();
        long rolledBack, committed;
        await using (var transaction = await connection.BeginTransactionAsync())
            rolledBack = ((EnqueueOutcome.Enqueued)await node.Get<EnqueueRun>().Enqueue(new(kind, store, RunsOfTests.Ann), transaction, default)).RunId;
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            committed = ((EnqueueOutcome.Enqueued)await node.Get<EnqueueRun>().Enqueue(new(kind, store, RunsOfTests.Ann), transaction, default)).RunId;
            await transaction.CommitAsync();
        }

        await node.Until(committed, RunStatus.Succeeded);
        (await node.Get<FindRun>().Find(rolledBack, default)).ShouldBeNull();
    }
}
