using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Sheets;

[Trait("Category", "Integration")]
public sealed class SheetTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private ReadSheetRows Reading => new(database.Source);

    [Fact]
    public async Task A_selection_becomes_rows_once_and_is_found_again_in_the_order_of_the_list()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Scarf", 2), await shop.Product("Beanie", 1), await shop.Product("Cardigan", 3)];
        var account = await Account();

        var opened = (await Opening().Open(account, shop.Store, ProductSelection.All(ProductFilter.Everything), new ProductSort(SortKey.Title, false), default)).ShouldBeOfType<OpenSheetOutcome.Opened>().Sheet;
        await shop.Product("Apron", 1);
        await new KeepSheet(new SaveDraft(database.Source)).Keep(account, shop.Store, opened.With("variant", ["price", "sku"]), default);
        var again = (await new ReadSheet(new ReadDraft(database.Source)).Read(account, shop.Store, opened.Id, default)).ShouldNotBeNull();

        again.Products.ShouldBe([products[1], products[2], products[0]]);
        again.Variants.ShouldBe([.. await shop.Variants(products[1]), .. await shop.Variants(products[2]), .. await shop.Variants(products[0])]);
        again.Columns["variant"].ShouldBe(["price", "sku"]);
        (await new ReadSheet(new ReadDraft(database.Source)).Read(await Account(), shop.Store, opened.Id, default)).ShouldBeNull("a sheet belongs to the person who opened it");
        (await Opening().Open(account, shop.Store, ProductSelection.Nothing.Toggle(products[0] + 1_000_000), ProductSort.Default, default)).ShouldBeOfType<OpenSheetOutcome.Refused>();
    }

    [Fact]
    public async Task More_than_ten_thousand_rows_are_refused_as_products_and_named_as_variants()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Big", 1);
        await shop.Run("insert into variants (store_id, product_id, position, title, price) select $1, $2, i, 'V' || i, 1 from generate_series(2, 10001) i", shop.Store, product);
        var account = await Account();

        var sheet = (await Opening().Open(account, shop.Store, ProductSelection.Nothing.Toggle(product), ProductSort.Default, default)).ShouldBeOfType<OpenSheetOutcome.Opened>().Sheet;
        (sheet.HasTooManyVariants, sheet.VariantCount, sheet.Variants.Count).ShouldBe((true, 10_001, 0));

        await shop.Run("""
            with p as (insert into products (store_id, title, handle, status) select $1, 'P' || i, 'p' || i, 'ACTIVE' from generate_series(1, 10000) i returning id, title)
            insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, search_text, updated_at)
            select id, $1, title, '', '', 'ACTIVE', '{}', 0, lower(title), now() from p
            """, shop.Store);
        (await Opening().Open(account, shop.Store, ProductSelection.All(ProductFilter.Everything), ProductSort.Default, default))
            .ShouldBeOfType<OpenSheetOutcome.Refused>().Sentence.ShouldContain("at most 10,000 products");
    }

    [Fact]
    public async Task Rows_are_read_as_asked_with_what_is_pending_in_conflict_hanging_and_gone()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 3);
        var variants = await shop.Variants(product);
        var location = await Location(shop);
        await shop.Run("update variants set tracked = true where id = $1", variants[0]);
        await shop.Run("insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, $2, $3, 7)", shop.Store, variants[0], location);
        await shop.Save(EditedShop.Price(variants[0], 10, 12.5m));
        await shop.Run("insert into conflicts (store_id, product_id, entity, entity_id, field, base, ours, shopifys) values ($1, $2, 'variant', $3, 'sku', 'null', 'null', '\"x\"')", shop.Store, product, variants[1]);
        await shop.Run("update variants set deleted_at = now() where id = $1", variants[2]);
        var columns = await Columns(shop, [product]);

        var rows = await Reading.Read(shop.Store, "variant", [variants[2], variants[0], 999_999_999, variants[1]], [columns["price"], columns["sku"], columns[$"stock:{location}"]], default);

        rows.Select(row => (row.Id, row.Name, row.IsGone)).ShouldBe([(variants[2], "Jumper, S3", true), (variants[0], "Jumper, S1", false), (variants[1], "Jumper, S2", false)]);
        var (price, sku, stock) = (rows[1].Cells[0], rows[2].Cells[1], rows[1].Cells[2]);
        (price.Value!.ToJsonString(), price.IsPending, JsonValues.Number(price.Base)).ShouldBe(("12.5", true, 10m));
        (sku.InConflict, sku.IsPending).ShouldBe((true, false));
        (stock.Value!.ToJsonString(), rows[2].Cells[2].EntityId).ShouldBe(("7", null));

        await shop.Run("update products set removal = 'exclude' where id = $1", product);
        (await Reading.Read(shop.Store, "product", [product], [], default)).ShouldHaveSingleItem().IsGone.ShouldBeTrue();
        (await Opening().Open(await Account(), shop.Store, ProductSelection.Nothing.Toggle(product), ProductSort.Default, default)).ShouldBeOfType<OpenSheetOutcome.Refused>();
    }

    [Fact]
    public async Task Cells_of_products_and_variants_are_saved_as_one_change_set_and_a_stale_one_is_left_and_named()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Jumper", 2, "wool"), await shop.Product("Scarf", 1)];
        var (first, other) = (await shop.Variants(products[0]), await shop.Variants(products[1]));
        await shop.Save("Ben", StaleMeans.Refuse, EditedShop.Price(other[0], 10, 11));

        var saved = await Save(shop, await Columns(shop, products),
            Edit("product", products[0], "title", "Jumper", "Aran Jumper"), Edit("product", products[0], "tags", EditedShop.Texts("wool"), EditedShop.Texts("soft")),
            Edit("variant", first[0], "price", 10, 12.5m), Edit("variant", first[1], "price", 10, 13), Edit("variant", other[0], "price", 10, 14));

        (saved.Rows, saved.Cells).ShouldBe((3, 4));
        var stale = saved.Stale.ShouldHaveSingleItem();
        (stale.Key, stale.Value.ChangedBy, JsonValues.Number(stale.Value.Current)).ShouldBe((new SheetPlace("variant", other[0], "price"), "Ben", 11m));
        (await database.Scalar<string>("select string_agg(price::text, ' ' order by id) from variants where product_id = any($1)", products)).ShouldBe("12.5 13 11");
        (await shop.Value("products", products[0], "tags")).ShouldBe("""["soft"]""");
        (await database.Scalar<string>("select kind || ' ' || products || ' ' || entities || ' ' || fields from change_sets where id = $1", saved.ChangeSetId)).ShouldBe("edit 1 3 4");
        (await database.Scalar<long>("select count(distinct change_set_id) from changes where store_id = $1", shop.Store)).ShouldBe(2);

        var merged = await Save(shop, await Columns(shop, products), Edit("variant", other[0], "price", 11, 14));
        (merged.Cells, merged.Stale.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_save_over_many_batches_is_one_change_set_and_each_row_is_written_once()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 1);
        await shop.Run("""
            with p as (insert into products (store_id, shopify_id, title, handle, status) select $1, 5000000 + i, 'Many ' || i, 'many-' || i, 'ACTIVE' from generate_series(1, 1500) i returning id)
            insert into variants (store_id, product_id, shopify_id, position, title, price) select $1, id, 6000000 + id, 1, 'Default Title', 10 from p
            """, shop.Store);
        var variants = await database.Scalar<long[]>("select array_agg(id order by id) from variants where store_id = $1 and product_id <> $2", shop.Store, product);

        var saved = await Save(shop, await Columns(shop, [product]), [.. variants.Select(id => Edit("variant", id, "price", 10, 11))]);

        (saved.Rows, saved.Cells, saved.Stale.Count).ShouldBe((1_500, 1_500, 0));
        (await database.Scalar<string>("select count(distinct change_set_id) || ' ' || count(*) from changes where store_id = $1", shop.Store)).ShouldBe("1 1500");
    }

    [Fact]
    public async Task Metafields_are_written_made_and_taken_away_and_stock_is_set_where_it_is_kept()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Jumper", 1), await shop.Product("Scarf", 1), await shop.Product("Hat", 1)];
        var variants = new[] { (await shop.Variants(products[0]))[0], (await shop.Variants(products[1]))[0] };
        var location = await Location(shop);
        await shop.Run("update variants set tracked = true where id = $1", variants[0]);
        await shop.Run("insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, $2, $3, 7)", shop.Store, variants[0], location);
        foreach (var product in products.Take(2))
            await shop.Run("insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value) values ($1, 'product', $2, 'custom', 'care', 'single_line_text_field', 'cold')", shop.Store, product);
        var columns = await Columns(shop, products);

        var saved = await Save(shop, columns,
            Edit("product", products[0], "metafield:custom.care", "cold", "warm"), Edit("product", products[1], "metafield:custom.care", "cold", null), Edit("product", products[2], "metafield:custom.care", null, "dry"),
            Edit("variant", variants[0], $"stock:{location}", 7, 9), Edit("variant", variants[1], $"stock:{location}", null, 4));

        saved.Refused.ShouldHaveSingleItem().Value.ShouldContain("No stock is kept there");
        (await database.Scalar<string>("select string_agg(coalesce(value, '') || ':' || mark || ':' || (deleted_at is not null), ' ' order by owner_id, id) from metafields where store_id = $1", shop.Store))
            .ShouldBe("warm:0:false cold:2:true dry:1:false");
        (await database.Scalar<string>("select available || ' ' || pending::text from inventory_levels where variant_id = $1", variants[0])).ShouldBe("""9 {"available": 7}""");
    }

    [Fact]
    public async Task Zeros_in_a_sheet_want_their_number_and_above_the_limits_a_second_person_approves_the_cells_as_a_prepared_edit()
    {
        var shop = await EditedShop.Open(database);
        long[] products = [await shop.Product("Jumper", 2), await shop.Product("Scarf", 1), await shop.Product("Hat", 1)];
        var variants = await database.Scalar<long[]>("select array_agg(id order by product_id, position) from variants where store_id = $1", shop.Store);
        var columns = await Columns(shop, products);
        SheetEdit[] zeros = [Edit("variant", variants[0], "price", 10, 0), Edit("variant", variants[1], "price", 10, 11)];

        var asks = (await Try(shop, columns, new(), zeros)).ShouldBeOfType<SaveSheetOutcome.Asks>();
        (asks.Zeros, asks.Warnings.ShouldHaveSingleItem()).ShouldBe((1, "1 price would become 0."));
        (await Try(shop, columns, new() { Zeros = 2 }, zeros)).ShouldBeOfType<SaveSheetOutcome.Asks>();
        (await database.Scalar<long>("select count(*) from changes where store_id = $1", shop.Store)).ShouldBe(0);
        (await Try(shop, columns, new() { Zeros = 1 }, zeros)).ShouldBeOfType<SaveSheetOutcome.Saved>().Cells.ShouldBe(2);

        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { MostProducts = 1, MostPricePercent = 50 }, RunsOfTests.Ann, default);
        var sku = JsonNode.Parse(await shop.Value("variants", variants[3], "sku"));
        SheetEdit[] dear = [Edit("variant", variants[2], "price", 10, 19), Edit("variant", variants[3], "price", 10, 12), Edit("variant", variants[3], "sku", sku, "H-1"), Edit("product", products[2], "title", "Hat", "Cap")];
        (await Try(shop, columns, new(), dear)).ShouldBeOfType<SaveSheetOutcome.NeedsApproval>().Reasons
            .ShouldBe(["It changes 2 products; one person alone may change 1.", "It moves a price by 90%; one person alone may move prices by 50%."]);
        (await Try(shop, columns, new(), dear[1])).ShouldBeOfType<SaveSheetOutcome.Saved>();

        var id = (await new PrepareSheet(database.Source, Reading).Prepare(shop.Store, "Spreadsheet, 3 cells", [dear[0], dear[2], dear[3]], [.. columns.Values], RunsOfTests.Ann, default)).ShouldNotBeNull();
        var preview = (await new ReadBulkPreview(database.Source).Find(shop.Store, id, default)).ShouldNotBeNull();
        (preview.Products, preview.Changing, preview.IsFromSheet, preview.WaitsForApproval).ShouldBe((2, 3, true, true));
        await using var node = await RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new ApplyBulkEdit(database.Source));
        var start = new StartBulkEdit(database.Source, node.Get<EnqueueRun>());
        (await start.Start(shop.Store, id, new(), RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.NeedsApproval>();
        (await new ApproveBulkEdit(database.Source).Approve(shop.Store, id, preview.Revision, new("8", "Bea"), default)).ShouldBeOfType<ApproveBulkOutcome.Approved>();
        await shop.Save("Bea", StaleMeans.Refuse, new FieldEdit("variant", variants[3], "sku", sku, "B-1"));
        await node.Until((await start.Start(shop.Store, id, new(), RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>().RunId, RunStatus.Succeeded);

        (await database.Scalar<string>("select string_agg(field || ' ' || outcome, ', ' order by id) from bulk_items where preview_id = $1", id)).ShouldBe("price done, sku skipped, title done", "each cell by itself");
        (await database.Scalar<string>("select v.price || ' ' || p.title from variants v, products p where v.id = $1 and p.id = $2", variants[2], products[2])).ShouldBe("19 Cap");
    }

    [Fact]
    public async Task What_two_tabs_keep_of_one_draft_is_merged_and_not_written_over()
    {
        var (account, keep) = (await Account(), new MergeDraft(database.Source));
        var place = Sheet.CellsOf(account, 1, Guid.NewGuid());
        static JsonNode Both(JsonNode? theirs, string mine) => JsonValues.Set([.. JsonValues.Elements(theirs), mine]);

        var first = await keep.Keep(place, new JsonArray("a"), new(null), theirs => Both(theirs, "a"), default);
        var second = await keep.Keep(place, new JsonArray("b"), new(null), theirs => Both(theirs, "b"), default);
        first = await keep.Keep(place, new JsonArray("c"), first, theirs => Both(theirs, "c"), default);
        first = await keep.Keep(place, new JsonArray("d"), first, theirs => Both(theirs, "d"), default);

        (first.IsShared, second.IsShared).ShouldBe((true, true));
        (await new ReadDraft(database.Source).Read(place, default)).ShouldNotBeNull().Content.ToJsonString().ShouldBe("""["a","b","c","d"]""");
        (await keep.Keep(place, null, first, _ => null, default)).KeptAt.ShouldBeNull();
        (await new ReadDraft(database.Source).Read(place, default)).ShouldBeNull();
    }

    private OpenSheet Opening()
    {
        var words = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
        return new(database.Source, new ReadSelectedInOrder(database.Source, words, new ReadStoreTime(database.Source, TimeProvider.System)), new SaveDraft(database.Source), new DiscardOldDrafts(database.Source));
    }

    private Task<long> Account() => database.Scalar<long>("""
        insert into accounts (name, email, normalized_email, user_name, normalized_user_name, role, security_stamp)
        values ('Ann', 'ann@aran.example', gen_random_uuid()::text, 'ann', gen_random_uuid()::text, 'merchandiser', 'x') returning id
        """);

    private Task<long> Location(EditedShop shop) =>
        database.Scalar<long>("insert into locations (store_id, shopify_id, name) values ($1, 5, 'Dublin') returning id", shop.Store);

    private async Task<Dictionary<string, SheetColumn>> Columns(EditedShop shop, long[] products) =>
        (await new ListSheetColumns(database.Source, new ListLocations(database.Source)).List(shop.Store, products, default)).ToDictionary(column => column.Key);

    private async Task<SaveSheetOutcome.Saved> Save(EditedShop shop, Dictionary<string, SheetColumn> columns, params SheetEdit[] edits) =>
        (await Try(shop, columns, new(), edits)).ShouldBeOfType<SaveSheetOutcome.Saved>();

    private Task<SaveSheetOutcome> Try(EditedShop shop, Dictionary<string, SheetColumn> columns, SheetConsent consent, params SheetEdit[] edits) =>
        new SaveSheet(Reading, new ReadGuardLimits(database.Source), shop.Saving).Save(shop.Head(), edits, [.. columns.Values], consent, default);

    private static SheetEdit Edit(string entity, long id, string column, JsonNode? seen, JsonNode? wanted) => new(new SheetPlace(entity, id, column), seen, wanted);
}
