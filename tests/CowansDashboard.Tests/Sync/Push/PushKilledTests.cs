using System.Diagnostics;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Pushes in processes of their own, killed for real: nothing is sent twice, nothing is lost.</summary>
[Trait("Category", "Integration")]
public sealed class PushKilledTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    /// <summary>Where the process is killed: as soon as this can be read from the database, the run being $1.</summary>
    public static TheoryData<string, string, string> Checkpoints => new()
    {
        { "direct", "the first products are claimed", "select count(*) > 0 from push_claims where run_id = $1" },
        { "direct", "the first intent is committed", "select count(*) > 0 from sent_fields where push_item_id is not null" },
        { "direct", "some are done and others are on their way", "select count(*) filter (where status = 'done') > 30 and count(*) filter (where status = 'sent') > 0 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
        { "direct", "most are done", "select count(*) filter (where status = 'done') > 400 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
        { "bulk", "the look is half over", "select count(*) > 0 from sent_fields where push_item_id is not null" },
        { "bulk", "a file is written", "select count(*) > 0 from push_files where run_id = $1" },
        { "bulk", "an operation is started", "select count(*) > 0 from push_files where run_id = $1 and status = 'started'" },
        { "bulk", "some lines are confirmed", "select count(*) filter (where status = 'done') > 0 from push_items i join push_plans p on p.id = i.plan_id where p.run_id = $1" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task A_push_killed_anywhere_goes_on_sends_nothing_twice_and_loses_nothing(string path, string checkpoint, string reached)
    {
        await using var shop = await EditedShop.Start(database, 300);
        await shop.Edit("products", "title", "'Killed ' || id");
        await shop.Edit("variants", "price", "price + 1", "position = 1");
        var plan = await shop.Prepare();
        await shop.Force(plan, path);
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await first.FirstLine;

        var id = await shop.Apply(plan);
        var patience = Stopwatch.StartNew();
        while (!await database.Scalar<bool>(reached.Contains("$1", StringComparison.Ordinal) ? reached : $"{reached} and $1 > 0", id) && patience.Elapsed < TimeSpan.FromSeconds(120))
            await Task.Delay(1);
        await first.Kill();
        var before = (await shop.Host.Get<FindRun>().Find(id, default))!.Now;
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        output.WriteLine($"{path}, killed when {checkpoint}: {before.Status} with {before.Done} of {before.Total} done.");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).ShouldBeEmpty();
        (await shop.Executed("productUpdate")).ShouldBe(300);
        (await shop.Executed("productVariantsBulkUpdate")).ShouldBe(300);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }
}
