using System.Globalization;
using System.Text.RegularExpressions;
using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>The reason people come: prices of a whole shop raised, looked at first, sent while one watches, and taken back.</summary>
public sealed class BulkEditTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 180_000 };

    [Fact]
    public async Task Prices_are_raised_with_a_preview_pushed_in_sight_a_conflict_is_settled_by_keyboard_and_all_is_taken_back()
    {
        await using var shop = await DemoStore.Start(products: 60);
        await using var dashboard = await Dashboard.Of(shop);
        var database = dashboard.Database;

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            await journey.WatchBar();
            await journey.SignIn();
            await journey.Press("Pull everything");
            await Assertions.Expect(page.Locator(".head .pill")).ToHaveTextAsync("Done", new() { Timeout = 240_000 });

            await journey.Follow("Products");
            await page.GetByLabel("Select the products of this page").CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Select all 60 matching") }).ClickAsync();
            await Assertions.Expect(page.GetByText("All 60 matching selected")).ToBeVisibleAsync(Patient);
            await journey.Press("Edit…");
            await page.GetByLabel(new Regex("^Percent")).FillAsync("10");
            await journey.Press("Preview");
            var preview = page.GetByRole(AriaRole.Region, new() { Name = "Preview", Exact = true });
            await Assertions.Expect(preview.GetByRole(AriaRole.Status)).ToContainTextAsync("of 60 products change");
            await preview.GetByRole(AriaRole.List, new() { Name = "Rows" }).GetByRole(AriaRole.Checkbox).First.UncheckAsync();
            await Assertions.Expect(preview.GetByRole(AriaRole.Status)).ToContainTextAsync("1 left out");
            (await Scalar<long>("select count(*) from variants where pending is not null")).ShouldBe(0, "a preview changes nothing");
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Apply to ") }).ClickAsync();
            await Assertions.Expect(page.GetByText("They wait for Shopify.")).ToBeVisibleAsync(Patient);
            var waiting = await Scalar<long>("select count(*) from variants where pending is not null");
            waiting.ShouldBeGreaterThan(60);

            await shop.Fault("slow", new { ms = 250, operation = "ProductVariantsBulkUpdate" });
            await page.GotoAsync("/sync/push");
            await journey.Press("Plan a push of everything that waits");
            await Assertions.Expect(page.GetByText("Path: direct mutations")).ToBeVisibleAsync(Patient);
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Push [0-9,]+ rows") }).ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Push" }).First).ToBeVisibleAsync(Patient);
            await Assertions.Expect(page.Locator(".head .pill")).ToHaveTextAsync("Done", new() { Timeout = 240_000 });
            await journey.BarHasMoved();
            await shop.ClearFaults();
            (await Scalar<long>("select count(*) from variants where pending is not null")).ShouldBe(0);

            var (product, shopId, title) = await Product();
            await page.GotoAsync($"/products/{product}");
            await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Ours, by hand");
            await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Unsaved changes" })).ToBeVisibleAsync(new() { Timeout = 120_000 });
            await page.Keyboard.PressAsync("Control+s");
            await Assertions.Expect(page.GetByText($"Pending, in Shopify still {title}", new() { Exact = true })).ToBeVisibleAsync(Patient);
            await shop.Edit("product", shopId, new { title = "Theirs, in Shopify" });
            await journey.Press("Pull again");
            await Patience(async () => await Scalar<long>("select count(*) from conflicts where closed_at is null") == 1);
            await page.GotoAsync("/conflicts");
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Title", Exact = true })).ToBeVisibleAsync(Patient);
            await Assertions.Expect(page.GetByText("Theirs, in Shopify").First).ToBeVisibleAsync(Patient);
            await page.Keyboard.PressAsync("2");
            await Assertions.Expect(journey.Heading("No conflicts")).ToBeVisibleAsync(Patient);
            (await Scalar<string>("select closed_as || ' ' || (select title from products where id = product_id) from conflicts")).ShouldBe("shopifys Theirs, in Shopify");

            await page.GotoAsync("/history?kind=bulk");
            await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Price \\+10%") }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = "Undo…", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Undo [0-9,]+ fields") }).ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Undo: Price +10%" })).ToBeVisibleAsync(Patient);
            (await Scalar<long>("select count(*) from variants where pending is not null")).ShouldBe(waiting, "every price goes back, and waits for Shopify");
        });

        Task<T> Scalar<T>(string sql) => database.Scalar<T>(sql);

        async Task<(long Id, string ShopId, string Title)> Product() => (
            await Scalar<long>("select min(id) from products"),
            (await Scalar<long>("select shopify_id from products order by id limit 1")).ToString(CultureInfo.InvariantCulture),
            await Scalar<string>("select title from products order by id limit 1"));
    }

    private static async Task Patience(Func<Task<bool>> holds)
    {
        using var most = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        while (!await holds())
            await Task.Delay(100, most.Token);
    }
}
