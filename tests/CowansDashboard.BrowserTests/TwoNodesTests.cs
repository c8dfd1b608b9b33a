using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>Two whole dashboards on one database, as docs/two-nodes.md describes them.</summary>
public sealed class TwoNodesTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_browser_watches_what_the_other_node_performs_and_its_node_carries_on_when_that_is_killed()
    {
        await using var shop = await DemoStore.Start(products: 300);
        await using var first = await Dashboard.Of(shop, Named("first"), null);
        await using var second = await Dashboard.Of(shop, Named("second"), first);

        await chromium.Journey(first.Address, async journey =>
        {
            await journey.SignIn(to: "/sync");
            await shop.Fault("bulk-hold");
            await journey.Press("Pull everything");
            var owner = await Patience.Until(() => Owner(first.Database), name => name is "first" or "second", name => $"The run is performed by “{name}”.");
            var (performs, watches) = owner == "first" ? (first, second) : (second, first);
            var run = await first.Database.Scalar<long>("select max(id) from runs where kind = 'pull-full'");

            // Signed in on one node is signed in on the other.
            await journey.Page.GotoAsync(new Uri(watches.Address, $"/sync/runs/{run}").ToString());
            await Assertions.Expect(journey.Page.GetByRole(AriaRole.List, new() { Name = "Streams" })).ToContainTextAsync("Shopify", new() { Timeout = 120_000 });
            await performs.Kill();
            await shop.ClearFaults("bulk-hold");
            await Assertions.Expect(journey.Page.Locator(".head .pill")).ToHaveTextAsync("Done", new() { Timeout = 240_000 });

            (await Owner(first.Database)).ShouldBe(owner == "first" ? "second" : "first");
            (await first.Database.Scalar<long>("select count(*) from runs where kind = 'pull-full'")).ShouldBe(1);
            (await first.Database.Scalar<long>("select count(*) from products where deleted_at is null")).ShouldBe(300);

            await Patience.Until(() => first.Database.Scalar<long>("with due as (update recurring_work set next_at = now(), last_at = null where work = 'sweep' returning 1) select count(*) from due"), due => due == 1);
            await Patience.Until(() => first.Database.Scalar<string>("select coalesce(max(last_outcome) filter (where last_at is not null), '') from recurring_work where work = 'sweep'"),
                outcome => outcome == "done", outcome => $"The turn after the kill is “{outcome}”.");
        });
    }

    private static Dictionary<string, string> Named(string node) => new() { ["Runs__NodeName"] = node, ["Schedules__Recurring"] = "true" };

    private static Task<string> Owner(TestDatabase database) => database.Scalar<string>("select coalesce(max(owner_name), '') from runs where kind = 'pull-full'");
}
