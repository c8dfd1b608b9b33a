using CowansDashboard.Collections;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using System.Text.Json.Nodes;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Collections of every kind, made, edited, ordered, published and deleted by the same plans as products.</summary>
[Trait("Category", "Integration")]
public sealed class PushCollectionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Collections_of_every_kind_are_made_edited_published_and_deleted_and_both_sides_agree()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        await EveryKind(collections);
        await shop.Host.Pull(shop.Store);
        var source = (await collections.Sources(await collections.Id("Every kind"))).Single();
        var everyKind = await collections.Definition(source);

        // Made here: by conditions of every kind, picked, mixed, of sub-collections.
        var conditions = await collections.Make("Made by conditions", Nameless(everyKind));
        var picked = await collections.Make("Made by hand", EditedCollections.Picked(await collections.Products(5)));
        var (dogs, cats) = (await collections.ShopifyId(await collections.Id("Dogs")), await collections.ShopifyId(await collections.Id("Cats")));
        var pets = await collections.Make("Made of others", EditedCollections.Json($$"""
            {"__typename": "CollectionSubCollectionsSource", "title": "Pets", "collections": [{"id": "gid://shopify/Collection/{{dogs}}"}, {"id": "gid://shopify/Collection/{{cats}}"}]}
            """));
        var mixed = await collections.Make("Made both ways", EditedCollections.Picked(await collections.Products(3)), Tagged("sale", "AW24"));
        await collections.Publish(picked);
        var made = await collections.Push();
        made.Count(item => item is { Entity: "collection", Kind: PushKind.Create }).ShouldBe(4);
        made.ShouldContain(item => item.CollectionId == picked && item.Product == "Made by hand");
        SourceMeaning.Same(await collections.Definition((await collections.Sources(conditions)).Single()), everyKind).ShouldBeTrue("every condition arrived as it was written");
        (await collections.Members(picked)).Length.ShouldBe(5);
        (await collections.Members(mixed)).Length.ShouldBeGreaterThanOrEqualTo(3);
        await collections.ShouldAgree();

        // Every field, and what sources say.
        await EditFields(collections, picked);
        var both = await collections.Sources(mixed);
        await collections.SetDefinition(both[0], EditedCollections.Picked([.. (await collections.Products(6)).Skip(2)], await collections.Definition(both[0])));
        var tagged = await collections.Definition(both[1]);
        tagged["inclusion"]!["matchType"] = "ALL";
        tagged["inclusion"]!["conditions"]!.AsArray()[0]!["texts"] = new JsonArray("sale", "vegan");
        tagged["inclusion"]!["conditions"]!.AsArray().Add(EditedCollections.Json("""
            {"__typename": "CollectionSourceInclusionConditionProductVendor", "vendorRelation": "NOT_EQUALS", "match": "ALL", "texts": ["Nordlicht"]}
            """));
        tagged["exclusion"] = EditedCollections.Json("""
            {"matchType": "ANY", "selections": [], "conditions": [{"__typename": "CollectionSourceExclusionConditionProductType", "typeRelation": "EQUALS", "match": "ANY", "texts": ["Mugs"]}]}
            """);
        await collections.SetDefinition(both[1], tagged);
        await collections.Set("collection_sources", both[1], "title", "'Called otherwise'");
        var others = (await collections.Sources(pets)).Single();
        var fewer = await collections.Definition(others);
        fewer["collections"]!.AsArray().RemoveAt(0);
        await collections.SetDefinition(others, fewer);
        await collections.Remove("collection_sources", "collection_id = $1", conditions);
        await collections.AddSource(conditions, Tagged("gift idea"));
        await collections.Remove("collection_publications", "collection_id = $1 and publication_id = (select min(publication_id) from collection_publications where collection_id = $1)", picked);
        var edited = await collections.Push();
        edited.ShouldContain(item => item.Entity == "collection publication" && item.Kind == PushKind.Remove);
        (await collections.Sources(conditions)).Length.ShouldBe(1);
        (await database.Scalar<string>("select concat_ws('|', title, handle, seo_title, sort_order, template_suffix, image_alt) from collections where id = $1", picked))
            .ShouldBe("Called otherwise|called-otherwise|Engines|ALPHA_DESC|campaign|A picture");
        await collections.ShouldAgree();

        await collections.Remove("collections", "id = $1", pets);
        (await collections.Push()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(item => item.Kind.ShouldBe(PushKind.Remove), item => item.Product.ShouldBe("Made of others"));
        (await database.Scalar<bool>("select deleted_at is not null from collections where id = $1", pets)).ShouldBeTrue();
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task Six_hundred_products_are_picked_in_steps_and_reversed_by_the_fewest_calls()
    {
        await using var collections = await EditedCollections.Start(database, 620);
        var shop = collections.Shop;
        var collection = await collections.Make("Six hundred", EditedCollections.Picked(await collections.Products(600)));
        var made = await collections.Push();
        made.Count.ShouldBe(2);
        var members = await collections.Members(collection);
        members.Length.ShouldBe(600);
        (await shop.Executed("collectionUpdate")).ShouldBe(2, "250 selections in one call");

        long[] reversed = [.. members.Reverse()];
        await collections.Order(collection, reversed);
        var plan = await shop.Plan(await collections.Prepare());
        plan.Operations.ShouldBe(3);
        await shop.Push(plan.Id);

        (await shop.Items(plan.Id)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Done);
        (await collections.Members(collection)).ShouldBe(reversed);
        (await shop.Executed("collectionReorderProducts")).ShouldBe(3);
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task One_of_three_that_Shopify_refuses_says_why_in_its_words_and_goes_when_it_is_tried_again()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        foreach (var title in new[] { "Dogs", "Cats", "Sale" })
            await collections.Set("collections", await collections.Id(title), "description_html", "'<p>Edited</p>'");
        var cats = await collections.ShopifyId(await collections.Id("Cats"));
        await shop.Demo.Fault("poison", new { ids = new[] { $"{cats}" }, message = "The collection is being migrated." });
        var plan = await collections.Prepare();
        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.Count(item => item.Status == PushStatus.Done).ShouldBe(2);
        var refused = items.Single(item => item.Status != PushStatus.Done);
        (refused.Product, refused.Status, refused.Outcome).ShouldBe(("Cats", PushStatus.Refused, "The collection is being migrated."));
        (await shop.Plan(plan)).Failed.ShouldBe(1);

        await shop.Demo.ClearFaults();
        var again = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
        await shop.Host.Until(again, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(EditedCollections.Said).ShouldBeEmpty();
        (await shop.Executed("collectionUpdate")).ShouldBe(3);
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task What_was_changed_in_the_shop_without_a_word_is_a_conflict_and_not_written_over_and_the_rest_goes()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var home = await collections.Id("Home page");
        await collections.Set("collections", home, "title", "'Ours'");
        await collections.Set("collections", home, "description_html", "'<p>Ours</p>'");
        var members = await collections.Members(home);
        await collections.Order(home, [.. members.Reverse()]);
        var source = (await collections.Sources(home)).Single();
        var definition = await collections.Definition(source);
        var held = definition["inclusion"]!["selections"]!.AsArray().Select(one => (string)one!["product"]!["id"]!).ToArray();
        await collections.SetDefinition(source, EditedCollections.Picked([.. held, (await collections.Products(60)).Except(held).First()], definition));
        var plan = await collections.Prepare();

        var gid = $"gid://shopify/Collection/{await collections.ShopifyId(home)}";
        await shop.Demo.Edit("collection", gid, new { title = "Theirs" }, touch: false);
        var last = await database.Scalar<long>("select shopify_id from products where id = $1", members[^1]);
        await collections.Done(Mutations.CollectionReorderProducts(CowansDashboard.Shopify.ShopifyId.Parse(gid), [new JsonObject { ["id"] = $"gid://shopify/Product/{last}", ["newPosition"] = "1" }]));
        await Patience.Until(async () => (await shop.Demo.State("collection-members")).Any(row => $"gid://shopify/Collection/{row.GetProperty("collectionId").GetString()}" == gid
            && row.GetProperty("position").GetInt32() == 2 && row.GetProperty("productId").GetString() == $"{last}"));
        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.Where(item => item.Entity == "collection").Select(item => (item.Status, item.Outcome)).ShouldBe(
            [(PushStatus.Conflict, $"1 of 2 values are in Shopify. title: {PushDecision.InConflict}"), (PushStatus.Conflict, PushDecision.InConflict)], ignoreOrder: true);
        items.Single(item => item.Entity == "collection source").Status.ShouldBe(PushStatus.Done);
        (await database.Scalar<string[]>("select array_agg(field order by field) from conflicts where store_id = $1 and closed_at is null", shop.Store)).ShouldBe(["member_order", "title"]);
        var row = (await shop.Demo.State("collections")).Single(one => $"gid://shopify/Collection/{one.GetProperty("id").GetString()}" == gid);
        (row.GetProperty("title").GetString(), row.GetProperty("descriptionHtml").GetString()).ShouldBe(("Theirs", "<p>Ours</p>"));
        (await shop.Executed("collectionReorderProducts")).ShouldBe(1, "theirs");
    }

    [Fact]
    public async Task What_cannot_go_is_refused_with_the_reason_before_any_call()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var dogs = await collections.Id("Dogs");
        await collections.Order(dogs, [.. (await collections.Members(dogs)).Reverse()]);
        var source = (await collections.Sources(await collections.Id("Sale"))).Single();
        var unknown = await collections.Definition(source);
        unknown["inclusion"]!["conditions"]!.AsArray().Add(EditedCollections.Json("""{"__typename": "CollectionSourceInclusionConditionUnknown", "unknownRelation": "EQUALS"}"""));
        await collections.SetDefinition(source, unknown);
        var asked = await shop.Asked();

        var items = await shop.Items(await collections.Prepare());

        items.ShouldAllBe(item => item.Status == PushStatus.Refused);
        items.Select(item => item.Outcome).ShouldBe(
            ["The collection is not sorted by hand; only such a one has an order that can be sent.", "It holds a condition that this version of the dashboard cannot write. Change it in Shopify, or leave it as it is."], ignoreOrder: true);
        (await shop.Asked()).ShouldBe(asked);
    }

    [Fact]
    public async Task One_that_Shopify_sorted_itself_is_ordered_by_hand_whatever_its_order_has_become_meanwhile()
    {
        await using var collections = await EditedCollections.Start(database, 300);
        var shirts = await collections.Id("T-Shirts");
        var members = await collections.Members(shirts);
        members.Length.ShouldBeGreaterThan(10);
        await collections.Set("collections", shirts, "sort_order", "'MANUAL'");
        await collections.Order(shirts, [.. members.Reverse()]);
        // Prices moved since: when it was ordered here Shopify showed another order.
        await database.Scalar<long>("with e as (update collections set pending = jsonb_set(pending, '{member_order}', to_jsonb($2::bigint[])) where id = $1 returning 1) select count(*) from e",
            shirts, (long[])[.. members.Skip(1), members[0]]);

        await collections.Push();

        (await collections.Members(shirts)).ShouldBe(members.Reverse());
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task An_order_that_was_taken_back_while_it_was_to_be_sent_and_was_not_sent_waits_no_longer()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var home = await collections.Id("Home page");
        await collections.Order(home, [.. (await collections.Members(home)).Reverse()]);
        var plan = await collections.Prepare();
        var item = await database.Scalar<long>("""
            with i as (select id from push_items where plan_id = $2 and entity = 'collection'),
            s as (
                insert into sent_fields (store_id, entity, entity_id, field, value, push_item_id)
                select c.store_id, 'collection', c.id, 'member_order', to_jsonb(c.member_order), i.id from collections c, i where c.id = $1),
            e as (update collections set member_order = array(select jsonb_array_elements_text(pending -> 'member_order')::bigint) where id = $1)
            select id from i
            """, home, plan);

        await using var connection = await database.Source.OpenConnectionAsync();
        await PushItems.Forget(connection, [item], default);

        await collections.ShouldAgree();
    }

    [Fact]
    public async Task A_place_that_is_heard_of_after_the_deletion_is_taken_back_too_and_kept_when_it_is_restored()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var dogs = await collections.Id("Dogs");
        await collections.Publish(dogs);
        await collections.Push();
        var late = await database.Scalar<long>("with e as (delete from collection_publications where id = (select max(id) from collection_publications where collection_id = $1) returning publication_id) select publication_id from e", dogs);
        (await shop.Host.Get<DeleteCollections>().Delete(shop.Head(), [dogs], 24, null, default)).ShouldBeOfType<SaveOutcome.Saved>();
        await database.Scalar<long>("with e as (delete from collection_publication_reads where store_id = $1 returning 1) select count(*) from e", shop.Store);

        await shop.Host.Pull(shop.Store);

        (await Mark(dogs, late)).ShouldBe((short)2);
        await shop.Host.Get<SaveChangeSet>().Save(shop.Head(), new WantedChanges { Fields = [new FieldEdit(CatalogueFields.Collection, dogs, Removal.Field, new Removal(24).Text, null)] }, StaleMeans.Refuse, default);
        (await Mark(dogs, late)).ShouldBe((short)0);
    }

    [Fact]
    public async Task Places_that_are_taken_back_and_restored_while_they_are_under_way_wait_for_the_next_push()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var picked = await collections.Make("Made by hand", EditedCollections.Picked(await collections.Products(2)));
        await collections.Push();
        await collections.Publish(picked);
        var plan = await collections.Prepare();
        var place = await database.Scalar<long>("select min(publication_id) from collection_publications where collection_id = $1 and mark = 1", picked);
        await database.Scalar<long>("with e as (update push_items set status = 'sent' where plan_id = $1 returning 1) select count(*) from e", plan);

        var taken = (await shop.Host.Get<PublishCollection>().TakeBack(shop.Head(), picked, [place], default)).ShouldBeOfType<SaveOutcome.Saved>();
        (await Mark(picked, place)).ShouldBe((short)2, "Shopify may show it by now");

        var row = await database.Scalar<long>("select entity_id from changes where change_set_id = $1", taken.ChangeSetId);
        await shop.Host.Get<SaveChangeSet>().Save(shop.Head(), new WantedChanges { Returned = [new RowRef(CatalogueFields.CollectionPublication, row)] }, StaleMeans.Refuse, default);
        (await Mark(picked, place)).ShouldBe((short)1, "Shopify may show it no longer");
    }

    private Task<short> Mark(long collection, long place) =>
        database.Scalar<short>("select mark from collection_publications where collection_id = $1 and publication_id = $2", collection, place);

    private static async Task EditFields(EditedCollections collections, long collection)
    {
        foreach (var (column, value) in new[]
        {
            ("title", "'Called otherwise'"), ("handle", "'called-otherwise'"), ("description_html", "'<p>Otherwise</p>'"), ("seo_title", "'Engines'"), ("seo_description", "'For engines'"),
            ("sort_order", "'ALPHA_DESC'"), ("template_suffix", "'campaign'"), ("image_url", "'https://example.com/picture.jpg'"), ("image_alt", "'A picture'"),
        })
            await collections.Set("collections", collection, column, value);
    }

    private static JsonObject Tagged(params string[] tags) => EditedCollections.Json($$$"""
        {"__typename": "CollectionConditionsSource", "title": "Tagged", "targetType": "PRODUCTS", "inclusion": {"matchType": "ANY", "selections": [], "conditions": [
            {"__typename": "CollectionSourceInclusionConditionProductTag", "tagRelation": "TAGGED_WITH", "match": "ANY", "texts": [{{{string.Join(", ", tags.Select(tag => $"\"{tag}\""))}}}]}]}}
        """);

    private static JsonObject Nameless(JsonObject definition)
    {
        var source = (JsonObject)definition.DeepClone();
        source.Remove("id");
        foreach (var side in new[] { "inclusion", "exclusion" })
            foreach (var condition in source[side]!["conditions"]!.AsArray())
                condition!.AsObject().Remove("id");
        return source;
    }

    /// <summary>Somebody makes a collection with a condition of every kind in Shopify.</summary>
    private async Task EveryKind(EditedCollections collections)
    {
        foreach (var (key, type) in new[] { ("object_0", "metaobject_reference"), ("object_1", "list.metaobject_reference") })
            await collections.Done(Mutations.MetafieldDefinitionCreate(new() { ["name"] = key, ["namespace"] = "custom", ["key"] = key, ["type"] = type, ["ownerType"] = "PRODUCT" }));
        var products = await collections.Products(2);
        var home = await collections.ShopifyId(await collections.Id("Home page"));
        await collections.Create(EditedCollections.Json($$$"""
            {"title": "Every kind", "sources": [{"source": {"title": "Conditions",
              "inclusion": {"matchType": "ANY", "selections": [{"productId": "{{{products[0]}}}"}], "conditions": [
                {"productTag": {"relation": "TAGGED_WITH", "matchType": "ANY", "values": ["sale"]}},
                {"productTitle": {"relation": "CONTAINS", "matchType": "ANY", "values": ["shirt"]}},
                {"productType": {"relation": "EQUALS", "matchType": "ANY", "values": ["Mugs"]}},
                {"productVendor": {"relation": "EQUALS", "matchType": "ANY", "values": ["Nordlicht"]}},
                {"productCategory": {"relation": "EQUALS", "matchType": "ANY", "values": [{"categoryId": "gid://shopify/TaxonomyCategory/aa", "includeDescendants": true}]}},
                {"productStatus": {"relation": "EQUALS", "matchType": "ANY", "values": ["DRAFT"]}},
                {"variantTitle": {"relation": "STARTS_WITH", "matchType": "ANY", "values": ["Red"]}},
                {"variantPrice": {"relation": "LESS_THAN", "value": {"amount": "5.00", "currencyCode": "USD"} } },
                {"variantCompareAtPrice": {"relation": "IS_SET"}},
                {"variantInventory": {"relation": "LESS_THAN", "value": 0}},
                {"variantWeight": {"relation": "GREATER_THAN", "value": {"value": 2, "unit": "KILOGRAMS"} } },
                {"metafieldBoolean": {"definitionId": "gid://shopify/MetafieldDefinition/4400000004", "relation": "EQUALS", "value": true}},
                {"metafieldInteger": {"definitionId": "gid://shopify/MetafieldDefinition/4400001001", "relation": "GREATER_THAN", "value": 800}},
                {"metafieldDecimal": {"definitionId": "gid://shopify/MetafieldDefinition/4400000003", "relation": "LESS_THAN", "value": "1.5"}},
                {"metafieldString": {"definitionId": "gid://shopify/MetafieldDefinition/4400000000", "relation": "EQUALS", "matchType": "ANY", "values": ["Cotton"]}},
                {"metafieldStringList": {"definitionId": "gid://shopify/MetafieldDefinition/4400000014", "relation": "INCLUDES", "matchType": "ANY", "values": ["washable"]}},
                {"metafieldMetaobject": {"definitionId": "gid://shopify/MetafieldDefinition/4400000018", "relation": "EQUALS", "value": "gid://shopify/Metaobject/1"}},
                {"metafieldMetaobjectList": {"definitionId": "gid://shopify/MetafieldDefinition/4400000019", "relation": "INCLUDES", "matchType": "ANY", "values": ["gid://shopify/Metaobject/1"]}}]},
              "exclusion": {"matchType": "ANY", "selections": [{"productId": "{{{products[1]}}}"}], "conditions": [
                {"productTag": {"relation": "TAGGED_WITH", "matchType": "ANY", "values": ["old"]}},
                {"productType": {"relation": "CONTAINS", "matchType": "ANY", "values": ["voucher"]}},
                {"productVendor": {"relation": "EQUALS", "matchType": "ANY", "values": ["Nobody"]}},
                {"productCategory": {"relation": "EQUALS", "matchType": "ANY", "values": [{"categoryId": "gid://shopify/TaxonomyCategory/ap"}]}},
                {"collection": {"values": ["gid://shopify/Collection/{{{home}}}"]}} ]} } } ]}
            """));
    }
}
