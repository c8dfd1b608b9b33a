using System.Diagnostics;
using CowansDashboard.Data;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

[Trait("Category", "Integration")]
public sealed class DatabaseRestartTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task PostgreSQL_restarted_in_mid_run_loses_neither_the_process_nor_the_run(string mode)
    {
        await using var server = OwnPostgres.Start();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await new MigrateDatabase(database, NullLogger<MigrateDatabase>.Instance).Migrate(default);
        await database.Execute(StepByStep.Table);
        var restarted = new TaskCompletionSource();
        await using var node = await RunHost.Start(server.ConnectionString, "node", new StepByStep(40, TimeSpan.FromMilliseconds(50), holdAt: 15, restarted.Task));
        await using var store = database.CreateCommand("insert into stores (name, shop, api_version, credential_kind, credentials) values ('T', 't', '2026-10', 'token', '') returning id");
        var id = await node.Enqueued(new RunKind("steps", null), (long)(await store.ExecuteScalarAsync())!);
        await node.Until(id, run => run.Now.Done >= 10);

        var viewer = LastSeen(node, id);

        var away = Stopwatch.GetTimestamp();
        server.Restart(mode);
        var back = Stopwatch.GetElapsedTime(away);
        restarted.SetResult();
        var done = await node.Until(id, RunStatus.Succeeded);

        output.WriteLine($"PostgreSQL was away for {back.TotalSeconds:0.0} s; the run was done under epoch {done.Now.Epoch}.");
        (await viewer.WaitAsync(TimeSpan.FromSeconds(120))).Done.ShouldBe(40, "a viewer's watch outlives the restart");
        done.Now.Epoch.ShouldBeGreaterThan(1);
        (done.Now.Done, done.Now.Counters.Inserted).ShouldBe((40, 40));
        (await Patience.Answer(async () =>
        {
            await using var steps = database.CreateCommand($"select count(*) = 40 and count(distinct step) = 40 from run_steps where run_id = {id}");
            return await steps.ExecuteScalarAsync();
        })).ShouldBe(true);
        await node.Until(await Patience.Answer(() => node.Enqueued(new RunKind("steps", null), done.Now.StoreId)), RunStatus.Succeeded);
    }

    private static async Task<RunSnapshot> LastSeen(RunHost node, long id)
    {
        await foreach (var snapshot in node.Get<RunFeed>().Watch(id, CancellationToken.None))
            if (snapshot.Status.IsFinished())
                return snapshot;
        throw new InvalidOperationException("The watch ended early.");
    }
}
