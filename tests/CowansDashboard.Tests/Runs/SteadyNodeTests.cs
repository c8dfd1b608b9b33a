using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace CowansDashboard.Tests.Runs;

/// <summary>What must not stop a node, a run or a person's word.</summary>
[Trait("Category", "Integration")]
public sealed class SteadyNodeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_message_that_nobody_understands_is_skipped()
    {
        var kind = new RunKind("after nonsense", null);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (_, _) => Task.CompletedTask));
        await node.Until(await node.Enqueued(kind, await RunsOfTests.Store(database)), RunStatus.Succeeded);

        foreach (var message in new[] { "s:1:{broken", "s:x:{}", "s:1:null", "z:1:!!", "z:1:AAAA", "c:abc", "c:99999999999999999999", "" })
            await database.Scalar<bool>("select pg_notify('cowan_runs', $1) is not null", message);
        await Task.Delay(500);

        node.Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
        await node.Until(await node.Enqueued(kind, await RunsOfTests.Store(database)), RunStatus.Succeeded);
    }

    [Fact]
    public async Task A_long_run_that_gets_further_in_every_life_is_never_given_up()
    {
        var kind = new RunKind("advancing", null);
        var id = 0L;
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, async (run, cancel) =>
        {
            await database.Source.Execute($"update runs set lost = 19 where id = {run.RunId}");
            await using (var nothing = await run.Begin(cancel))
                await nothing.Commit(cancel);
            (await database.Scalar<int>("select lost from runs where id = $1", run.RunId)).ShouldBe(19);
            await using var step = await run.Begin(cancel);
            step.Advance(run.Progress.Stream("rows", "bulk query"), 3);
            await step.Commit(cancel);
        }));

        id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        await node.Until(id, RunStatus.Succeeded);

        (await database.Scalar<int>("select lost from runs where id = $1", id)).ShouldBe(0);
    }

    [Fact]
    public async Task Work_that_outlives_its_run_can_no_longer_commit()
    {
        var kind = new RunKind("outlived", null);
        var left = new TaskCompletionSource<RunContext>();
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (run, _) =>
        {
            left.SetResult(run);
            return Task.CompletedTask;
        }));
        await node.Until(await node.Enqueued(kind, await RunsOfTests.Store(database)), RunStatus.Succeeded);

        var run = await left.Task;
        await Should.ThrowAsync<RunFencedException>(() => run.Begin(default));
        await Should.ThrowAsync<RunFencedException>(() => run.CheckFence(default));
    }

    [Fact]
    public async Task A_run_that_a_person_pauses_stays_paused_whatever_limit_it_waits_for()
    {
        var kind = new RunKind("limited and paused", null);
        var calls = 0;
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, async (_, cancel) =>
        {
            Interlocked.Increment(ref calls);
            var asked = new TaskCompletionSource();
            await using (cancel.Register(asked.SetResult))
                await asked.Task;
            throw new RunPausedException("The daily limit is reached.", DateTimeOffset.Parse("2026-01-01T00:00:00Z", null));
        }));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        await node.Until(id, RunStatus.Running);
        await node.Get<PauseRun>().Pause(id, RunsOfTests.Ann, default);
        (await node.Until(id, RunStatus.Paused)).Now.ResumeAt.ShouldBeNull();
        await Task.Delay(1_500);

        (await node.Until(id, RunStatus.Paused)).Now.Reason.ShouldBe("The daily limit is reached.");
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_waits_for_a_time_is_held_when_a_person_pauses_it()
    {
        var kind = new RunKind("limited until tomorrow", null);
        await using var node = await RunHost.Start(database.ConnectionString, "a", new WorkOf(kind, (_, _) =>
            throw new RunPausedException("The daily limit is reached.", TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1))));
        var id = await node.Enqueued(kind, await RunsOfTests.Store(database));
        (await node.Until(id, RunStatus.Paused)).Now.ResumeAt.ShouldNotBeNull();

        var held = await node.Get<PauseRun>().Pause(id, RunsOfTests.Ann, default);
        var again = await node.Get<PauseRun>().Pause(id, RunsOfTests.Ann, default);

        held.ShouldBe(new AskOutcome.Accepted(RunStatus.Paused));
        again.ShouldBe(new AskOutcome.Refused("It is paused already."));
        var run = await node.Until(id, RunStatus.Paused);
        run.Now.ResumeAt.ShouldBeNull();
        run.Now.Reason.ShouldBe("The daily limit is reached. Paused by Ann: it does not go on by itself.");
    }

    [Fact]
    public async Task A_node_goes_on_beating_while_a_take_over_waits_for_a_transaction()
    {
        await using var node = await RunHost.Start(database.ConnectionString, "beating");
        var orphan = await database.Scalar<long>("insert into runs (store_id, kind, asked_by_name, enqueued_at) values ($1, 'orphan', 'Ann', now() + interval '1 hour') returning id",
            await RunsOfTests.Store(database));
        await using var computing = await database.Source.OpenConnectionAsync();
        await using var transaction = await computing.BeginTransactionAsync();
        await using var hold = computing.CreateCommand();
        hold.CommandText = $"select from runs where id = {orphan} for key share";
        await hold.ExecuteNonQueryAsync();
        await database.Source.Execute($"update runs set status = 'running', owner = 999999, owner_name = 'gone' where id = {orphan}");
        hold.CommandText = "select pg_sleep(600)";
        using var enough = new CancellationTokenSource();
        var holding = hold.ExecuteNonQueryAsync(enough.Token);

        // Three beats later than the statement with which the take-over waits for that transaction: none of them waited with it.
        await Patience.Until(() => database.Scalar<bool>("""
            with waits as (
                select query_start from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and query like 'select status from runs%for update')
            select exists (select from waits, run_nodes n where n.name = 'beating' and n.heartbeat > waits.query_start + interval '1.5 seconds')
            """));
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(holding);
        await transaction.RollbackAsync();

        await node.Until(orphan, run => run.Now.Status == RunStatus.Interrupted || run.Now.Epoch > 0);
    }
}
