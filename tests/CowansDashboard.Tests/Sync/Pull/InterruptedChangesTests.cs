using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class InterruptedChangesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>In each of these the run is stopped while Shopify is asked, and goes on under a new epoch.</summary>
    private static readonly (string Operation, int Skip)[] Moments =
    [
        ("ProductsCount", 0), ("ProductsPage", 0), ("ProductsPage", 3), ("CollectionsOfProducts", 0), ("ProductsById", 0), ("ProductsById", 9),
        ("NodesExist", 0), ("CollectionsById", 0), ("CollectionMembers", 3),
    ];

    [Fact]
    public async Task A_pull_that_is_stopped_anywhere_goes_on_where_it_was()
    {
        await using var shop = await ChangingShop.Pulled(database, 200, options => options.MostListed = 60);
        var changed = (await shop.Demo.EditMany("product", 150, 1, true, "title", "tags", "vendor")).Count + (await shop.Demo.Create(10)).Count;
        await shop.Demo.Delete("product", (await shop.Ids("products"))[20..23]);
        await shop.Demo.Delete("collection", (await shop.Ids("collections"))[2]);
        var left = (await shop.Demo.State("products")).Count(row => row.GetProperty("updatedAt").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddHours(1));
        left.ShouldBeInRange(changed - 3, changed);

        var (id, epochs) = (0L, 1);
        foreach (var (operation, skip) in Moments)
        {
            await shop.Demo.ClearFaults();
            await shop.Demo.Fault("hold", new { operation, skip });
            if (epochs == 1)
                id = await shop.Host.Enqueue(StartPull.Incremental, shop.Store);
            else
                await shop.Host.Get<ResumeRun>().Resume(id, null, default);
            await shop.Demo.HasCaught("hold");
            await shop.Host.Get<PauseRun>().Pause(id, PullHost.Ann, default);
            await shop.Host.Until(id, run => run.Now.Status == RunStatus.Paused);
            epochs++;
        }
        await shop.Demo.ClearFaults();
        await shop.Host.Get<ResumeRun>().Resume(id, null, default);
        var run = await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        run.Now.Epoch.ShouldBe(epochs);
        run.Now.Streams.Single(stream => stream.Name == "products").Done.ShouldBe(left);
        await shop.ShouldBeInTheCopy();
    }
}
