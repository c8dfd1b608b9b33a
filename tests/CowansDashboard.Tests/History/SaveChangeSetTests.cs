using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using static CowansDashboard.Tests.History.EditedShop;

namespace CowansDashboard.Tests.History;

[Trait("Category", "Integration")]
public sealed class SaveChangeSetTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task An_edit_is_written_waits_for_Shopify_and_says_whose_it_is()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");

        var saved = (await shop.Save(Title(product, "Jumper", "Cardigan"))).ShouldBeOfType<SaveOutcome.Saved>();

        (await shop.Value("products", product, "title")).ShouldBe("\"Cardigan\"");
        (await shop.Pending("products", product)).ShouldBe("{\"title\": \"Jumper\"}");
        (await shop.Value("products", product, "version")).ShouldBe("1");
        (await shop.SyncState(product)).ShouldBe(1);
        (await database.Scalar<string>("""
            select s.kind || ' ' || s.made_by_name || ' ' || s.products || '/' || s.entities || '/' || s.fields || ' ' || c.entity || ' ' || c.field || ' ' || c.old || '>' || c.new
            from change_sets s join changes c on c.change_set_id = s.id where s.id = $1 and c.product_id = $2
            """, saved.ChangeSetId, product)).ShouldBe("edit Ann 1/1/1 product title \"Jumper\">\"Cardigan\"");
    }

    [Fact]
    public async Task An_edit_that_returns_to_the_agreed_value_waits_no_longer_unless_a_push_is_on_its_way()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        var other = await shop.Product("Jumper");
        await shop.Save(Title(product, "Jumper", "Cardigan"), Title(other, "Jumper", "Cardigan"));
        await shop.Run("insert into sent_fields (entity, entity_id, field, store_id, value) values ('product', $1, 'title', $2, '\"Cardigan\"')", other, shop.Store);

        await shop.Save(Title(product, "Cardigan", "Jumper"), Title(other, "Cardigan", "Jumper"));

        (await shop.Pending("products", product)).ShouldBe("∅");
        (await shop.SyncState(product)).ShouldBe(0);
        (await shop.Pending("products", other)).ShouldBe("{\"title\": \"Jumper\"}");
    }

    [Fact]
    public async Task The_second_of_two_people_is_offered_a_merge_and_nothing_of_hers_is_written()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        var variant = (await shop.Variants(product))[0];
        await shop.Save("Ann", StaleMeans.Refuse, Title(product, "Jumper", "Cardigan"));

        var stale = (await shop.Save("Bea", StaleMeans.Refuse, Title(product, "Jumper", "Pullover"), Price(variant, 10, 12))).ShouldBeOfType<SaveOutcome.Stale>();

        var field = stale.Fields.ShouldHaveSingleItem();
        (field.Field, (string?)field.Current, field.ChangedBy).ShouldBe(("title", "Cardigan", "Ann"));
        (await shop.Value("variants", variant, "price")).ShouldBe("10.00");
        (await shop.Save("Bea", StaleMeans.Refuse, Title(product, "Cardigan", "Pullover"))).ShouldBeOfType<SaveOutcome.Saved>();
    }

    [Fact]
    public async Task A_value_that_came_from_Shopify_is_not_laid_at_the_door_of_who_edited_last()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        await shop.Save("Ann", StaleMeans.Refuse, Title(product, "Jumper", "Cardigan"));
        await database.Scalar<long>("update products set title = 'From Shopify', pending = null where id = $1 returning id", product);

        var stale = (await shop.Save("Bea", StaleMeans.Refuse, Title(product, "Cardigan", "Pullover"))).ShouldBeOfType<SaveOutcome.Stale>();

        stale.Fields.ShouldHaveSingleItem().ShouldSatisfyAllConditions(field => ((string?)field.Current).ShouldBe("From Shopify"), field => field.ChangedBy.ShouldBeNull());
    }

    [Fact]
    public async Task One_person_who_saves_twice_is_never_asked()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");

        (await shop.Save(Title(product, "Jumper", "Cardigan"))).ShouldBeOfType<SaveOutcome.Saved>();

        (await shop.Save(Title(product, "Jumper", "Cardigan"))).ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId.ShouldBe(0);
        (await shop.Save(Title(product, "Cardigan", "Pullover"))).ShouldBeOfType<SaveOutcome.Saved>();
        (await shop.Pending("products", product)).ShouldBe("{\"title\": \"Jumper\"}");
    }

    [Fact]
    public async Task Tags_of_two_people_are_merged_one_by_one()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper", 1, "wool", "winter");
        await shop.Save("Ann", StaleMeans.Refuse, new FieldEdit("product", product, "tags", Texts("wool", "winter"), Texts("wool", "winter", "new")));

        (await shop.Save("Bea", StaleMeans.Refuse, new FieldEdit("product", product, "tags", Texts("wool", "winter"), Texts("wool", "sale")))).ShouldBeOfType<SaveOutcome.Saved>();

        (await shop.Value("products", product, "tags")).ShouldBe("[\"new\", \"sale\", \"wool\"]");
        (await database.Scalar<string>("select array_to_string(tags, ',') from product_summaries where product_id = $1", product)).ShouldBe("new,sale,wool");
    }

    [Fact]
    public async Task A_bad_value_is_refused_with_what_would_be_right_and_nothing_is_written()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        var variant = (await shop.Variants(product))[0];

        var refused = (await shop.Save(Title(product, "Jumper", "Cardigan"), Price(variant, 10, -1), new FieldEdit("product", product, "nonsense", null, "x")))
            .ShouldBeOfType<SaveOutcome.Refused>();

        refused.Problems.Select(problem => (problem.Field, problem.Sentence)).ShouldBe(
            [("nonsense", "Nonsense of a product cannot be edited."), ("price", "Price must be 0 or more.")], ignoreOrder: true);
        (await shop.Value("products", product, "title")).ShouldBe("\"Jumper\"");
    }

    [Fact]
    public async Task Thousands_of_rows_are_one_change_set_and_rows_that_somebody_changed_are_left_out()
    {
        var shop = await Open(database);
        var edits = new List<FieldEdit>();
        for (var i = 0; i < 1_205; i++)
            foreach (var variant in await shop.Variants(await shop.Product($"Jumper {i}", 2)))
                edits.Add(Price(variant, 10, 11));
        await shop.Save(Price(edits[7].EntityId, 10, 99));

        var saved = (await shop.Save("Ann", StaleMeans.Skip, [.. edits])).ShouldBeOfType<SaveOutcome.Saved>();

        saved.LeftOut.ShouldHaveSingleItem().EntityId.ShouldBe(edits[7].EntityId);
        (saved.Entities, saved.Fields).ShouldBe((2_409, 2_409));
        (await database.Scalar<string>("select products || '/' || entities || '/' || fields from change_sets where id = $1", saved.ChangeSetId)).ShouldBe("1205/2409/2409");
        (await database.Scalar<long>("select count(*) from variants where store_id = $1 and price = 11 and pending = '{\"price\": 10.00}'", shop.Store)).ShouldBe(2_409);
        (await database.Scalar<long>("select count(*) from product_summaries where store_id = $1 and sync_state = 1 and min_price = 11", shop.Store)).ShouldBe(1_204 + 1);
    }

    [Fact]
    public async Task A_new_value_keeps_a_conflict_open_and_Shopifys_own_value_closes_it()
    {
        var shop = await Open(database);
        var product = await shop.Product("Jumper");
        await shop.Save(Title(product, "Jumper", "Cardigan"));
        await shop.Run("""
            insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys)
            values ($1, 'product', $2, $2, 'title', '"Jumper"', '"Cardigan"', '"Pullover"')
            """, shop.Store, product);

        await shop.Save(Title(product, "Cardigan", "Jumper"));

        (await database.Scalar<string>("select ours::text || (closed_at is null) from conflicts where entity_id = $1", product)).ShouldBe("\"Jumper\"true");
        (await shop.Pending("products", product)).ShouldBe("{\"title\": \"Jumper\"}");
        (await shop.SyncState(product)).ShouldBe(3);

        await shop.Save(Title(product, "Jumper", "Pullover"));

        (await database.Scalar<string>("select closed_as from conflicts where entity_id = $1", product)).ShouldBe("edited");
        (await shop.Pending("products", product)).ShouldBe("∅");
        (await shop.SyncState(product)).ShouldBe(0);
    }

    [Fact]
    public async Task Stock_can_be_added_to_whatever_is_there()
    {
        var shop = await Open(database);
        var variant = (await shop.Variants(await shop.Product()))[0];
        var level = await database.Scalar<long>("""
            insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available) values ($1, $2, $2, 1, 10) returning id
            """, shop.Store, variant);
        await shop.Save(new FieldEdit("inventory level", level, "available", 10, 15, EditHow.Add));

        (await shop.Save(new FieldEdit("inventory level", level, "available", 10, 12, EditHow.Add))).ShouldBeOfType<SaveOutcome.Saved>();

        (await shop.Value("inventory_levels", level, "available")).ShouldBe("17");
        (await shop.Pending("inventory_levels", level)).ShouldBe("{\"how\": \"add\", \"available\": 10}");
        (await shop.Save(new FieldEdit("inventory level", level, "available", 15, 3))).ShouldBeOfType<SaveOutcome.Stale>();
        await shop.Save(new FieldEdit("inventory level", level, "available", 17, 3));
        (await shop.Pending("inventory_levels", level)).ShouldBe("{\"available\": 10}");
    }

    [Fact]
    public async Task People_who_save_the_same_products_at_once_all_get_through()
    {
        var shop = await Open(database);
        var products = new List<long>();
        for (var i = 0; i < 12; i++)
            products.Add(await shop.Product($"Jumper {i}"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(person => shop.Save($"P{person}", StaleMeans.Refuse, [.. products.Select(product =>
            new FieldEdit("product", product, "tags", new JsonArray(), Texts($"tag {person}")))])));

        foreach (var product in products)
            (await database.Scalar<int>("select cardinality(tags) from products where id = $1", product)).ShouldBe(8);
    }
}
