using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>A category is moved with nothing but the keyboard, said as it goes, and taken back.</summary>
public sealed class CategoriesTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };

    [Fact]
    public async Task A_category_is_moved_by_keyboard_and_the_move_undone()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        await Pulled.Product(dashboard.Database);
        await Make("Women", null);
        await Make("Men", null);
        await Make("Knitwear", "Women");
        await Make("Jumpers", "Knitwear");
        await dashboard.Database.Scalar<long>("""
            with t as (insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ('aa-1', 'Clothing', 'Apparel > Clothing', 2, false), ('aa-1-1', 'Trousers', 'Apparel > Clothing > Trousers', 3, true) returning 1) select count(*) from t
            """);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            await journey.SignIn(to: "/categories");
            var women = Item("Women");
            await Assertions.Expect(women).ToBeVisibleAsync(Patient);
            // Drawn first, it hears keys a moment later.
            await Assertions.Expect(page.Locator("[role=tree][data-keys]")).ToBeVisibleAsync(Patient);
            await Key("Women", "ArrowRight");
            await Assertions.Expect(Item("Knitwear")).ToBeVisibleAsync(Patient);
            await Key("Women", "ArrowDown");
            await Assertions.Expect(Item("Knitwear")).ToBeFocusedAsync(new() { Timeout = 120_000 });

            await Key("Knitwear", "Space");
            await Says("Lifted. Knitwear, level 2, in Women.");
            await Key("Knitwear", "ArrowDown");
            await Says("Knitwear, level 2, in Men.");
            await Key("Knitwear", "ArrowLeft");
            await Says("Knitwear, level 1, at the top, after Men.");
            await Key("Knitwear", "Escape");
            await Says("Knitwear is back where it was.");
            (await Path()).ShouldBe("Women/Knitwear", "put back, nothing was moved");

            await Key("Knitwear", "Space");
            await Says("Lifted. Knitwear, level 2, in Women.");
            await Key("Knitwear", "ArrowDown");
            await Says("Knitwear, level 2, in Men.");
            await Key("Knitwear", "Enter");
            await Assertions.Expect(page.GetByText("Knitwear moved to Men", new() { Exact = true }).First).ToBeVisibleAsync(Patient);
            (await Path()).ShouldBe("Men/Knitwear");

            // Chosen with the keyboard alone, a mapping is saved as it is chosen; what is typed and not saved is asked about.
            await Item("Women").ClickAsync(new() { Timeout = 120_000 });
            await page.GetByLabel("Map it to", new() { Exact = true }).FillAsync("clothing", new() { Timeout = 120_000 });
            await Assertions.Expect(page.GetByRole(AriaRole.Option)).ToHaveCountAsync(2, new() { Timeout = 120_000 });
            await page.Keyboard.PressAsync("ArrowDown");
            await page.Keyboard.PressAsync("ArrowDown");
            await Assertions.Expect(page.GetByRole(AriaRole.Option, new() { Selected = true })).ToHaveTextAsync("Apparel > Clothing > Trousers", new() { Timeout = 120_000 });
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.GetByText("Women mapped", new() { Exact = true }).First).ToBeVisibleAsync(Patient);
            (await dashboard.Database.Scalar<string>("select taxonomy_id from categories where name = 'Women'")).ShouldBe("aa-1-1");
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ladies");
            await Item("Men").ClickAsync();
            await Assertions.Expect(page.GetByText("What is typed for Women is not saved.")).ToBeVisibleAsync(Patient);
            await journey.Press("Save and go on");
            await Assertions.Expect(Item("Ladies")).ToBeVisibleAsync(Patient);
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Men", Exact = true })).ToBeVisibleAsync(Patient);
            (await dashboard.Database.Scalar<long>("select count(*) from categories where name = 'Ladies'")).ShouldBe(1);

            await page.GotoAsync("/history?kind=category");
            await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Knitwear, moved") }).First.ClickAsync(new() { Timeout = 120_000 });
            await journey.Press("Undo");
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Undo: Knitwear, moved" })).ToBeVisibleAsync(Patient);
            (await Path()).ShouldBe("Ladies/Knitwear");
            (await dashboard.Database.Scalar<string>("select string_agg(kind || ' ' || title, ', ' order by id) from change_sets"))
                .ShouldBe("category Knitwear, moved, category Women, mapped, category Women, new name, category Undo: Knitwear, moved");

            ILocator Item(string name) => page.GetByRole(AriaRole.Treeitem, new() { NameRegex = new($"^{name},") });

            // Each key where the focus is to be: a line that moves loses it for a moment.
            Task Key(string on, string key) => Item(on).PressAsync(key, new() { Timeout = 120_000 });

            Task Says(string words) => Assertions.Expect(page.Locator(".left > [aria-live]")).ToHaveTextAsync(words, new() { Timeout = 120_000 });
        });

        Task<string> Path() => dashboard.Database.Scalar<string>("select p.name || '/' || c.name from categories c join categories p on p.id = c.parent_id where c.name = 'Knitwear'");

        Task<long> Make(string name, string? parent) => dashboard.Database.Scalar<long>("""
            insert into categories (id, store_id, parent_id, path, position, name)
            select n.id, s.id, p.id, coalesce(p.path, '/') || n.id || '/', (select count(*) from categories), $1
            from (select nextval(pg_get_serial_sequence('categories', 'id')) as id) n cross join (select min(id) as id from stores) s left join categories p on p.name = $2 returning id
            """, name, (object?)parent ?? "");
    }
}
