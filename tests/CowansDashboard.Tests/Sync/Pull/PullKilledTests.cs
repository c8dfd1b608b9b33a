using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>Pulls in processes of their own, killed for real.</summary>
[Collection(NothingBeside.Name)]
[Trait("Category", "Integration")]
public sealed class PullKilledTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    /// <summary>Where the process is killed: as soon as this can be read from the database.</summary>
    public static TheoryData<string, string> Checkpoints => new()
    {
        { "a query is started", "select count(*) > 0 from pull_slices where run_id = $1 and status = 'started'" },
        { "products are half in", "select count(*) > 1 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'products'" },
        { "variants are half in", "select count(*) > 2 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'variants'" },
        { "media are half in", "select count(*) > 1 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'media'" },
        { "metafields of variants begin", "select count(*) > 0 from pull_slices where run_id = $1 and kind = 'variants' and pass = 1" },
        { "members begin", "select count(*) > 0 from pull_slices where run_id = $1 and kind = 'collections' and pass = 1" },
        { "stock is half in", "select count(*) > 2 from pull_batches b join pull_slices s on s.id = b.slice_id where b.run_id = $1 and s.kind = 'inventory'" },
        { "everything is loaded", "select count(*) filter (where status = 'loaded') = 7 from pull_slices where run_id = $1" },
        { "summaries are being written", "select count(*) > 0 from product_summaries s join runs r on r.store_id = s.store_id where r.id = $1" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task A_pull_killed_at_any_checkpoint_goes_on_within_ten_seconds_and_brings_each_row_once(string checkpoint, string reached)
    {
        await using var demo = await DemoStore.Start(products: 150, bulkMs: 200);
        await using var watcher = await PullHost.Start(database, demo, node: "watcher");
        watcher.Get<RunsOptions>().AtOnce = 0;
        var store = await watcher.Connect(database, demo);
        await KeepWhatWasUnseen();
        await using var first = PullNode.Start(database.ConnectionString, demo, "shop");
        await first.FirstLine;
        var id = await watcher.Enqueue(StartPull.Full, store);
        while (!await database.Scalar<bool>($"select ({reached}) or (select status = 'succeeded' from runs where id = $1)", id))
            await Task.Delay(2);
        await first.Kill();
        var before = (await watcher.Get<FindRun>().Find(id, default))!.Now;

        await using var second = PullNode.Start(database.ConnectionString, demo, "shop");
        var started = await second.FirstLine;
        if (before.Status == RunStatus.Running)
            await watcher.Until(id, run => run.Now.Epoch > before.Epoch + 1 || run.Now.Status == RunStatus.Succeeded);
        var resumed = TimeProvider.System.GetUtcNow() - started;
        var done = await watcher.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        output.WriteLine($"Killed when {checkpoint}: {before.Status} with {before.Done:N0} done; going on after {resumed.TotalSeconds:0.0} s.");
        resumed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await database.ShouldEqual(store, demo);
        (await database.Scalar<long>("select count(distinct kind) from unseen_ever where run_id = $1", id)).ShouldBeGreaterThan(8);
        (await database.Scalar<long>("select max(known) from unseen_ever where run_id = $1", id)).ShouldBe(0, "what the pull itself brought is not what it had to find");
        done.Now.Counters.Inserted.ShouldBe(await database.Rows(store));
        done.Now.Counters.Updated.ShouldBe(0);
    }

    // A pull that is done clears up after itself; this remembers what it had taken for known.
    private Task KeepWhatWasUnseen() => database.Source.Execute("""
        create table if not exists unseen_ever (run_id bigint, kind text, known bigint);
        create or replace function keep_unseen() returns trigger language plpgsql as $$ begin
            insert into unseen_ever values (new.run_id, new.kind, new.known);
            return new; end $$;
        create or replace trigger keep_unseen after insert or update on pull_unseen for each row execute function keep_unseen();
        """);
}
