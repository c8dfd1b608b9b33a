using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>From a product's history to what it was, and chosen fields back from there.</summary>
public sealed class AsOfTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };

    [Fact]
    public async Task A_product_is_shown_as_it_was_before_a_change_and_a_chosen_field_comes_back_after_a_look()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        var product = await Pulled.Product(dashboard.Database);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            await journey.SignIn(to: $"/products/{product}");
            await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Another title");
            await page.GetByLabel("Vendor", new() { Exact = true }).FillAsync("Another mill");
            await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Unsaved changes" })).ToBeVisibleAsync(new() { Timeout = 120_000 });
            await page.Keyboard.PressAsync("Control+s");
            await Assertions.Expect(journey.Heading("Another title")).ToBeVisibleAsync(Patient);
            await journey.Press("History");
            await page.GetByRole(AriaRole.Link, new() { Name = "As it was before" }).First.ClickAsync();

            var different = page.GetByRole(AriaRole.Region, new() { Name = "Different now" });
            await Assertions.Expect(different.GetByRole(AriaRole.Row)).ToHaveCountAsync(3, new() { Timeout = 120_000 });
            await different.GetByRole(AriaRole.Checkbox, new() { Name = "Bring back Title" }).CheckAsync();
            await journey.Press("Restore…");
            var back = page.GetByRole(AriaRole.Region, new() { Name = "What is brought back" });
            await Assertions.Expect(back).ToContainTextAsync("Aran Jumper", new() { Timeout = 120_000 });
            (await dashboard.Database.Scalar<string>("select title from products")).ShouldBe("Another title", "a look changes nothing");
            await journey.Press("Restore 1 field");
            await Assertions.Expect(journey.Heading("Aran Jumper")).ToBeVisibleAsync(Patient);
            (await dashboard.Database.Scalar<string>("select title || ', ' || vendor || ', ' || (pending::text) from products")).ShouldBe("Aran Jumper, Another mill, {\"vendor\": \"\"}");
            (await dashboard.Database.Scalar<string>("select kind from change_sets order by id desc limit 1")).ShouldBe("restore");

            await page.GotoAsync($"/products/{product}/as-of?at=2020-01-01T00:00:00Z");
            await Assertions.Expect(journey.Heading("Nothing is known of it then")).ToBeVisibleAsync(Patient);
            await page.GotoAsync($"/products/{product}/as-of");
            await Assertions.Expect(journey.Heading("No moment chosen")).ToBeVisibleAsync(Patient);
        });
    }
}
