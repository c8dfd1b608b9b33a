using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class SeveralNodesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Two_nodes_race_for_forty_runs_and_each_runs_once()
    {
        await database.Source.Execute("create table ran (run_id bigint, epoch int)");
        var kind = new RunKind("racing", null);
        var work = new WorkOf(kind, async (run, cancel) =>
        {
            await using var transaction = await run.Begin(cancel);
            await using var insert = new NpgsqlCommand($"insert into ran values ({run.RunId}, {run.Epoch})", transaction.Connection, transaction.Transaction);
            await insert.ExecuteNonQueryAsync(cancel);
            await transaction.Commit(cancel);
        });
        await using var one = await RunHost.Start(database.ConnectionString, "one", work);
        await using var two = await RunHost.Start(database.ConnectionString, "two", work);
        var store = await RunsOfTests.Store(database);

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => (n % 2 == 0 ? one : two).Enqueued(kind, store)));
        foreach (var id in ids)
            await one.Until(id, RunStatus.Succeeded);

        (await database.Scalar<long>("select count(*) from ran")).ShouldBe(40);
        (await database.Scalar<long>("select count(distinct run_id) from ran")).ShouldBe(40);
    }

    [Fact]
    public async Task A_node_that_shuts_down_hands_its_run_over_and_the_other_goes_on_from_the_cursor()
    {
        await database.Source.Execute(StepByStep.Table);
        var work = new StepByStep(40, TimeSpan.FromMilliseconds(50));
        await using var second = await RunHost.Start(database.ConnectionString, "second", work);
        second.Get<RunsOptions>().AtOnce = 0;
        await using var first = await RunHost.Start(database.ConnectionString, "first", work);
        var id = await first.Enqueued(work.Kind, await RunsOfTests.Store(database));
        await first.Until(id, run => run.Now.Done >= 5);

        second.Get<RunsOptions>().AtOnce = 16;
        await first.Stop();
        var done = await second.Until(id, RunStatus.Succeeded);

        done.Now.Node.ShouldBe("second");
        done.Now.Done.ShouldBe(40);
        (await database.Scalar<long>("select count(distinct step) from run_steps where run_id = $1", id)).ShouldBe(40);
        (await database.Scalar<long>("select count(*) from run_steps where run_id = $1", id)).ShouldBe(40);
    }

    [Fact]
    public async Task A_run_interrupted_by_a_shutdown_goes_on_by_itself_at_the_next_start()
    {
        await database.Source.Execute(StepByStep.Table);
        var work = new StepByStep(40, TimeSpan.FromMilliseconds(50));
        long id;
        await using (var first = await RunHost.Start(database.ConnectionString, "same", work))
        {
            id = await first.Enqueued(work.Kind, await RunsOfTests.Store(database));
            await first.Until(id, run => run.Now.Done >= 5);
            await first.Stop();
            (await first.Get<FindRun>().Find(id, default))!.Now.Status.ShouldBe(RunStatus.Interrupted);
        }
        await using var again = await RunHost.Start(database.ConnectionString, "same", work);

        (await again.Until(id, RunStatus.Succeeded)).Now.Done.ShouldBe(40);
    }

    [Fact]
    public async Task Pause_and_cancel_reach_the_node_that_performs_the_run()
    {
        var kind = new RunKind("endless", null);
        await using var performer = await RunHost.Start(database.ConnectionString, "performer",
            new WorkOf(kind, (_, cancel) => Task.Delay(Timeout.Infinite, cancel)));
        await using var asker = await RunHost.Start(database.ConnectionString, "asker");
        asker.Get<RunsOptions>().AtOnce = 0;
        var store = await RunsOfTests.Store(database);
        var (paused, cancelled) = (await performer.Enqueued(kind, store), await performer.Enqueued(kind, store));
        await performer.Until(paused, RunStatus.Running);
        await performer.Until(cancelled, RunStatus.Running);

        await asker.Get<PauseRun>().Pause(paused, RunsOfTests.Ann, default);
        await asker.Get<CancelRun>().Cancel(cancelled, RunsOfTests.Ann, default);

        await asker.Until(paused, RunStatus.Paused);
        (await asker.Until(cancelled, RunStatus.Cancelled)).Now.Reason.ShouldBe("Cancelled by Ann.");
    }

    [Fact]
    public async Task A_fenced_owner_cannot_commit_save_a_cursor_or_count()
    {
        var kind = new RunKind("fenced", null);
        var fenced = new TaskCompletionSource<string>();
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, async (run, _) =>
        {
            if (run.Epoch > 1)
                return;
            var stream = run.Progress.Stream("s", "x");
            await using var before = database.Source.CreateCommand($"update runs set epoch = epoch + 1, status = 'interrupted', owner = null where id = {run.RunId}");
            await before.ExecuteNonQueryAsync(CancellationToken.None);
            stream.Advance(1_000);
            var check = await Should.ThrowAsync<RunFencedException>(() => run.CheckFence(CancellationToken.None));
            var begin = await Should.ThrowAsync<RunFencedException>(() => run.Begin(CancellationToken.None));
            fenced.TrySetResult($"{check.Message}|{begin.Message}");
            throw begin;
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));

        (await fenced.Task.WaitAsync(TimeSpan.FromSeconds(120))).ShouldContain("under epoch 1");
        (await node.Until(id, RunStatus.Succeeded)).Now.Done.ShouldBe(0);
    }

    [Fact]
    public async Task A_take_over_waits_for_a_commit_under_way_instead_of_tearing_it()
    {
        var kind = new RunKind("committing", null);
        var begun = new TaskCompletionSource();
        await using var node = await RunHost.Start(database.ConnectionString, "node", new WorkOf(kind, async (run, _) =>
        {
            if (run.Epoch > 1)
                return;
            await using var transaction = await run.Begin(CancellationToken.None);
            begun.SetResult();
            await Task.Delay(600, CancellationToken.None);
            await transaction.SaveCursor(new Place(9), PlaceJson.Default.Place, CancellationToken.None);
            await transaction.Commit(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        await begun.Task;

        // What a take-over does: lock for update, then raise the epoch.
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var own = new NpgsqlCommand($"select cursor->>'Next' from runs where id = {id} for update", connection, transaction);
        var cursor = await own.ExecuteScalarAsync();
        await transaction.RollbackAsync();

        cursor.ShouldBe("9");
        await node.Until(id, RunStatus.Failed);
    }
}
