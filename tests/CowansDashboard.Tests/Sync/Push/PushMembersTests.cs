using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Ordering;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Products that people put into collections and take out: with the collection, in order, before anybody can buy from it, and once.</summary>
[Trait("Category", "Integration")]
public sealed class PushMembersTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_new_hand_picked_collection_is_filled_and_ordered_and_only_then_published()
    {
        await using var collections = await EditedCollections.Start(database, 320);
        var shop = collections.Shop;
        var products = await database.Scalar<long[]>("select array_agg(id order by id) from (select id from products where store_id = $1 and deleted_at is null and shopify_id is not null order by id limit 300) p", shop.Store);
        long[] wanted = [.. products.Take(5).Reverse()];
        var made = await Made(collections, "Picked by hand", wanted);

        var plan = await Plan(collections, made);
        var rows = await shop.Items(plan);
        rows.Select(item => (item.Entity, item.Kind, string.Join('+', item.Fields.Where(field => field.Key is "added" or "member_order").Select(field => $"{field.Key} {field.Value!["new"]!.AsArray().Count}")))).ShouldBe(
        [
            ("collection", PushKind.Create, ""), ("collection", PushKind.Update, "member_order 5"), ("collection source", PushKind.Create, ""),
            ("collection publication", PushKind.Create, ""), (CollectionMembers.Entity, PushKind.Update, "added 5"),
        ], ignoreOrder: true);
        (await shop.Host.Get<ReadPushPlan>().Members(rows.Single(item => item.Entity == CollectionMembers.Entity), CollectionMembers.Added, 2, default)).Count.ShouldBe(2);

        // A product that Shopify does not take: nobody is shown a collection that is not whole.
        var refused = await database.Scalar<long>("select shopify_id from products where id = $1", wanted[2]);
        await shop.Demo.Fault("poison", new { ids = new[] { $"{refused}" }, message = "The product is being migrated." });
        await shop.Push(plan);
        var held = (await shop.Items(plan)).ToDictionary(item => (item.Entity, item.Fields.ContainsKey("member_order")));
        held[("collection", false)].Status.ShouldBe(PushStatus.Done);
        held[(CollectionMembers.Entity, false)].Status.ShouldBe(PushStatus.Refused);
        held[(CollectionMembers.Entity, false)].Outcome!.ShouldContain("The product is being migrated.");
        held[("collection publication", false)].Outcome!.ShouldStartWith("Not published");
        (await shop.Executed("publishablePublish")).ShouldBe(0);
        (await shop.Host.Get<ReadMemberOrder>().Read(shop.Store, made, default)).Now.ShouldBe(wanted);
        (await Told()).ShouldBe(["5 not there"]);

        await shop.Demo.ClearFaults();
        var again = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, plan, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
        await shop.Host.Until(again, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).Where(item => item.Status is not (PushStatus.Done or PushStatus.Skipped)).Select(EditedCollections.Said).ShouldBeEmpty();
        (await shop.Executed("publishablePublish")).ShouldBe(1);
        (await Told()).ShouldBe(["5 there"]);

        if (await database.Scalar<bool>("select member_order is not null from collections where id = $1", made))
            await collections.Push();
        (await Shopifys(collections, made)).ShouldBe(wanted);
        await collections.ShouldAgree();

        // More than one call takes, one taken out, and everything that waits in one plan: each once, with the collection.
        var updates = await shop.Executed("collectionUpdate");
        await Saved(shop.Host.Get<ChangeMembers>().Add(shop.Head(), made, products, default));
        await Saved(shop.Host.Get<ChangeMembers>().Remove(shop.Head(), made, [wanted[0]], default));
        (await shop.Host.Get<ReadPushPlan>().Find(shop.Store, await Plan(collections, made), default))!.Operations.ShouldBe(3);
        var all = await collections.Push();
        all.ShouldHaveSingleItem().Entity.ShouldBe(CollectionMembers.Entity);
        (await shop.Executed("collectionUpdate") - updates).ShouldBe(3);
        (await shop.Executed("productUpdate")).ShouldBe(0);
        (await collections.Members(made)).Length.ShouldBe(299);
        // Of nearly three hundred no page of history knows all.
        (await Told()).ShouldBe(["1 there", "295 not there", "5 there"]);
        await collections.ShouldAgree();

        // With the product alone it goes with the product, and the collection's plan has nothing more.
        await Saved(shop.Host.Get<ChangeMembers>().Add(shop.Head(), made, [wanted[0]], default));
        var late = await Plan(collections, made);
        await shop.Push(await shop.Prepare([wanted[0]]));
        (await shop.Executed("productUpdate")).ShouldBe(1);
        await shop.Push(late);
        (await shop.Items(late)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Skipped);
        (await shop.Executed("collectionUpdate") - updates).ShouldBe(3);
        await collections.ShouldAgree();

        // A condition that waits and is left out: products that are put in are no other definition, and stay when it goes.
        var shirts = await collections.Id("T-Shirts");
        var ofShirts = await collections.Members(shirts);
        long[] picked = [.. products.Except(ofShirts).Take(3)];
        await Saved(shop.Host.Get<ChangeMembers>().Add(shop.Head(), shirts, picked, default));
        var source = (await collections.Sources(shirts)).Single();
        var definition = await collections.Definition(source);
        definition["inclusion"]!["conditions"]![0]!["texts"] = new JsonArray("Mugs");
        await collections.SetDefinition(source, definition);
        var without = await Plan(collections, shirts);
        await shop.Host.Get<AlterPush>().Exclude(shop.Store, without, [(await shop.Items(without)).Single(item => item.Entity == CatalogueFields.Source).Id], excluded: true, default);
        await shop.Push(without);
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", shop.Store)).ShouldBe(0);
        await collections.Push();
        picked.Except(await collections.Members(shirts)).ShouldBeEmpty();
        await collections.ShouldAgree();

        // One that is new itself keeps its collection back until it has come to Shopify.
        var fresh = (await shop.Make(1))[0];
        var waits = await Made(collections, "With a new one", [products[1], fresh]);
        var published = await shop.Executed("publishablePublish");
        var early = await Plan(collections, waits);
        await shop.Push(early);
        (await shop.Items(early)).Single(item => item.Entity == CatalogueFields.CollectionPublication).Outcome!.ShouldStartWith("Not published");
        await shop.Push(await shop.Prepare([fresh]));
        var after = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, early, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
        await shop.Host.Until(after, run => run.Now.Status == RunStatus.Succeeded);
        (await shop.Items(early)).Where(item => item.Status is not (PushStatus.Done or PushStatus.Skipped)).Select(EditedCollections.Said).ShouldBeEmpty();
        (await shop.Executed("publishablePublish") - published).ShouldBe(1);

        // What it costs is told before: a field, an order of three hundred, a place more. How often a job is asked for is nobody's to know.
        var told = new List<(string What, double Forecast, long Spent, int Operations)>();
        await collections.Set("collections", made, "seo_title", "'Seen'");
        told.Add(await Cost("a field", made));
        await collections.Order(made, [.. (await collections.Members(made)).Reverse()]);
        told.Add(await Cost("an order", made));
        await collections.Publish(made);
        told.Add(await Cost("places", made));
        told.Add(await Cost("a new one", await Made(collections, "Another", wanted)));
        told.ShouldAllBe(one => one.Forecast >= one.Operations * MutationCost.Flat && one.Forecast <= one.Spent * 1.4, string.Join("; ", told));

        // Each who is put in or taken out counts in what one person alone may send, also in a plan from before the limit.
        await Saved(shop.Host.Get<ChangeMembers>().Remove(shop.Head(), made, products[10..15], default));
        var many = await Plan(collections, made);
        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { MostPushed = 3 }, PullHost.Ann, default);
        (await shop.Host.Get<StartPush>().Start(shop.Store, many, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>();
        (await shop.Plan(many)).WaitsForApproval.ShouldBeTrue();
        (await shop.Plan(await Plan(collections, made))).WaitsForApproval.ShouldBeTrue();

        // What history says of who was put in and taken out, the last first.
        async Task<IEnumerable<string>> Told()
        {
            var page = await new ReadTimeline(database.Source).Read(new TimelineQuery(shop.Store) { CollectionId = made, Take = 30 }, default);
            var arrivals = await new ReadArrivals(database.Source).Read(shop.Store, made, page.Entries, default);
            return [.. page.Entries.Where(entry => entry.Set.Kind != ChangeSetKind.Remote && entry.Lines.Any(line => line.Entity == CatalogueFields.Member))
                .Select(entry => $"{entry.Fields} {(arrivals.ContainsKey(entry.Set.Id) ? "there" : "not there")}")];
        }

        async Task<(string, double, long, int)> Cost(string what, long collection)
        {
            var plan = (await shop.Host.Get<ReadPushPlan>().Find(shop.Store, await Plan(collections, collection), default))!;
            var run = await shop.Push(plan.Id);
            (await shop.Items(plan.Id)).Where(item => item.Status != PushStatus.Done).Select(EditedCollections.Said).ShouldBeEmpty();
            return ($"{what} ({plan.Operations} + {plan.Looks} calls, {run.Now.Counters.Calls})", plan.Points, run.Now.Counters.PointsSpent, plan.Operations);
        }
    }

    [Fact]
    public async Task The_order_of_a_new_hand_picked_collection_goes_with_the_push_that_makes_it()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var products = await database.Scalar<long[]>("select array_agg(id order by id) from (select id from products where store_id = $1 and deleted_at is null and shopify_id is not null order by id limit 5) p", shop.Store);
        long[] wanted = [products[4], products[0], products[2], products[1], products[3]];
        var made = await Made(collections, "Ordered by hand", wanted);
        var plan = await Plan(collections, made);

        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done || item.Outcome is not null).Select(EditedCollections.Said).ShouldBeEmpty();
        (await Shopifys(collections, made)).ShouldBe(wanted);
        (await database.Scalar<bool>("select member_order is null and pending is null from collections where id = $1", made)).ShouldBeTrue("nothing waits any more");

        // By itself a product joins too, and then the collection here is as it is there, without a pull.
        var late = await database.Scalar<long>("select max(id) from products where store_id = $1 and deleted_at is null and shopify_id is not null", shop.Store);
        await Saved(shop.Host.Get<ChangeMembers>().Add(shop.Head(), made, [late], default));
        await shop.Push(await shop.Prepare([late]));
        (await database.Scalar<long[]>("select array_agg(product_id order by position) from collection_members where collection_id = $1 and mark = 0", made)).ShouldBe(await Shopifys(collections, made));
        (await database.Scalar<int>("select jsonb_array_length(definition #> '{inclusion,selections}') from collection_sources where collection_id = $1", made)).ShouldBe(6);

        // Who is put in after the order was changed goes last, there as here.
        var last = await database.Scalar<long>("select max(id) from products where store_id = $1 and deleted_at is null and shopify_id is not null and id <> $2", shop.Store, late);
        long[] again = [late, .. wanted.Reverse()];
        await collections.Order(made, again);
        await Saved(shop.Host.Get<ChangeMembers>().Add(shop.Head(), made, [last], default));
        await shop.Push(await Plan(collections, made));
        (await Shopifys(collections, made)).ShouldBe([.. again, last]);
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task A_kept_order_that_was_not_sent_in_its_night_goes_in_the_next_one()
    {
        await using var collections = await EditedCollections.Start(database, 60);
        var shop = collections.Shop;
        var home = await collections.Id("Home page");
        var (read, save) = (new ReadOrderRule(database.Source), new SaveOrderRule(database.Source));
        (await save.Save(shop.Store, home, new OrderRule(SortedBy.Price, [], SoldOutLast: false) { IsKept = true, Sends = true }, PullHost.Ann, default)).ShouldBeNull();
        var apply = new ApplyOrderRule(read, new SaveChangeSet(database.Source));
        var night = new OrderCollectionsAgain(new ListKeptOrders(database.Source), apply, new NoteOrderRun(database.Source),
            new SendKeptCollections(shop.Host.Get<PreparePush>(), shop.Host.Get<StartPush>(), shop.Host.Get<ReadPushPlan>()));
        // As a night that was cut off between ordering and sending.
        (await apply.Apply(shop.Store, home, PullHost.Ann, default)).ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId.ShouldBeGreaterThan(0);
        var wanted = (await read.Read(shop.Store, home, null, default))!.Now;

        var result = await night.Perform(shop.Store, default);

        result.ShouldBe(new RecurringResult(true, "Everything stands in its order. A push sends 1 order that was not sent before."));
        await Patience.Until(() => database.Scalar<bool>("select member_order is null and pending is null from collections where id = $1", home));
        (await Shopifys(collections, home)).ShouldBe(wanted);
        (await night.Perform(shop.Store, default)).Said.ShouldBe("Everything stands in its order.");
    }

    /// <summary>As the page for a new collection leaves it: a source that nobody has filled, products picked by hand, their order, a place.</summary>
    private static async Task<long> Made(EditedCollections collections, string title, long[] products)
    {
        var shop = collections.Shop;
        var place = (await shop.Places())[0];
        var made = await Saved(shop.Host.Get<CreateCollection>().Create(shop.Head(), new NewCollection(new JsonObject { ["title"] = title, ["sort_order"] = "MANUAL" })
        {
            Sources = [("Products", new WantedSource.Defined(EditedCollections.Json("""{"targetType": "PRODUCTS", "inclusion": {"matchType": "ALL", "conditions": [], "selections": []}}""")))],
            PublicationIds = [place],
        }, default)!);
        var id = made.Created[CreateCollection.Key];
        await Saved(shop.Host.Get<SaveChangeSet>().Save(shop.Head(), new WantedChanges
        {
            Added = [.. products.Order().Select((product, i) => new NewRow(CatalogueFields.Member, -1 - i, new JsonObject { ["collection_id"] = id, ["product_id"] = product, ["position"] = 1 + i }))],
        }, StaleMeans.Refuse, default)!);
        await Saved(shop.Host.Get<SaveChangeSet>().Save(shop.Head(), new WantedChanges
        {
            Fields = [new FieldEdit(CatalogueFields.Collection, id, MemberOrder.Field, new JsonArray([.. products.Order().Select(one => (JsonNode)one)]), new JsonArray([.. products.Select(one => (JsonNode)one)]))],
        }, StaleMeans.Refuse, default)!);
        return id;
    }

    private static async Task<SaveOutcome.Saved> Saved<T>(Task<T> save) where T : SaveOutcome? => (await save).ShouldBeOfType<SaveOutcome.Saved>();

    private static async Task<long> Plan(EditedCollections collections, long collection) =>
        (await collections.Shop.Host.Get<PreparePush>().Prepare(new PushRequest(collections.Shop.Store, "Collection", PullHost.Ann) { CollectionIds = [collection] }, default))
            .ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;

    /// <summary>Our ids of the members as Shopify orders them.</summary>
    private async Task<long[]> Shopifys(EditedCollections collections, long collection)
    {
        var id = $"{await collections.ShopifyId(collection)}";
        var members = (await collections.Shop.Demo.State("collection-members")).Where(row => row.GetProperty("collectionId").GetString() == id)
            .OrderBy(row => row.GetProperty("position").GetInt32()).Select(row => long.Parse(row.GetProperty("productId").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return await database.Scalar<long[]>("select array_agg(p.id order by m.place) from unnest($2::bigint[]) with ordinality m (id, place) join products p on p.store_id = $1 and p.shopify_id = m.id", collections.Shop.Store, members);
    }
}
