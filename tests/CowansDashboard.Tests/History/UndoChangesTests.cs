using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using static CowansDashboard.Tests.History.EditedShop;

namespace CowansDashboard.Tests.History;

[Trait("Category", "Integration")]
public sealed class UndoChangesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Undo_brings_back_what_was_there_and_the_fields_wait_no_longer()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 2, "wool");
        var variants = await shop.Variants(product);
        var saved = await Saved(shop.Save(Title(product, "Jumper", "Cardigan"), Price(variants[0], 10, 12), Price(variants[1], 10, 13),
            new FieldEdit("product", product, "tags", Texts("wool"), Texts("sale"))));

        var undone = await Undo(shop, saved);

        undone.Fields.ShouldBe(4);
        (await shop.Value("products", product, "title")).ShouldBe("\"Jumper\"");
        (await shop.Value("products", product, "tags")).ShouldBe("[\"wool\"]");
        (await shop.Value("variants", variants[1], "price")).ShouldBe("10.00");
        (await shop.Pending("products", product) + await shop.Pending("variants", variants[0])).ShouldBe("∅∅");
        (await database.Scalar<string>("select title || undoes from change_sets where id = $1", undone.ChangeSetId)).ShouldBe($"Undo: Edited{saved.ChangeSetId}");
        (await database.Scalar<long>("select count(*) from changes where change_set_id = $1 and undone_by = $2", saved.ChangeSetId, undone.ChangeSetId)).ShouldBe(4);
    }

    [Fact]
    public async Task Undo_of_an_undo_restores_the_edit_and_the_edit_can_be_undone_again()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        var saved = await Saved(shop.Save(Title(product, "Jumper", "Cardigan")));
        var undone = await Undo(shop, saved);

        await Undo(shop, undone);

        (await shop.Value("products", product, "title")).ShouldBe("\"Cardigan\"");
        (await shop.Pending("products", product)).ShouldBe("{\"title\": \"Jumper\"}");
        await Undo(shop, saved);
        (await shop.Value("products", product, "title")).ShouldBe("\"Jumper\"");
    }

    [Fact]
    public async Task What_somebody_changed_later_stays_and_is_listed()
    {
        var shop = await Open(database);
        var (one, other) = (await shop.Product("One"), await shop.Product("Other"));
        var saved = await Saved(shop.Save(Title(one, "One", "1"), Title(other, "Other", "2")));
        await shop.Save("Bea", StaleMeans.Refuse, Title(other, "2", "Bea's"));

        var preview = await new PreviewUndo(database.Source).Preview(Scope(shop, saved), 10, default);
        var undone = await Undo(shop, saved);

        (preview.Returns, preview.Stays).ShouldBe((1, 1));
        (preview.Staying[0].EntityId, preview.Staying[0].Note).ShouldBe((other, "It was changed later and stays."));
        (preview.Returning[0].EntityId, (string?)preview.Returning[0].After).ShouldBe((one, "One"));
        var stays = undone.LeftOut.ShouldHaveSingleItem();
        (stays.EntityId, stays.ChangedBy).ShouldBe((other, "Bea"));
        (await shop.Value("products", one, "title") + await shop.Value("products", other, "title")).ShouldBe("\"One\"\"Bea's\"");
    }

    [Fact]
    public async Task One_field_or_some_rows_can_be_undone_alone()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 2);
        var variants = await shop.Variants(product);
        var saved = await Saved(shop.Save(Title(product, "Jumper", "Cardigan"), Price(variants[0], 10, 12), Price(variants[1], 10, 13)));
        var undo = new UndoChanges(database.Source, shop.Saving);

        await undo.Undo(Scope(shop, saved) with { Field = "title" }, "1", "Ann", null, default);
        var row = await database.Scalar<long>("select id from changes where change_set_id = $1 and entity_id = $2 and entity = 'variant'", saved.ChangeSetId, variants[1]);
        await undo.Undo(Scope(shop, saved) with { Changes = [row] }, "1", "Ann", null, default);

        (await shop.Value("products", product, "title") + await shop.Value("variants", variants[0], "price") + await shop.Value("variants", variants[1], "price")).ShouldBe("\"Jumper\"1210.00");
    }

    [Fact]
    public async Task Undo_of_added_stock_takes_away_what_was_added()
    {
        var shop = await Open(database);
        var variant = (await shop.Variants(await shop.Product()))[0];
        var level = await database.Scalar<long>("insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, $2, 1, 10) returning id", shop.Store, variant);
        var saved = await Saved(shop.Save(new FieldEdit("inventory level", level, "available", 10, 15, EditHow.Add)));
        await shop.Save(new FieldEdit("inventory level", level, "available", 15, 22, EditHow.Add));

        await Undo(shop, saved);

        (await shop.Value("inventory_levels", level, "available")).ShouldBe("17");
    }

    [Fact]
    public async Task Two_people_who_take_the_same_back_at_once_take_it_back_once()
    {
        var shop = await Open(database);
        var product = await shop.Product();
        var variant = (await shop.Variants(product))[0];
        var level = await database.Scalar<long>("insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, $2, 1, 10) returning id", shop.Store, variant);
        var saved = await Saved(shop.Save(new FieldEdit("inventory level", level, "available", 10, 15, EditHow.Add)));

        Task<SaveOutcome.Saved>[] undos;
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var hold = new Npgsql.NpgsqlCommand("select from products where id = $1 for update", connection);
            hold.Parameters.Add(new() { Value = product });
            await hold.ExecuteNonQueryAsync();
            undos = [Undo(shop, saved), Undo(shop, saved)];
            var waiting = 0L;
            for (var look = 0; look < 6_000 && waiting < 2; look++)
            {
                await Task.Delay(20);
                waiting = await database.Scalar<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
            }
            waiting.ShouldBe(2);
            await held.CommitAsync();
        }
        var outcomes = await Task.WhenAll(undos);

        outcomes.Sum(outcome => outcome.Fields).ShouldBe(1);
        (await shop.Value("inventory_levels", level, "available")).ShouldBe("10");
    }

    [Fact]
    public async Task Rows_that_were_added_go_and_rows_that_were_removed_come_back()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 2);
        var variants = await shop.Variants(product);
        var saved = await Saved(shop.Save(new WantedChanges
        {
            Added = [new NewRow("metafield", -1, new JsonObject { ["owner_kind"] = "product", ["owner_id"] = product, ["namespace"] = "custom", ["key"] = "care", ["type"] = "single_line_text_field", ["value"] = "cold" })],
            Removed = [new RowRef("variant", variants[0])],
        }));
        (await shop.Value("variants", variants[0], "mark") + await shop.SyncState(product)).ShouldBe("21");

        var undone = await Undo(shop, saved);

        (await shop.Variants(product)).ShouldBe(variants);
        (await shop.Value("variants", variants[0], "mark")).ShouldBe("0");
        (await database.Scalar<long>("select count(*) from metafields where owner_id = $1 and deleted_at is null", product)).ShouldBe(0);
        (await shop.SyncState(product)).ShouldBe(0);
        await Undo(shop, undone);
        (await shop.Variants(product)).ShouldBe(variants[1..]);
        (await database.Scalar<string>("select value || mark from metafields where owner_id = $1 and deleted_at is null", product)).ShouldBe("cold1");
    }

    [Fact]
    public async Task A_creation_that_Shopify_has_by_now_stays_whole_and_one_that_it_has_not_goes_whole()
    {
        var shop = await Open(database);
        async Task<(long Product, SaveOutcome.Saved Saved)> Make(string title)
        {
            var made = await Saved(new CreateProduct(shop.Saving).Create(shop.Head(kind: ChangeSetKind.Create), new NewProduct(new JsonObject { ["title"] = title })
            {
                Options = [new NewOption("Size", ["S"])],
                Variants = [new JsonObject { ["price"] = 5, ["option_values"] = Texts("S") }],
            }, default));
            return (made.Created[CreateProduct.Key], made);
        }
        var (sent, sending) = await Make("Sent");
        var (waiting, waits) = await Make("Waiting");
        foreach (var (table, column) in new[] { ("products", "id"), ("variants", "product_id"), ("product_options", "product_id") })
            await database.Scalar<long>($"with e as (update {table} set mark = 0, shopify_id = 700000 + id where {column} = $1 returning 1) select count(*) from e", sent);
        const string Parts = """
            select (select count(*) from products where id = $1 and deleted_at is null and mark <> 2) + (select count(*) from variants where product_id = $1 and deleted_at is null and mark <> 2)
                + (select count(*) from product_options where product_id = $1 and deleted_at is null and mark <> 2)
            """;

        var preview = await new PreviewUndo(database.Source).Preview(Scope(shop, sending), 10, default);
        await Undo(shop, sending);
        await Undo(shop, waits);

        preview.Returns.ShouldBe(0);
        preview.Staying.ShouldContain(line => line.Note == "Its product is in Shopify by now and stays.");
        (await database.Scalar<long>(Parts, sent)).ShouldBe(3);
        (await database.Scalar<long>(Parts, waiting)).ShouldBe(0);
    }

    [Fact]
    public async Task A_place_that_was_left_and_taken_again_meanwhile_is_not_taken_twice()
    {
        var shop = await Open(database);
        var product = await shop.Product();
        WantedChanges Publish() => new() { Added = [new NewRow("product publication", -1, new JsonObject { ["publication_id"] = 9, ["product_id"] = product })] };
        var published = await Saved(shop.Save(Publish()));
        var left = await Saved(shop.Save(new WantedChanges { Removed = [new RowRef("product publication", published.Created[-1])] }));
        await shop.Save(Publish());

        await Undo(shop, left);

        (await database.Scalar<string>("select count(*) || ' ' || max(mark) from product_publications where product_id = $1", product)).ShouldBe("1 1");
    }

    [Fact]
    public async Task Random_edits_and_undos_end_where_they_began()
    {
        var shop = await Open(database);
        var random = new Random(20261121);
        var product = await shop.Product("0", 3, "a", "b");
        var variants = await shop.Variants(product);
        var before = await State(shop, product, variants);
        var sets = new List<SaveOutcome.Saved>();
        for (var i = 0; i < 25; i++)
        {
            var title = JsonNode.Parse(await shop.Value("products", product, "title"))!;
            var tags = JsonNode.Parse(await shop.Value("products", product, "tags"))!;
            var variant = variants[random.Next(3)];
            var price = JsonNode.Parse(await shop.Value("variants", variant, "price"))!;
            sets.Add(await Saved(shop.Save(
                new FieldEdit("product", product, "title", title, $"{random.Next(4)}"),
                new FieldEdit("product", product, "tags", tags, Texts([.. "abcd".Where(_ => random.Next(2) == 0).Select(tag => $"{tag}")])),
                new FieldEdit("variant", variant, "price", price, random.Next(5) + 8))));
        }
        sets.RemoveAll(set => set.ChangeSetId == 0);
        var after = await State(shop, product, variants);

        var undos = new List<SaveOutcome.Saved>();
        foreach (var set in sets.AsEnumerable().Reverse())
            undos.Add(await Undo(shop, set));

        (await State(shop, product, variants)).ShouldBe(before);
        foreach (var undo in undos.AsEnumerable().Reverse())
            await Undo(shop, undo);
        (await State(shop, product, variants)).ShouldBe(after);
    }

    private static async Task<string> State(EditedShop shop, long product, long[] variants)
    {
        var state = await shop.Value("products", product, "title") + await shop.Value("products", product, "tags") + await shop.Pending("products", product);
        foreach (var variant in variants)
            state += decimal.Parse(await shop.Value("variants", variant, "price"), System.Globalization.CultureInfo.InvariantCulture).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) + await shop.Pending("variants", variant);
        return state;
    }

    private async Task<SaveOutcome.Saved> Undo(EditedShop shop, SaveOutcome.Saved saved) =>
        (await new UndoChanges(database.Source, shop.Saving).Undo(Scope(shop, saved), "1", "Ann", null, default)).ShouldBeOfType<SaveOutcome.Saved>();

    private static UndoScope Scope(EditedShop shop, SaveOutcome.Saved saved) => new(shop.Store, saved.ChangeSetId);

    private static async Task<SaveOutcome.Saved> Saved(Task<SaveOutcome> save) => (await save).ShouldBeOfType<SaveOutcome.Saved>();
}
