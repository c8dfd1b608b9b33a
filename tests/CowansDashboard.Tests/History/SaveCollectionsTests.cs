using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Tests.Support;
using static CowansDashboard.Tests.History.EditedShop;

namespace CowansDashboard.Tests.History;

[Trait("Category", "Integration")]
public sealed class SaveCollectionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Red = """{"targetType": "PRODUCTS", "inclusion": {"matchType": "ANY", "selections": [], "conditions": [{"__typename": "CollectionSourceInclusionConditionProductTag", "id": "gid://shopify/C/1", "match": "ANY", "tagRelation": "TAGGED_WITH", "texts": ["red"]}]}}""";

    [Fact]
    public async Task Fields_of_a_collection_wait_are_noted_under_it_and_come_back_by_an_undo()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);

        var saved = await Saved(shop.Save(Edit(collection, "title", "Knits", "Warm knits"), Edit(collection, "sort_order", "MANUAL", "PRICE_ASC"), Edit(collection, "redirect_new_handle", true, false)));

        (await shop.Value("collections", collection, "title") + await shop.Pending("collections", collection)).ShouldBe("\"Warm knits\"{\"title\": \"Knits\", \"sort_order\": \"MANUAL\"}");
        (await shop.Value("collections", collection, "version")).ShouldBe("1");
        var timeline = await new ReadTimeline(database.Source).Read(new TimelineQuery(shop.Store) { CollectionId = collection }, default);
        timeline.Entries.ShouldHaveSingleItem().Lines.Select(line => (line.Field, line.ProductId)).ShouldBe([("title", null), ("sort_order", null), ("redirect_new_handle", null)]);
        (await new PreviewUndo(database.Source).Preview(new(shop.Store, saved.ChangeSetId), 10, default)).Returns.ShouldBe(3);

        await Undo(shop, saved);

        (await shop.Value("collections", collection, "title") + await shop.Pending("collections", collection)).ShouldBe("\"Knits\"∅");
        (await shop.Value("collections", collection, "redirect_new_handle")).ShouldBe("true");
    }

    [Fact]
    public async Task Another_version_or_another_value_than_was_seen_refuses_the_save()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        await Saved(shop.Save(Edit(collection, "title", "Knits", "Bea's")));

        (await shop.Save(Edit(collection, "title", "Knits", "Ann's"))).ShouldBeOfType<SaveOutcome.Stale>().Fields.ShouldHaveSingleItem().Current!.ToString().ShouldBe("Bea's");
        (await shop.Save(new WantedChanges { Fields = [Edit(collection, "seo_title", null, "Knits")], CollectionVersions = new Dictionary<long, int> { [collection] = 0 } }))
            .ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence.ShouldBe("The collection was changed meanwhile: version 1, not 0.");
        await Saved(shop.Save(new WantedChanges { Fields = [Edit(collection, "seo_title", null, "Knits")], CollectionVersions = new Dictionary<long, int> { [collection] = 1 } }));
    }

    [Fact]
    public async Task A_source_that_says_the_same_is_no_edit_and_one_that_returns_keeps_the_ids_of_its_conditions()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        var source = await Source(shop, collection);
        var green = JsonNode.Parse(Red.Replace("red", "green", StringComparison.Ordinal));
        var withoutIds = JsonNode.Parse(Red.Replace("\"id\": \"gid://shopify/C/1\", ", "", StringComparison.Ordinal));

        (await Saved(shop.Save(new FieldEdit("collection source", source, "definition", JsonNode.Parse(Red), withoutIds)))).ChangeSetId.ShouldBe(0);
        await Saved(shop.Save(new FieldEdit("collection source", source, "definition", withoutIds, green)));
        JsonNode.DeepEquals(JsonNode.Parse(await shop.Pending("collection_sources", source)), new JsonObject { ["definition"] = JsonNode.Parse(Red) }).ShouldBeTrue();
        (await shop.Value("collections", collection, "version")).ShouldBe("1");

        await Saved(shop.Save(new FieldEdit("collection source", source, "definition", green, withoutIds)));

        (await shop.Pending("collection_sources", source)).ShouldBe("∅");
        (await shop.Value("collection_sources", source, "definition")).ShouldContain("gid://shopify/C/1");
    }

    [Fact]
    public async Task Sources_and_places_come_and_go_and_an_undo_brings_them_back()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        var source = await Source(shop, collection);
        var (online, pos) = (await Publication(shop, "Online Store"), await Publication(shop, "Point of Sale"));
        var there = await database.Scalar<long>("insert into collection_publications (store_id, collection_id, publication_id, ticket) values ($1, $2, $3, 1) returning id", shop.Store, collection, online);

        var saved = await Saved(shop.Save(new WantedChanges
        {
            Added =
            [
                new("collection source", -1, new JsonObject { ["collection_id"] = collection, ["position"] = 2, ["title"] = "More", ["definition"] = JsonNode.Parse(Red) }),
                new("collection publication", -2, new JsonObject { ["collection_id"] = collection, ["publication_id"] = pos }),
            ],
            Removed = [new("collection source", source), new("collection publication", there)],
        }));

        (saved.Fields, await Marks(collection)).ShouldBe((4, "sources 2-,1 places 2,1"));
        await Undo(shop, saved);
        (await Marks(collection)).ShouldBe("sources 0,1- places 0");
        await database.Scalar<int>("update collection_publications set mark = 2 where id = $1 returning 1", there);
        var back = await Saved(shop.Save(new WantedChanges { Added = [new("collection publication", -1, new JsonObject { ["collection_id"] = collection, ["publication_id"] = online })] }));
        (await Marks(collection), back.Created[-1]).ShouldBe(("sources 0,1- places 0", there));
    }

    [Fact]
    public async Task An_order_waits_beside_the_one_that_both_sides_agreed_on_and_needs_a_collection_that_is_sorted_by_hand()
    {
        var shop = await Open(database);
        var collection = await Collection(shop, "PRICE_ASC");
        var products = await Members(shop, collection, 4);
        var turned = Ids([.. products.Reverse()]);

        (await shop.Save(Edit(collection, "member_order", Ids(products), turned))).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence
            .ShouldBe("The products have an order of their own only while the collection is sorted by hand.");
        // A product came meanwhile: it stays behind those that were ordered.
        var late = (await Members(shop, collection, 1, from: 5))[0];
        var saved = await Saved(shop.Save(Edit(collection, "sort_order", "PRICE_ASC", "MANUAL"), Edit(collection, "member_order", Ids(products), turned.DeepClone())));

        (await shop.Value("collections", collection, "member_order")).ShouldBe($"[{string.Join(", ", products.Reverse())}, {late}]");
        (await shop.Pending("collections", collection)).ShouldBe($$"""{"sort_order": "PRICE_ASC", "member_order": [{{string.Join(", ", products)}}, {{late}}]}""");
        saved.Fields.ShouldBe(2);
        (await shop.Save(Edit(collection, "member_order", Ids(products), Ids(products[1], products[0])))).ShouldBeOfType<SaveOutcome.Stale>();

        var undone = await Undo(shop, saved);

        (undone.Fields, await shop.Value("collections", collection, "member_order"), await shop.Pending("collections", collection)).ShouldBe((2, "∅", "∅"));
    }

    [Fact]
    public async Task Sorting_otherwise_than_by_hand_takes_the_waiting_order_back()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        var products = await Members(shop, collection, 3);
        await Saved(shop.Save(Edit(collection, "member_order", Ids(products), Ids(products[2]))));

        var saved = await Saved(shop.Save(Edit(collection, "sort_order", "MANUAL", "ALPHA_ASC")));

        (saved.Fields, await shop.Value("collections", collection, "member_order"), await shop.Pending("collections", collection)).ShouldBe((2, "∅", "{\"sort_order\": \"MANUAL\"}"));
    }

    [Fact]
    public async Task A_removed_collection_is_published_nowhere_takes_no_edit_and_returns_to_its_places()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        var online = await Publication(shop, "Online Store");
        var there = await database.Scalar<long>("insert into collection_publications (store_id, collection_id, publication_id, ticket) values ($1, $2, $3, 1) returning id", shop.Store, collection, online);

        (await shop.Save(Edit(collection, "removal", null, "exclude"))).ShouldBeOfType<SaveOutcome.Refused>();
        var saved = await Saved(shop.Save(Edit(collection, "removal", null, "delete:24")));

        (saved.Fields, await Marks(collection)).ShouldBe((2, "sources  places 2"));
        (await database.Scalar<int>("select hours from collection_removals where collection_id = $1 and change_set_id = $2 and closed_at is null", collection, saved.ChangeSetId)).ShouldBe(24);
        (await shop.Save(Edit(collection, "title", "Knits", "Other"))).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence.ShouldBe("“Knits” is removed. Restore it first.");
        // Shopify has confirmed it: the place is gone, and comes back as a new row.
        await database.Scalar<long>("delete from collection_publications where id = $1 returning id", there);

        await Undo(shop, saved);

        (await shop.Value("collections", collection, "removal"), await Marks(collection)).ShouldBe(("∅", "sources  places 1"));
        (await database.Scalar<string>("select closed_as from collection_removals where collection_id = $1", collection)).ShouldBe("restored");
    }

    [Fact]
    public async Task A_new_collection_with_source_and_place_is_one_change_set_that_an_undo_takes_away_until_it_is_in_Shopify()
    {
        var shop = await Open(database);
        var online = await Publication(shop, "Online Store");
        var wanted = new WantedChanges
        {
            Added =
            [
                new("collection", -1, new JsonObject { ["title"] = "New", ["sort_order"] = "MANUAL" }),
                new("collection source", -2, new JsonObject { ["collection_id"] = -1, ["title"] = "Red", ["definition"] = JsonNode.Parse(Red) }),
                new("collection publication", -3, new JsonObject { ["collection_id"] = -1, ["publication_id"] = online }),
            ],
        };
        var (first, second) = (await Saved(shop.Save(wanted)), await Saved(shop.Save(wanted)));
        var (one, other) = (first.Created[-1], second.Created[-1]);
        await database.Scalar<long>("update collections set mark = 0, shopify_id = id where id = $1 returning id", other);

        await Undo(shop, first);
        var kept = await new PreviewUndo(database.Source).Preview(new(shop.Store, second.ChangeSetId), 10, default);
        await Undo(shop, second);

        (await Marks(one), await shop.Value("collections", one, "deleted_at") == "∅").ShouldBe(("sources 1- places ", false));
        (await Marks(other), await shop.Value("collections", other, "deleted_at"), kept.Returns).ShouldBe(("sources 1 places 1", "∅", 0));
    }

    [Fact]
    public async Task A_handle_that_another_collection_has_and_a_source_that_cannot_be_are_refused_with_their_reason()
    {
        var shop = await Open(database);
        var (knits, summer, winter) = (await Collection(shop), await Collection(shop, handle: "summer"), await Collection(shop, handle: "winter"));
        var shopify = await database.Scalar<long[]>("select array_agg(shopify_id order by id) from collections where id = any($1)", new[] { knits, summer, winter });
        var source = await Source(shop, knits);

        (await Refused(shop.Save(Edit(summer, "handle", "summer", "knits")))).ShouldBe("“Knits” has the handle “knits” already.");
        (await Refused(Add(new JsonObject { ["title"] = "New", ["handle"] = "winter" }))).ShouldBe("“Knits” has the handle “winter” already.");
        await Saved(shop.Save(Edit(knits, "handle", "knits", "summer"), Edit(summer, "handle", "summer", "knits")));
        (await Refused(Of(knits, SubCollections(shopify[0])))).ShouldBe("A collection cannot hold itself.");
        (await Refused(Of(knits, SubCollections(7)))).ShouldBe("One of the collections that the source names is not in the copy.");
        await Saved(Of(summer, SubCollections(shopify[2])));
        (await Refused(Of(knits, SubCollections(shopify[1])))).ShouldBe("“Knits” holds other collections itself; Shopify nests collections one level deep.");
        (await Refused(Of(winter, SubCollections(shopify[0])))).ShouldBe("This collection is held by “Knits”; Shopify nests collections one level deep.");
        (await Refused(Of(winter, Without(shopify[1])))).ShouldBe("“Knits” holds other collections itself; Shopify nests collections one level deep.");
        await Saved(Of(winter, Without(shopify[0])));
        (await Refused(Of(knits, Without(shopify[2])))).ShouldBe("“Knits” leads back to this collection: collections cannot hold each other in a circle.");
        (await Refused(shop.Save(new FieldEdit("collection source", source, "definition", JsonNode.Parse(Red), Conditions(61))))).ShouldBe("The collection would have 61 conditions; Shopify takes at most 60.");
        (await Refused(shop.Save(new FieldEdit("collection source", source, "definition", JsonNode.Parse(Red), new JsonObject { ["inclusion"] = new JsonObject { ["conditions"] = new JsonArray("red") } })))).ShouldBe("A condition of the source cannot be read.");

        Task<SaveOutcome> Add(JsonObject values) => shop.Save(new WantedChanges { Added = [new("collection", -1, values)] });

        Task<SaveOutcome> Of(long collection, JsonObject definition) => shop.Save(new WantedChanges
        {
            Added = [new("collection source", -1, new JsonObject
            {
                ["collection_id"] = collection, ["title"] = "More", ["definition"] = definition,
                ["source_type"] = definition.ContainsKey("collections") ? SourceChecks.OfCollections : SourceChecks.ByConditions,
            })],
        });

        static JsonObject SubCollections(long id) => new() { ["collections"] = new JsonArray(new JsonObject { ["id"] = $"gid://shopify/Collection/{id}" }) };

        static JsonObject Without(long id) => (JsonObject)JsonNode.Parse($$$"""{"exclusion": {"conditions": [{"__typename": "CollectionSourceExclusionConditionCollection", "match": "ANY", "collections": [{"id": "gid://shopify/Collection/{{{id}}}"}]}]}}""")!;

        static JsonObject Conditions(int count) => new()
        {
            ["inclusion"] = new JsonObject { ["conditions"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => new JsonObject { ["__typename"] = "CollectionSourceInclusionConditionProductTag", ["texts"] = new JsonArray($"t{i}") })]) },
        };
    }

    [Fact]
    public async Task A_collection_is_shown_as_it_was_and_chosen_fields_sources_places_and_products_come_back()
    {
        var shop = await Open(database);
        var collection = await Collection(shop);
        var source = await Source(shop, collection);
        var products = await Members(shop, collection, 3);
        var (online, pos) = (await Publication(shop, "Online Store"), await Publication(shop, "Point of Sale"));
        var there = await database.Scalar<long>("insert into collection_publications (store_id, collection_id, publication_id, ticket) values ($1, $2, $3, 1) returning id", shop.Store, collection, online);
        await Saved(shop.Save(Edit(collection, "title", "Knits", "Warm knits")));
        DateTimeOffset then = await database.Scalar<DateTime>("select clock_timestamp()");
        var member = await database.Scalar<long>("select id from collection_members where collection_id = $1 and product_id = $2", collection, products[2]);
        await Saved(shop.Save(Edit(collection, "member_order", Ids(products), Ids([.. products.Reverse()]))));
        await Saved(shop.Save(new WantedChanges
        {
            Fields = [Edit(collection, "title", "Warm knits", "Cold knits"), Edit(collection, "seo_title", null, "Knits")],
            Added =
            [
                new("collection source", -1, new JsonObject { ["collection_id"] = collection, ["position"] = 2, ["title"] = "More", ["definition"] = JsonNode.Parse(Red) }),
                new("collection publication", -2, new JsonObject { ["collection_id"] = collection, ["publication_id"] = pos }),
            ],
            Removed = [new("collection source", source), new("collection publication", there), new("collection member", member)],
        }));
        await Saved(shop.Save(Edit(collection, "seo_title", "Knits", null)));

        var asOf = (await new ReadCollectionAsOf(database.Source).Read(shop.Store, collection, then, default))!;

        (asOf.IsKnown, (string?)asOf.Then["title"], string.Join(", ", asOf.Places)).ShouldBe((true, "Warm knits", "Online Store"));
        asOf.Sources.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Id.ShouldBe(source), one => SourceMeaning.Same(one.Definition, JsonNode.Parse(Red)).ShouldBeTrue());
        asOf.Differences.Select(one => $"{one.Entity} {one.RowName} {one.Field}").ShouldBe(["collection  member_order", "collection  title", "collection source More created",
            "collection source Red removed", "collection publication Online Store removed", "collection publication Point of Sale created", "collection member Product 3 removed"], ignoreOrder: true);
        var restore = new RestoreCollectionFields(database.Source, shop.Saving);
        (await restore.Restore(shop.Head(), collection, then, [.. asOf.Differences.Where(one => one.Entity != "collection publication").Select(one => new ChosenField(one.Entity, one.EntityId, one.Field))], default))
            .ShouldBeOfType<SaveOutcome.Saved>();

        (await shop.Value("collections", collection, "title"), await Marks(collection)).ShouldBe(("\"Warm knits\"", "sources 0,1- places 2,1"));
        (await database.Scalar<long>("select count(*) from collection_members where collection_id = $1 and mark = 0", collection)).ShouldBe(3);
        (await shop.Pending("collections", collection)).ShouldBe("{\"title\": \"Knits\"}", "the order is Shopify's again");
        (await new ReadCollectionAsOf(database.Source).Read(shop.Store, collection, then, default))!.Differences.Select(one => one.Entity).Distinct().ShouldBe(["collection publication"]);
        (await database.Scalar<string>("select kind from change_sets where store_id = $1 order by id desc limit 1", shop.Store)).ShouldBe("restore");
    }

    private Task<string> Marks(long collection) => database.Scalar<string>("""
        select 'sources ' || coalesce((select string_agg(mark || case when deleted_at is null then '' else '-' end, ',' order by id) from collection_sources where collection_id = $1), '')
            || ' places ' || coalesce((select string_agg(mark::text, ',' order by id) from collection_publications where collection_id = $1), '')
        """, collection);

    private Task<long> Collection(EditedShop shop, string sort = "MANUAL", string handle = "knits") => database.Scalar<long>("""
        insert into collections (store_id, shopify_id, title, handle, sort_order, ticket) values ($1, (random() * 1e12)::bigint, 'Knits', $3, $2, 1) returning id
        """, shop.Store, sort, handle);

    private Task<long> Source(EditedShop shop, long collection) => database.Scalar<long>("""
        insert into collection_sources (store_id, collection_id, gid, position, source_type, title, definition, ticket)
        values ($1, $2, 'gid://shopify/S/1', 1, 'CollectionConditionsSource', 'Red', $3::jsonb, 1) returning id
        """, shop.Store, collection, Red);

    private Task<long> Publication(EditedShop shop, string title) => database.Scalar<long>(
        "insert into publications (store_id, shopify_id, title, auto_publish) values ($1, (random() * 1e12)::bigint, $2, true) returning id", shop.Store, title);

    private async Task<long[]> Members(EditedShop shop, long collection, int count, int from = 1)
    {
        var products = new long[count];
        for (var i = 0; i < count; i++)
        {
            products[i] = await shop.Product($"Product {from + i}");
            await database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position, ticket) values ($1, $2, $3, $4, 1) returning id", shop.Store, collection, products[i], from + i);
        }
        return products;
    }

    private static FieldEdit Edit(long collection, string field, JsonNode? seen, JsonNode? wanted) => new("collection", collection, field, seen, wanted);

    private static JsonArray Ids(params long[] ids) => [.. ids.Select(id => (JsonNode)id)];

    private static async Task<SaveOutcome.Saved> Saved(Task<SaveOutcome> saving) => (await saving).ShouldBeOfType<SaveOutcome.Saved>();

    private static async Task<string> Refused(Task<SaveOutcome> saving) => (await saving).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence;

    private async Task<SaveOutcome.Saved> Undo(EditedShop shop, SaveOutcome.Saved saved) =>
        (await new UndoChanges(database.Source, shop.Saving).Undo(new UndoScope(shop.Store, saved.ChangeSetId), "1", "Ann", null, default)).ShouldBeOfType<SaveOutcome.Saved>();
}
