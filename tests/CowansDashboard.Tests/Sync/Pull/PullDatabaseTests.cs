using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class PullDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Connections_that_PostgreSQL_drops_in_mid_pull_lose_nothing()
    {
        await using var demo = await DemoStore.Start(products: 200);
        await using var host = await PullHost.Start(database, demo, options => options.BatchRows = 40);
        var store = await host.Connect(database, demo);
        var id = await host.Enqueue(StartPull.Full, store);
        for (var cut = 1; cut <= 3; cut++)
        {
            var least = cut * 700;
            await host.Until(id, run => run.Now.Counters.Inserted > least || run.Now.Status == RunStatus.Succeeded);
            await database.Scalar<long>("""
                select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
                """);
        }

        await host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_second_pull_of_the_same_store_is_refused_with_a_clear_word()
    {
        await using var demo = await DemoStore.Start(products: 30);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await demo.Fault("bulk-hold");
        var id = await host.Enqueue(StartPull.Full, store);

        var second = await host.Get<EnqueueRun>().Enqueue(new RunRequest(StartPull.Full, store, PullHost.Ann), null, default);

        second.ShouldBeOfType<EnqueueOutcome.AlreadyActive>().Sentence.ShouldNotBeEmpty();
        await demo.ClearFaults();
        await host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
    }

    [Fact]
    public async Task One_row_that_PostgreSQL_refuses_is_counted_and_the_others_come_in()
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        var poison = (await demo.State("variants"))[7].GetProperty("id").GetString()!;
        // Longer than an index entry may be.
        await demo.Edit("variant", poison, new { sku = string.Concat(Enumerable.Range(0, 120).Select(i => Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData([(byte)i])))) });

        var run = await host.Pull(store);

        run.Now.Counters.Failed.ShouldBeGreaterThan(0);
        (await database.Scalar<long>("select count(*) from variants where store_id = $1", store)).ShouldBe((await demo.State("variants")).Count - 1);
    }
}
