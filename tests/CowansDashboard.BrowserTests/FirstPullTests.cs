using System.Text.RegularExpressions;
using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>A whole shop is pulled while a person watches.</summary>
public sealed class FirstPullTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };

    [Fact]
    public async Task A_tested_shop_is_pulled_and_its_products_are_found()
    {
        await using var shop = await DemoStore.Start(products: 500, bulkMs: 2000);
        await using var dashboard = await Dashboard.Of(shop);
        await using var wire = new CuttableWire(dashboard.Address);

        await chromium.Journey(wire.Address, async journey =>
        {
            await journey.WatchBar();
            await journey.SignIn();
            await Assertions.Expect(journey.Heading("Connect your shop")).ToBeVisibleAsync();
            await Assertions.Expect(journey.Page.GetByText("500 products").First).ToBeVisibleAsync();
            await journey.Press("Pull everything");

            await Assertions.Expect(State(journey)).ToHaveTextAsync("Done", new() { Timeout = 240_000 });
            await journey.BarHasMoved();
            (await dashboard.Database.Scalar<long>("select count(*) from products where deleted_at is null")).ShouldBe(500);

            await journey.Follow("Products");
            await Assertions.Expect(Rows(journey)).Not.ToHaveCountAsync(0);
            var title = await Rows(journey).First.Locator("a.product").InnerTextAsync();
            await journey.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search products" }).FillAsync(title);
            await journey.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(journey.Page).ToHaveURLAsync(new Regex(@"/products\?q="));
            await Assertions.Expect(Rows(journey).First).ToContainTextAsync(title);
            await journey.Page.ReloadAsync();
            await Assertions.Expect(Rows(journey).First).ToContainTextAsync(title);
            await Rows(journey).First.Locator("a.product").ClickAsync();
            await Assertions.Expect(journey.Heading(title)).ToBeVisibleAsync();

            await journey.WhileLost(wire);
            await Assertions.Expect(journey.Heading(title)).ToBeVisibleAsync();
            await journey.Follow("Products");
            await Assertions.Expect(Rows(journey)).Not.ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_pull_goes_on_by_itself_when_the_dashboard_was_killed()
    {
        await using var shop = await DemoStore.Start(products: 300, bulkMs: 4000);
        await using var dashboard = await Dashboard.Of(shop);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            await journey.SignIn(to: "/sync");
            await journey.Press("Pull everything");
            await Assertions.Expect(journey.Page.GetByRole(AriaRole.List, new() { Name = "Streams" })).ToBeVisibleAsync(Patient);

            await journey.WhileCut(async () =>
            {
                await dashboard.Kill();
                await dashboard.Start();
                await Assertions.Expect(State(journey)).ToHaveTextAsync("Done", new() { Timeout = 240_000 });
            });

            (await dashboard.Database.Scalar<long>("select count(*) from runs")).ShouldBe(1);
            (await dashboard.Database.Scalar<long>("select count(*) from products where deleted_at is null")).ShouldBe(300);
        });
    }

    private static ILocator State(Journey journey) => journey.Page.Locator(".head .pill");

    private static ILocator Rows(Journey journey) => journey.Page.Locator("table.products tbody tr");
}
