using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>A merchandiser edits a product: what is typed survives a restart, what is saved waits for Shopify, and is taken back.</summary>
public sealed class EditTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Visible = new() { Timeout = 90_000 };
    private static readonly LocatorAssertionsToHaveValueOptions Value = new() { Timeout = 90_000 };

    [Fact]
    public async Task A_draft_survives_a_restart_of_the_server_and_what_is_saved_is_pending_until_taken_back()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        var product = await Pulled.Product(dashboard.Database);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            page.SetDefaultTimeout(90_000);
            var title = page.GetByLabel("Title", new() { Exact = true });
            await journey.SignIn(to: $"/products/{product}");
            await Assertions.Expect(title).ToHaveValueAsync("Aran Jumper", Value);
            await title.FillAsync("Aran Jumper, soft");
            await Assertions.Expect(page.GetByText("Draft kept on the server")).ToBeVisibleAsync(Visible);

            await journey.WhileCut(async () =>
            {
                await dashboard.Kill();
                await dashboard.Start();
                await Assertions.Expect(page.GetByText("restored: 1 unsaved change")).ToBeVisibleAsync(Visible);
            });
            await Assertions.Expect(title).ToHaveValueAsync("Aran Jumper, soft", Value);

            await page.Keyboard.PressAsync("Control+s");
            await Assertions.Expect(page.GetByText("Pending, in Shopify still Aran Jumper", new() { Exact = true })).ToBeVisibleAsync(Visible);
            await Assertions.Expect(journey.Heading("Aran Jumper, soft")).ToBeVisibleAsync(Visible);
            (await dashboard.Database.Scalar<string>("select pending ->> 'title' from products")).ShouldBe("Aran Jumper");
            (await dashboard.Database.Scalar<long>("select count(*) from drafts")).ShouldBe(0);

            await journey.Press("History");
            await Assertions.Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "History" }).GetByText("Aran Jumper, soft")).ToBeVisibleAsync(Visible);
            await page.GetByRole(AriaRole.Button, new() { Name = "Undo Title" }).ClickAsync();
            await Assertions.Expect(title).ToHaveValueAsync("Aran Jumper", Value);
            (await dashboard.Database.Scalar<bool>("select pending is null from products")).ShouldBeTrue();

            await title.FillAsync("Aran Jumper, in the sale");
            await journey.Press("Schedule");
            await page.GetByRole(AriaRole.Region, new() { Name = "Schedule what is typed" }).GetByRole(AriaRole.Button, new() { Name = "Schedule", Exact = true }).ClickAsync();
            await Assertions.Expect(page.GetByText("“Aran Jumper, title” begins")).ToBeVisibleAsync(Visible);
            await Assertions.Expect(title).ToHaveValueAsync("Aran Jumper", Value);
            (await dashboard.Database.Scalar<string>("select (value #>> '{}') || ' ' || state from schedule_layers")).ShouldBe("Aran Jumper, in the sale waiting");
            (await dashboard.Database.Scalar<long>("select count(*) from drafts")).ShouldBe(0);
        });
    }
}
