using System.Text.RegularExpressions;
using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>A merchandiser edits chosen variants as a spreadsheet: a block from another program, filled down, taken back, kept over a kill -9 and a reload, saved as one change set.</summary>
public sealed partial class SheetTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Visible = new() { Timeout = 90_000 };
    private static readonly LocatorAssertionsToHaveTextOptions Text = new() { Timeout = 90_000 };

    [Fact]
    public async Task A_pasted_block_is_filled_down_kept_as_a_draft_and_saved_as_one_change_set()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        await Products(dashboard.Database);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            page.SetDefaultTimeout(90_000);
            await journey.SignIn(to: "/products?sort=title");
            await page.Locator("thead input[type=checkbox]").CheckAsync();
            await journey.Press("Spreadsheet");

            // The cell that looks chosen takes what is typed, and so does the first cell of a row that is chosen by its name.
            var products = page.GetByRole(AriaRole.Grid);
            await Assertions.Expect(Cell(page, 0, 0)).ToHaveTextAsync("Aran Jumper", Text);
            await Assertions.Expect(products).ToBeFocusedAsync(new() { Timeout = 90_000 });
            await page.Locator("[role=row][aria-rowindex='2'] [role=rowheader]").ClickAsync();
            await page.Keyboard.TypeAsync("Arran");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(Cell(page, 0, 0)).ToHaveTextAsync("ArranAran Jumper", Text);
            await Unsaved(page, "1 unsaved");
            await page.Keyboard.PressAsync("Control+z");
            await Unsaved(page, "0 unsaved");
            await page.GetByRole(AriaRole.Link, new() { NameRegex = Variants() }).ClickAsync();
            await Assertions.Expect(Cell(page, 4, 0)).ToHaveTextAsync("10.00", Text);

            // Prices and compare-at prices of the first two rows, as Excel copies them.
            var grid = page.GetByRole(AriaRole.Grid);
            await grid.FocusAsync();
            await page.EvaluateAsync("""
                text => {
                  const clipboardData = new DataTransfer();
                  clipboardData.setData('text/plain', text);
                  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
                }
                """, "12.5\t20\r\nten\t21\r\n");
            await Unsaved(page, "4 unsaved");
            await Assertions.Expect(page.GetByText("1 to repair first.")).ToBeVisibleAsync(Visible);
            await Assertions.Expect(Cell(page, 1, 0)).ToHaveAttributeAsync("aria-invalid", "true");

            // The wrong one is typed again; then the first row is filled down over the next three.
            await page.Keyboard.PressAsync("Control+Home");
            await page.Keyboard.PressAsync("ArrowDown");
            await page.Keyboard.TypeAsync("13");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(Cell(page, 1, 0)).ToHaveTextAsync("1310.00", Text);
            await page.Keyboard.PressAsync("Control+Home");
            foreach (var key in (string[])["Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight"])
                await page.Keyboard.PressAsync(key);
            await page.Keyboard.PressAsync("Control+d");
            await Unsaved(page, "8 unsaved");
            await Assertions.Expect(Cell(page, 3, 0)).ToHaveTextAsync("12.510.00", Text);

            await page.Keyboard.PressAsync("ArrowLeft");
            await journey.Press("Take this cell back to 10.00");
            await Unsaved(page, "7 unsaved");
            await page.Keyboard.PressAsync("Control+z");
            await Unsaved(page, "8 unsaved");
            await page.Keyboard.PressAsync("Control+y");
            await Unsaved(page, "7 unsaved");
            await page.Keyboard.PressAsync("Control+Home");
            for (var row = 0; row < 4; row++)
                await page.Keyboard.PressAsync("ArrowDown");
            await page.Keyboard.TypeAsync("15");
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.TypeAsync("30");
            await page.Keyboard.PressAsync("Enter");
            await Unsaved(page, "9 unsaved");
            await Kept(dashboard.Database, 9);

            await journey.WhileCut(async () =>
            {
                await dashboard.Kill();
                await dashboard.Start();
                await Assertions.Expect(page.GetByText("restored: 9 unsaved cells")).ToBeVisibleAsync(Visible);
            });
            await page.ReloadAsync();
            await Assertions.Expect(page.GetByText("restored: 9 unsaved cells")).ToBeVisibleAsync(Visible);
            await Assertions.Expect(Cell(page, 2, 0)).ToHaveTextAsync("12.510.00", Text);
            await journey.Press("Preview");
            await Assertions.Expect(journey.Heading("9 cells in 5 rows would be saved")).ToBeVisibleAsync(Visible);
            await page.GetByRole(AriaRole.Button, new() { Name = "Save 9" }).ClickAsync();
            await Assertions.Expect(page.GetByText("Saved: Spreadsheet, 9 cells in 5 variants")).ToBeVisibleAsync(Visible);
            await Assertions.Expect(Cell(page, 0, 0)).ToHaveTextAsync("12.5010.00", Text);

            await journey.Follow("History");
            await Assertions.Expect(page.GetByText("Spreadsheet, 9 cells in 5 variants").First).ToBeVisibleAsync(Visible);
        });

        (await dashboard.Database.Scalar<string>("select string_agg(price || '/' || coalesce(compare_at_price::text, '-'), ' ' order by product_id, position) from variants")).ShouldBe("12.5/20 12.5/20 12.5/20 10/20 15/30");
        (await dashboard.Database.Scalar<string>("select count(*) || ' ' || sum(fields) from change_sets where kind = 'edit'")).ShouldBe("1 9");
        (await dashboard.Database.Scalar<long>("select count(*) from drafts where subject like 'spreadsheet:%'")).ShouldBe(0);
    }

    // By its place in the sheet, as screen readers count: the first row is the head, the first column the name.
    private static ILocator Cell(IPage page, int row, int column) =>
        page.Locator($"[role=row][aria-rowindex='{row + 2}'] [role=gridcell][aria-colindex='{column + 2}']");

    private static Task Unsaved(IPage page, string words) => Assertions.Expect(page.Locator(".sheet-counts .pending")).ToHaveTextAsync(words, Text);

    // The page says that a draft is kept a moment before it hears of the last key: what the server holds is what counts.
    private static async Task Kept(TestDatabase database, int cells)
    {
        for (var waited = 0; ; waited++)
        {
            if (await database.Scalar<int>("select coalesce(max((content ->> 'count')::int), 0) from drafts where subject like 'spreadsheet:%'") == cells)
                return;
            waited.ShouldBeLessThan(900, "the draft was never kept");
            await Task.Delay(100);
        }
    }

    [GeneratedRegex("^Variants")]
    private static partial Regex Variants();

    private static async Task Products(TestDatabase database)
    {
        var store = await database.Scalar<long>(
            "insert into stores (name, shop, api_version, credential_kind, credentials) values ('Test', 'test.myshopify.com', '2026-10', 'token', '') returning id");
        foreach (var (title, number, variants) in new[] { ("Aran Jumper", 1_000, 4), ("Beanie", 2_000, 1) })
            await database.Scalar<long>("""
                with p as (
                    insert into products (store_id, shopify_id, title, handle, status) values ($1, $2, $3, lower($3), 'ACTIVE') returning id
                ), v as (
                    insert into variants (store_id, product_id, shopify_id, position, title, price) select $1, id, $2 + i, i, 'S' || i, 10 from p, generate_series(1, $4) i returning 1
                )
                insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, search_text, updated_at)
                select id, $1, $3, '', '', 'ACTIVE', '{}', $4, lower($3), now() from p returning product_id
                """, store, number, title, variants);
    }
}
