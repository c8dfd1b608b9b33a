using System.Globalization;
using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>What happens in the shop is seen on pages that are open, without a reload.</summary>
public sealed class HeardTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };

    [Fact]
    public async Task An_order_is_seen_on_the_open_page_of_webhooks_and_a_change_on_the_open_page_of_its_product()
    {
        await using var shop = await DemoStore.Start(products: 40);
        var settings = new Dictionary<string, string>(Administrator.Settings)
        {
            ["Shopify__Shop"] = shop.Shop,
            ["Shopify__ClientId"] = DemoStore.ClientId,
            ["Shopify__ClientSecret"] = DemoStore.ClientSecret,
            ["Shopify__BaseUrl"] = shop.BaseUrl.GetLeftPart(UriPartial.Authority),
        };
        await using var dashboard = new Dashboard(settings);
        settings["Webhooks__Address"] = dashboard.Address.GetLeftPart(UriPartial.Authority);
        await dashboard.Start();

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            await journey.SignIn(to: "/sync");
            await journey.Press("Pull everything");
            await Assertions.Expect(page.Locator(".head .pill")).ToHaveTextAsync("Done", new() { Timeout = 240_000 });

            await journey.Follow("Webhooks");
            await Assertions.Expect(page.Locator(".topic .st.ok").First).ToBeVisibleAsync(Patient);
            await page.EvaluateAsync("window.opened = 'once'");
            await shop.Order();
            var order = page.Locator(".events tbody tr", new() { HasText = "orders/create" });
            await Assertions.Expect(order).ToBeVisibleAsync(Patient);
            await order.ClickAsync();
            var panel = page.GetByRole(AriaRole.Complementary, new() { Name = "Event" });
            await Assertions.Expect(panel.GetByText("Heard once")).ToBeVisibleAsync(Patient);
            await Assertions.Expect(panel.GetByText("Payload, ")).ToBeVisibleAsync();
            await panel.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
            await journey.Press("Send a test event");
            await Assertions.Expect(page.GetByText("signature right").First).ToBeVisibleAsync(Patient);
            (await page.EvaluateAsync<string>("window.opened")).ShouldBe("once", "the page was not loaded again");

            var product = (await shop.State("products"))[0];
            var gid = product.GetProperty("id").GetString()!;
            var id = await dashboard.Database.Scalar<long>("select id from products where shopify_id = $1", long.Parse(gid.Split('/')[^1], CultureInfo.InvariantCulture));
            await page.GotoAsync($"/products/{id}");
            await Assertions.Expect(journey.Heading(product.GetProperty("title").GetString()!)).ToBeVisibleAsync(Patient);
            await page.EvaluateAsync("window.opened = 'once'");
            await shop.Edit("product", gid, new { title = "Heard while it was open" });
            await Assertions.Expect(journey.Heading("Heard while it was open")).ToBeVisibleAsync(Patient);
            (await page.EvaluateAsync<string>("window.opened")).ShouldBe("once", "the page was not loaded again");
        });
    }
}
