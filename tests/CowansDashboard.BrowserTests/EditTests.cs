using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
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
        var product = await NewProduct(dashboard.Database);

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
        });
    }

    private static async Task<long> NewProduct(TestDatabase database)
    {
        var store = await database.Scalar<long>(
            "insert into stores (name, shop, api_version, credential_kind, credentials) values ('Test', 'test.myshopify.com', '2026-10', 'token', '') returning id");
        return await database.Scalar<long>("""
            with p as (
                insert into products (store_id, shopify_id, title, handle, status) values ($1, 70, 'Aran Jumper', 'aran-jumper', 'ACTIVE') returning id
            ), v as (
                insert into variants (store_id, product_id, shopify_id, position, title, price) select $1, id, 71, 1, 'Default Title', 10 from p returning 1
            )
            insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, search_text, updated_at)
            select id, $1, 'Aran Jumper', '', '', 'ACTIVE', '{}', 1, 'aran jumper', now() from p returning product_id
            """, store);
    }
}
