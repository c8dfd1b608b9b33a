using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog;

[Trait("Category", "Integration")]
public sealed class StructureTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_new_product_is_here_with_everything_and_waits_to_be_made_in_Shopify()
    {
        var shop = await EditedShop.Open(database);

        var saved = (await new CreateProduct(shop.Saving).Create(shop.Head(kind: ChangeSetKind.Create), new NewProduct(new JsonObject { ["title"] = "Cardigan", ["tags"] = EditedShop.Texts("wool", "new") })
        {
            Options = [new NewOption("Size", ["S", "M"]), new NewOption("Colour", ["Red"])],
            Variants = [Variant(12.5m, "S", "Red"), Variant(13, "M", "Red")],
            Metafields = [new JsonObject { ["namespace"] = "custom", ["key"] = "care", ["type"] = "single_line_text_field", ["value"] = "cold" }],
            PublicationIds = [7],
        }, default)).ShouldBeOfType<SaveOutcome.Saved>();

        var product = saved.Created[CreateProduct.Key];
        (await database.Scalar<string>("""
            select concat_ws('|', p.title, p.status, p.mark, p.tags::text, p.pending is null,
                (select string_agg(o.name || ':' || (o.option_values -> 0 ->> 'name'), ',' order by position) from product_options o where product_id = p.id),
                (select string_agg(v.title || ' ' || v.price, ',' order by position) from variants v where product_id = p.id),
                (select value from metafields where owner_id = p.id), (select count(*) from product_publications where product_id = p.id),
                (select sync_state || ' ' || variants || ' ' || max_price from product_summaries where product_id = p.id))
            from products p where id = $1
            """, product)).ShouldBe("Cardigan|DRAFT|1|{new,wool}|t|Size:S,Colour:Red|S / Red 12.5,M / Red 13|cold|1|2 2 13");
        (await database.Scalar<long>("select count(*) from changes where change_set_id = $1 and field = 'created'", saved.ChangeSetId)).ShouldBe(7);
    }

    [Fact]
    public async Task A_new_product_with_a_bad_value_is_refused_as_a_whole()
    {
        var shop = await EditedShop.Open(database);

        var refused = (await new CreateProduct(shop.Saving).Create(shop.Head(), new NewProduct(new JsonObject { ["title"] = " " }) { Variants = [new JsonObject { ["price"] = -1 }] }, default))
            .ShouldBeOfType<SaveOutcome.Refused>();

        refused.Problems.Select(problem => problem.Sentence).ShouldBe(["Title must not be empty.", "Price must be 0 or more."], ignoreOrder: true);
        (await database.Scalar<long>("select count(*) from products where store_id = $1", shop.Store)).ShouldBe(0);
    }

    [Fact]
    public async Task A_copy_is_a_draft_with_the_same_variants_and_files()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 3, "wool");
        await File(shop, product, 77);

        var saved = (await new DuplicateProduct(database.Source, new CreateProduct(shop.Saving)).Duplicate(shop.Head(), product, "Jumper (copy)", CopiedParts.Everything, default)).ShouldBeOfType<SaveOutcome.Saved>();

        (await database.Scalar<string>("""
            select concat_ws('|', p.title, p.status, p.mark, p.handle, p.shopify_id is null, p.tags::text, (select string_agg(v.title || ' ' || v.price, ',' order by position) from variants v where product_id = p.id),
                (select shopify_id || ' ' || mark from media where product_id = p.id))
            from products p where id = $1
            """, saved.Created[CreateProduct.Key])).ShouldBe("Jumper (copy)|DRAFT|1||t|{wool}|S1 10.00,S2 10.00,S3 10.00|77 1");
        (await database.Scalar<string>("select kind from change_sets where id = $1", saved.ChangeSetId)).ShouldBe("duplicate");
    }

    [Fact]
    public async Task A_copy_takes_along_only_what_was_wanted()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 2);
        await File(shop, product, 78);
        await shop.Run("insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value) values ($1, 'product', $2, 'custom', 'care', 'single_line_text_field', 'cold')", shop.Store, product);
        await shop.Run("update variants set media_ids = '{78}' where product_id = $1", product);
        var duplicating = new DuplicateProduct(database.Source, new CreateProduct(shop.Saving));

        var saved = (await duplicating.Duplicate(shop.Head(), product, "Copy", new CopiedParts(Skus: false, Media: false, Metafields: true), default)).ShouldBeOfType<SaveOutcome.Saved>();

        (await database.Scalar<string>("""
            select concat_ws('|', (select string_agg(title || coalesce(sku, '') || media_ids::text, ',' order by position) from variants v where product_id = p.id),
                (select count(*) from media where product_id = p.id), (select string_agg(value, ',') from metafields where owner_id = p.id), (select string_agg(name, ',') from product_options where product_id = p.id))
            from products p where id = $1
            """, saved.Created[CreateProduct.Key])).ShouldBe("S1{},S2{}|0|cold|Size");
        (await duplicating.Duplicate(shop.Head(), product + 1_000_000, "Copy", CopiedParts.Everything, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Variants_are_added_removed_and_ordered_with_their_option_in_one_change_set_that_can_be_undone()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 3);
        var variants = await shop.Variants(product);

        var saved = (await Change(shop, product,
            new StructureChange.RemoveVariants([variants[1]]),
            new StructureChange.AddVariants([Variant(20, "XL")]),
            new StructureChange.Order("variant", [variants[2]]))).ShouldBeOfType<SaveOutcome.Saved>();

        (await Titles(product)).ShouldBe("S3 0 1,S1 0 2,XL 1 3");
        (await database.Scalar<string>("select (option_values -> 3 ->> 'name') || (pending -> 'option_values' -> 2 ->> 'name') from product_options where product_id = $1", product)).ShouldBe("XLS3");
        (await shop.Value("variants", variants[1], "mark")).ShouldBe("2");
        (await shop.SyncState(product)).ShouldBe(1);
        await new UndoChanges(database.Source, shop.Saving).Undo(new UndoScope(shop.Store, saved.ChangeSetId), "1", "Ann", null, default);
        (await Titles(product)).ShouldBe("S1 0 1,S2 0 2,S3 0 3");
        (await shop.SyncState(product)).ShouldBe(0);
    }

    [Fact]
    public async Task A_further_option_gives_every_variant_its_first_value_and_two_equal_variants_are_refused()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 2);

        (await Change(shop, product, new StructureChange.AddOption("Colour", ["Red", "Blue"]), new StructureChange.AddVariants([Variant(11, "S1", "Blue")]))).ShouldBeOfType<SaveOutcome.Saved>();

        (await Titles(product)).ShouldBe("S1 / Red 0 1,S2 / Red 0 2,S1 / Blue 1 3");
        var size = await database.Scalar<long>("select id from product_options where product_id = $1 and name = 'Colour'", product);
        (await Change(shop, product, new StructureChange.RemoveOption(size))).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence.ShouldBe("Two variants would be “S1”.");
        (await Change(shop, product, new StructureChange.AddVariants([Variant(11, "S1", "Red")]))).ShouldBeOfType<SaveOutcome.Refused>();
        (await Change(shop, product, new StructureChange.RemoveVariants(await shop.Variants(product)))).ShouldBeOfType<SaveOutcome.Refused>();
        (await Change(shop, product, new StructureChange.AddOption("Fit", ["Slim"]), new StructureChange.AddOption("Neck", ["V"]))).ShouldBeOfType<SaveOutcome.Refused>()
            .Problems.ShouldHaveSingleItem().Sentence.ShouldBe("The product would have 4 options; Shopify takes at most 3.");
    }

    [Fact]
    public async Task Options_are_renamed_ordered_and_lose_values_and_their_variants_follow_as_the_preview_said()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 3);
        var size = await database.Scalar<long>("select id from product_options where product_id = $1", product);
        StructureChange[] changes =
        [
            new StructureChange.SetOptions(
            [
                new WantedOption(null, "Colour", [new WantedValue(null, "Red"), new WantedValue(null, "Blue")]),
                new WantedOption(size, "Fit", [new WantedValue("S2", "Medium"), new WantedValue("S1", "S1"), new WantedValue(null, "XL")]),
            ]),
            new StructureChange.AddVariants([Variant(20, "Blue", "XL")]),
        ];

        var preview = (await new PreviewStructure(database.Source).Preview(shop.Store, product, changes, default)).ShouldNotBeNull();
        var saved = (await Change(shop, product, changes)).ShouldBeOfType<SaveOutcome.Saved>();

        preview.Coming.ShouldBe(["Blue / XL"]);
        preview.Going.ShouldBe(["S3"]);
        preview.Renamed.ShouldBe([("S1", "Red / S1"), ("S2", "Red / Medium")]);
        preview.Problems.ShouldBeEmpty();
        (await Titles(product)).ShouldBe("Red / S1 0 1,Red / Medium 0 2,Blue / XL 1 3");
        (await database.Scalar<string>("select string_agg(name || ':' || (select string_agg(coalesce(v ->> 'id', '-') || (v ->> 'name'), ' ') from jsonb_array_elements(option_values) v), '|' order by position) from product_options where product_id = $1 and deleted_at is null", product))
            .ShouldBe("Colour:-Red -Blue|Fit:2Medium 1S1 -XL");
        await new UndoChanges(database.Source, shop.Saving).Undo(new UndoScope(shop.Store, saved.ChangeSetId), "1", "Ann", null, default);
        (await Titles(product)).ShouldBe("S1 0 1,S2 0 2,S3 0 3");
        (await shop.SyncState(product)).ShouldBe(0);
    }

    [Fact]
    public async Task Options_that_somebody_changed_meanwhile_are_not_saved_over()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 2);
        var size = await database.Scalar<long>("select id from product_options where product_id = $1", product);
        var seen = new SeenOption(size, "Size", ["S2", "S1"]);
        StructureChange Renamed(params SeenOption[] before) =>
            new StructureChange.SetOptions([new WantedOption(size, "Size", [new WantedValue("S1", "Small"), new WantedValue("S2", "S2")])]) { Seen = before };
        await Change(shop, product, new StructureChange.AddVariants([Variant(12, "S3")]));
        var titles = await Titles(product);

        var preview = await new PreviewStructure(database.Source).Preview(shop.Store, product, [Renamed(seen)], default);
        var refused = (await Change(shop, product, Renamed(seen))).ShouldBeOfType<SaveOutcome.Refused>();

        preview!.Problems.ShouldHaveSingleItem().ShouldContain("changed meanwhile");
        refused.Problems.ShouldHaveSingleItem().Sentence.ShouldContain("changed meanwhile");
        (await Titles(product)).ShouldBe(titles);
        (await Change(shop, product, Renamed(seen with { Name = "Fit", Values = ["S1", "S2", "S3"] }))).ShouldBeOfType<SaveOutcome.Refused>();
        (await Change(shop, product, Renamed(seen with { Values = ["S1", "S2", "S3"] }))).ShouldBeOfType<SaveOutcome.Saved>();
        (await Titles(product)).ShouldBe("Small 0 1,S2 0 2", "who saw it may take it away");
    }

    [Fact]
    public async Task A_product_without_options_takes_some_and_gives_them_back_with_its_variant_kept()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Mug");
        await shop.Run("update products set has_only_default_variant = true where id = $1", product);
        await shop.Run("update variants set title = 'Default Title', option_values = '{Default Title}' where product_id = $1", product);
        await shop.Run("update product_options set name = 'Title', option_values = '[{\"id\": \"9\", \"name\": \"Default Title\"}]' where product_id = $1", product);
        var variant = (await shop.Variants(product))[0];

        await Change(shop, product, new StructureChange.SetOptions([new WantedOption(null, "Size", [new WantedValue(null, "S"), new WantedValue(null, "M")])]), new StructureChange.AddVariants([Variant(12, "M")]));

        (await Titles(product)).ShouldBe("S 0 1,M 1 2");
        (await shop.Variants(product))[0].ShouldBe(variant);
        (await database.Scalar<string>("select name || (option_values -> 0 ->> 'id') || (pending ->> 'name') from product_options where product_id = $1 and deleted_at is null", product)).ShouldBe("Size9Title");
        (await shop.Value("products", product, "has_only_default_variant") + await shop.Pending("products", product)).ShouldBe("false∅");

        await Change(shop, product, new StructureChange.SetOptions([]));

        (await Titles(product)).ShouldBe("Default Title 0 1");
        (await shop.Value("products", product, "has_only_default_variant")).ShouldBe("true");
        (await shop.SyncState(product)).ShouldBe(0);
    }

    [Fact]
    public async Task What_no_product_can_have_is_said_before_anything_is_saved()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 2);
        var size = await database.Scalar<long>("select id from product_options where product_id = $1", product);
        async Task<string> Wrong(params StructureChange[] changes) =>
            string.Join(' ', (await new PreviewStructure(database.Source).Preview(shop.Store, product, changes, default))!.Problems);
        WantedOption Size(params string[] values) => new(size, "Size", [.. values.Select(value => new WantedValue(value, value))]);
        WantedOption New(string name, params string[] values) => new(null, name, [.. values.Select(value => new WantedValue(null, value))]);

        (await Wrong(new StructureChange.SetOptions([Size("S1", "S2"), New(" size", "A")]))).ShouldBe("Two options would be called “Size”.");
        (await Wrong(new StructureChange.SetOptions([Size("S1", "S2"), New("", "A")]))).ShouldBe("An option needs a name.");
        (await Wrong(new StructureChange.SetOptions([Size("S1", "S2"), New("Fit")]))).ShouldContain("“Fit” needs at least one value.");
        (await Wrong(new StructureChange.SetOptions([Size("S1", "s1")]))).ShouldContain("stands twice");
        (await Wrong(new StructureChange.SetOptions([New("Fit", "A")]))).ShouldBe("", "the first variant stays as the only one");
        (await Wrong(new StructureChange.SetOptions([new WantedOption(size, "Size", [new WantedValue(null, "XL")])]))).ShouldContain("keeps at least one variant");
        (await Wrong(new StructureChange.SetOptions([Size("S1", "S2"), New("A", "a"), New("B", "b"), New("C", "c")]))).ShouldBe("The product would have 4 options; Shopify takes at most 3.");
        (await Wrong(new StructureChange.AddVariants([.. Enumerable.Range(0, 2_047).Select(i => Variant(1, $"N{i}"))]))).ShouldBe("The product would have 2,049 variants; Shopify takes at most 2,048.");
    }

    [Fact]
    public async Task More_than_2048_variants_are_refused_before_anything_is_written()
    {
        var shop = await EditedShop.Open(database);
        var product = await shop.Product("Jumper", 2_047);

        (await Change(shop, product, new StructureChange.AddVariants([Variant(1, "A"), Variant(1, "B")]))).ShouldBeOfType<SaveOutcome.Refused>()
            .Problems.ShouldHaveSingleItem().Sentence.ShouldBe("The product would have 2,049 variants; Shopify takes at most 2,048.");

        (await Change(shop, product, new StructureChange.AddVariants([Variant(1, "A")]))).ShouldBeOfType<SaveOutcome.Saved>();
        (await database.Scalar<long>("select count(*) from variants where product_id = $1 and deleted_at is null", product)).ShouldBe(2_048);
    }

    [Fact]
    public async Task Files_metafields_and_places_come_and_go()
    {
        var shop = await EditedShop.Open(database);
        var (product, other) = (await shop.Product("Jumper"), await shop.Product("Scarf"));
        var file = await File(shop, other, 501);
        await Change(shop, product, new StructureChange.AttachMedia([file]), new StructureChange.Publish([3, 4]),
            new StructureChange.AddMetafield("product", product, "custom", "care", "number_integer", "3"));
        await shop.Run("update media set mark = 0 where product_id = $1", product);
        await shop.Run("update metafields set mark = 0 where owner_id = $1", product);
        var media = await database.Scalar<long>("select id from media where product_id = $1", product);
        var metafield = await database.Scalar<long>("select id from metafields where owner_id = $1", product);

        await Change(shop, product, new StructureChange.DetachMedia([media]), new StructureChange.Unpublish([3]), new StructureChange.RemoveMetafields([metafield]));

        (await shop.Value("media", media, "mark") + await shop.Value("metafields", metafield, "mark")).ShouldBe("22");
        (await database.Scalar<long>("select sum(publication_id)::bigint from product_publications where product_id = $1", product)).ShouldBe(4);
        await Change(shop, product, new StructureChange.AttachMedia([file]), new StructureChange.AddMetafield("product", product, "custom", "care", "number_integer", "4"));
        (await shop.Value("media", media, "mark") + await shop.Value("media", media, "deleted_at")).ShouldBe("0∅");
        (await shop.Value("metafields", metafield, "value") + await shop.Value("metafields", metafield, "mark") + await shop.Pending("metafields", metafield)).ShouldBe("\"4\"0{\"value\": \"3\"}");
        (await Change(shop, product, new StructureChange.AddMetafield("product", product, "custom", "size", "number_integer", "three"))).ShouldBeOfType<SaveOutcome.Refused>()
            .Problems.ShouldHaveSingleItem().Sentence.ShouldBe("Value must be a whole number such as 12.");
    }

    private Task<SaveOutcome> Change(EditedShop shop, long product, params StructureChange[] changes) =>
        new ChangeStructure(database.Source, shop.Saving).Change(shop.Head(), product, changes, [], default);

    private Task<string> Titles(long product) => database.Scalar<string>(
        "select string_agg(title || ' ' || mark || ' ' || position, ',' order by position) from variants where product_id = $1 and deleted_at is null", product);

    private Task<long> File(EditedShop shop, long product, long shopifyId) => database.Scalar<long>(
        "insert into media (store_id, product_id, shopify_id, position, media_type, status) values ($1, $2, $3, 1, 'IMAGE', 'READY') returning id", shop.Store, product, shopifyId);

    private static JsonObject Variant(decimal price, params string[] values) => new() { ["price"] = price, ["option_values"] = EditedShop.Texts(values) };
}
