using CowansDashboard.BrowserTests.Support;
using CowansDashboard.Tests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>A collection is given conditions while who leaves is said before saving, its products are put in order, and both are taken back.</summary>
public sealed class CollectionsTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 120_000 };
    private static readonly LocatorAssertionsToContainTextOptions Contains = new() { Timeout = 120_000 };

    [Fact]
    public async Task Conditions_are_built_with_what_if_and_products_dragged_into_order_and_each_is_undone()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        await Pulled.Product(dashboard.Database);
        var collection = await Mugs(dashboard.Database);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            page.SetDefaultTimeout(120_000);
            await journey.SignIn(to: $"/collections/{collection}");
            // Drawn first, the pictures hear keys and drags a moment later.
            var grid = page.Locator(".mem-scroll[data-keys]");
            await Assertions.Expect(grid).ToBeVisibleAsync(Patient);
            await Assertions.Expect(page.Locator("[data-m]")).ToHaveCountAsync(6, new() { Timeout = 120_000 });
            await Assertions.Expect(page.GetByText("6 now, 6 by the copy")).ToBeVisibleAsync(Patient);

            // Who would leave stands there before anything is saved.
            await page.GetByRole(AriaRole.Button, new() { Name = "Condition", Exact = true }).ClickAsync();
            var condition = page.Locator(".cond-edit").Nth(1);
            await condition.GetByLabel("What is asked").SelectOptionAsync("Vendor");
            await condition.GetByLabel("Add a value").FillAsync("North");
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.GetByText("6 becomes 3 products")).ToBeVisibleAsync(Patient);
            await Assertions.Expect(page.GetByText("3 leave")).ToBeVisibleAsync(Patient);
            (await Pending("collection_sources")).ShouldBe("", "nothing is saved yet");
            await page.Keyboard.PressAsync("Control+s");
            await Until(() => Pending("collection_sources"), "definition");
            await Assertions.Expect(page.Locator(".unsaved")).ToBeHiddenAsync(new() { Timeout = 120_000 });

            // Dragged behind the third, saved as the order that is wanted.
            await page.Locator("[data-m]").First.DragToAsync(page.Locator("[data-m]").Nth(2), new() { TargetPosition = new() { X = 120, Y = 60 } });
            await Assertions.Expect(page.Locator(".coll-keys")).ToContainTextAsync("1 move to send, 1 call", Contains);
            await page.Keyboard.PressAsync("Control+s");
            await Until(Order, "Mug 2, Mug 3, Mug 1, Mug 4, Mug 5, Mug 6");
            await Assertions.Expect(page.Locator(".unsaved")).ToBeHiddenAsync(new() { Timeout = 120_000 });

            // By keys: lifted, moved, put back; then moved for good.
            await grid.FocusAsync();
            foreach (var key in (string[])["Home", "Space", "ArrowRight", "Escape"])
                await page.Keyboard.PressAsync(key);
            await Says("Mug 2 is back on place 1.");
            foreach (var key in (string[])["Space", "ArrowRight", "Enter"])
                await page.Keyboard.PressAsync(key);
            await Says("Mug 2 put down on place 2.");
            await page.GetByRole(AriaRole.Button, new() { Name = "Discard", Exact = true }).ClickAsync();
            await Assertions.Expect(page.Locator("[data-m]").First).ToContainTextAsync("Mug 2", Contains);

            // The newest first: the order, then the conditions.
            await journey.Press("History");
            await page.Locator(".hist").GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).First.ClickAsync();
            await Until(Order, "");
            await Until(() => Pending("collections"), "");
            await Assertions.Expect(page.Locator("[data-m]").First).ToContainTextAsync("Mug 1", Contains);
            await Assertions.Expect(page.Locator(".hist .tl > li")).ToHaveCountAsync(3, new() { Timeout = 120_000 });
            await page.Locator(".hist .tl > li").Nth(2).GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
            await Until(() => Pending("collection_sources"), "");
            await Assertions.Expect(page.Locator(".cond-edit")).ToHaveCountAsync(1, new() { Timeout = 120_000 });

            Task Says(string words) => Assertions.Expect(page.Locator("[aria-live=assertive].sr")).ToHaveTextAsync(words, new() { Timeout = 120_000 });
        });

        Task<string> Pending(string table) => dashboard.Database.Scalar<string>($"select coalesce(string_agg(key, ','), '') from {table} t, jsonb_object_keys(t.pending) key");

        Task<string> Order() => dashboard.Database.Scalar<string>(
            "select coalesce(string_agg(p.title, ', ' order by o.place), '') from collections c, unnest(c.member_order) with ordinality o (id, place) join products p on p.id = o.id where c.id = $1", collection);
    }

    [Fact]
    public async Task Products_are_dragged_onto_a_collection_a_suggestion_becomes_one_and_both_are_taken_back()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();
        await Pulled.Product(dashboard.Database);
        await Mugs(dashboard.Database);
        await Pieces(dashboard.Database);

        await chromium.Journey(dashboard.Address, async journey =>
        {
            var page = journey.Page;
            page.SetDefaultTimeout(120_000);
            await journey.SignIn(to: "/products?search=piece");
            foreach (var piece in (string[])["Piece 11", "Piece 12"])
                await page.GetByLabel($"Select {piece}", new() { Exact = true }).CheckAsync();
            await Assertions.Expect(page.GetByText("2 selected")).ToBeVisibleAsync(Patient);

            // The collections open as soon as a row is lifted; it stays in the hand until they stand there.
            var row = (await page.GetByRole(AriaRole.Link, new() { Name = "Piece 12", Exact = true }).BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(row.X + 8, row.Y + 6);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(row.X + 40, row.Y + 20, new() { Steps = 4 });
            var mugs = page.Locator(".drop", new() { HasText = "Mugs" });
            await Assertions.Expect(mugs).ToBeVisibleAsync(Patient);
            await mugs.HoverAsync();
            await Assertions.Expect(page.Locator(".drop.over")).ToContainTextAsync("Mugs", Contains);
            await page.Mouse.UpAsync();

            var preview = page.GetByRole(AriaRole.Region, new() { Name = "Preview", Exact = true });
            await Assertions.Expect(preview.GetByRole(AriaRole.Status)).ToContainTextAsync("2 products change", Contains);
            (await Pieced()).ShouldBe("", "a preview changes nothing");
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Apply to ") }).ClickAsync();
            await Assertions.Expect(page.GetByText("They wait for Shopify.")).ToBeVisibleAsync(Patient);
            await Until(Pieced, "Piece 11, Piece 12");

            // What many products have in common becomes a collection at a press.
            await page.GotoAsync("/product-types");
            await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Accept: .*Alpine") }).ClickAsync();
            await Until(Alpine, "Alpine");

            foreach (var (what, now, left) in ((string, Func<Task<string>>, string)[])[("Alpine", Alpine, ""), ("Put into Mugs", Pieced, "")])
            {
                await page.GotoAsync("/history");
                await page.GetByRole(AriaRole.Link, new() { NameRegex = new(what) }).First.ClickAsync();
                await page.GetByRole(AriaRole.Link, new() { Name = "Undo…", Exact = true }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Undo [0-9,]+ field") }).ClickAsync();
                await Until(now, left);
            }
        });

        Task<string> Pieced() => dashboard.Database.Scalar<string>("""
            select coalesce(string_agg(p.title, ', ' order by p.title), '') from collection_members m join products p on p.id = m.product_id where m.mark = 1 and p.title like 'Piece %'
            """);

        Task<string> Alpine() => dashboard.Database.Scalar<string>("select coalesce(string_agg(title, ', '), '') from collections where title = 'Alpine' and deleted_at is null");
    }

    private static async Task Until(Func<Task<string>> asked, string wanted)
    {
        for (var i = 0; await asked() is var now && now != wanted; i++)
        {
            i.ShouldBeLessThan(600, $"it is “{now}” and shall be “{wanted}”");
            await Task.Delay(200);
        }
    }

    /// <summary>Forty pieces of four types, of which twelve of three have a tag that no collection has.</summary>
    private static async Task Pieces(TestDatabase database) => await database.Scalar<long>("""
        with p as (
            insert into products (store_id, shopify_id, title, handle, status, vendor, product_type, tags)
            select (select min(id) from stores), 2000 + i, 'Piece ' || i, 'piece-' || i, 'ACTIVE', 'North', (array['Hats', 'Coats', 'Bags', 'Socks'])[i % 4 + 1],
                case when i <= 26 and i % 4 <> 3 then array['alpine'] else '{}' end
            from generate_series(11, 50) i returning id, store_id, title, product_type, tags
        ), v as (
            insert into variants (store_id, product_id, shopify_id, position, title, price) select store_id, id, 3000 + row_number() over (order by title), 1, 'Default Title', 10 from p returning 1
        ), s as (
            insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, min_price, max_price, search_text, updated_at)
            select id, store_id, title, 'North', product_type, 'ACTIVE', tags, 1, 10, 10, lower(title), now() from p returning 1
        )
        select count(*) from s
        """);

    /// <summary>Six mugs of two vendors in a collection of all mugs, ordered by hand.</summary>
    private static async Task<long> Mugs(TestDatabase database)
    {
        var store = await database.Scalar<long>("select min(id) from stores");
        await database.Scalar<long>("""
            with p as (
                insert into products (store_id, shopify_id, title, handle, status, vendor, product_type)
                select $1, 100 + i, 'Mug ' || i, 'mug-' || i, 'ACTIVE', case when i % 2 = 0 then 'North' else 'South' end, 'Mugs' from generate_series(1, 6) i returning id, title, vendor
            ), v as (
                insert into variants (store_id, product_id, shopify_id, position, title, price) select $1, id, 1000 + row_number() over (order by title), 1, 'Default Title', 10 from p returning 1
            ), s as (
                insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, min_price, max_price, search_text, updated_at)
                select id, $1, title, vendor, 'Mugs', 'ACTIVE', '{}', 1, 10, 10, lower(title), now() from p returning 1
            ), c as (
                insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, 500, 'Mugs', 'mugs', 'MANUAL') returning id
            ), m as (
                insert into collection_members (store_id, collection_id, product_id, position) select $1, c.id, p.id, row_number() over (order by p.title) from c, p returning 1
            )
            insert into collection_sources (store_id, collection_id, gid, position, source_type, title, definition)
            select $1, id, 'gid://shopify/CollectionSource/9', 1, 'CollectionConditionsSource', 'All mugs', $2::jsonb from c returning id
            """, store, """
            {"__typename": "CollectionConditionsSource", "targetType": "PRODUCTS", "inclusion": {"matchType": "ALL", "selections": [], "conditions": [
              {"__typename": "CollectionSourceInclusionConditionProductType", "id": "gid://shopify/CollectionSourceCondition/1", "match": "ANY", "typeRelation": "EQUALS", "texts": ["Mugs"]}]}, "exclusion": null}
            """);
        return await database.Scalar<long>("select id from collections where handle = 'mugs'");
    }
}
