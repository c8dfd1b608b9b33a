using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Search;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Schedules;

/// <summary>Schedules beside a demo store: what they set goes there by itself, and what is changed there meanwhile is not lost.</summary>
[Trait("Category", "Integration")]
public sealed class ScheduledPushTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_sale_goes_to_Shopify_by_itself_and_back_and_nothing_else_that_waits_goes_with_it()
    {
        await using var shop = await Sold.Open(database);
        var product = await shop.Product();
        await shop.Save(new FieldEdit("product", product, "vendor", await shop.Json("products", product, "vendor"), "Unfinished"));
        var variant = await database.Scalar<long>("select id from variants where product_id = $1 and deleted_at is null", product);
        var policy = await shop.Json("variants", variant, "inventory_policy");
        await shop.Save(new FieldEdit("variant", variant, "inventory_policy", policy, policy == "DENY" ? "CONTINUE" : "DENY"));
        var before = await shop.There(product);
        var sale = await shop.Schedule(-20, 1, 5, sends: true, product);

        await shop.Pass(1);

        var begun = (await shop.Find(sale))!;
        begun.State.ShouldBe(ScheduleState.Active);
        await shop.Sent(begun.StartPlan!.Value);
        (await shop.There(product)).ShouldBe([.. before.Select(price => decimal.Round(price * 0.8m, 2, MidpointRounding.AwayFromZero))]);
        (await shop.Host.Get<ReadPushPlan>().Items(begun.StartPlan.Value, null, null, 1_000, default)).ShouldAllBe(item => item.Entity == "variant" && item.Fields.Count == 1 && item.Status == PushStatus.Done);
        (await database.Scalar<bool>("select pending ? 'vendor' from products where id = $1", product)).ShouldBeTrue("somebody is still at it");
        (await database.Scalar<bool>("select pending ? 'inventory_policy' from variants where id = $1", variant)).ShouldBeTrue("and at the variant itself");

        await shop.Pass(4);

        var over = (await shop.Find(sale))!;
        await shop.Sent(over.EndPlan!.Value);
        (await shop.There(product)).ShouldBe(before);
        (await database.Scalar<long>("select count(*) from variants where product_id = $1 and pending ? 'price'", product)).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from push_plans where store_id = $1", shop.Store)).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_changed_in_Shopify_during_a_sale_stays_after_it_or_is_a_conflict()
    {
        await using var shop = await Sold.Open(database);
        long[] products = [await shop.Product(0), await shop.Product(1)];
        var (sent, unsent) = (await shop.Schedule(-20, 1, 5, sends: true, products[0]), await shop.Schedule(-20, 1, 5, sends: false, products[1]));
        var was = await shop.Price(products[1]);
        await shop.Pass(1);
        await shop.Sent((await shop.Find(sent))!.StartPlan!.Value);

        await shop.SetThere(products[0], "77.00");
        await shop.SetThere(products[1], "78.00");
        await shop.PullChanges();
        await shop.Pass(4);

        (await shop.Price(products[0])).ShouldBe(77.00m);
        (await shop.Find(sent))!.Lifted.ShouldBe(1);
        (await shop.Price(products[1])).ShouldBe(was);
        (await database.Scalar<string>("select round((ours #>> '{}')::numeric, 2) || ' ' || round((shopifys #>> '{}')::numeric, 2) from conflicts where store_id = $1 and closed_at is null", shop.Store))
            .ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{was} 78.00"), "the foreign price is not lost");
        (await shop.There(products[1]))[0].ShouldBe(78.00m);
        (await shop.Find(unsent))!.State.ShouldBe(ScheduleState.Done);
    }

    [Fact]
    public async Task Sending_that_was_decided_while_it_ran_waits_for_a_second_person_above_the_limit_and_the_values_return_here_all_the_same()
    {
        await using var shop = await Sold.Open(database);
        await new SaveGuardLimits(database.Source).Save(shop.Store, new() { MostPushed = 1 }, RunsOfTests.Ann, default);
        long[] products = [await shop.Product(0), await shop.Product(1)];
        var (before, was) = (await shop.There(products[1]), await shop.Price(products[1]));
        var sale = await shop.Schedule(-20, 1, 5, sends: false, products);
        await shop.Pass(1);
        foreach (var product in products)
            await shop.Push(product);
        (await shop.There(products[1])).ShouldNotBe(before);

        await shop.SendFromNowOn(sale, 4);
        (await shop.Find(sale))!.EndWaitsForApproval.ShouldBeTrue();
        (await shop.Awaited()).ShouldHaveSingleItem().PreviewId.ShouldBe((await shop.Find(sale))!.PreviewId);
        await shop.Pass(4);

        var over = (await shop.Find(sale))!;
        (await shop.Awaited()).ShouldBeEmpty("its push plan waits now");
        (over.State, await shop.Price(products[1])).ShouldBe((ScheduleState.Done, was));
        over.EndSaid!.ShouldEndWith("Not sent yet: a second person has to approve the push plan.");
        var plan = (await shop.Host.Get<ReadPushPlan>().Find(shop.Store, over.EndPlan!.Value, default))!;
        (plan.Products, plan.WaitsForApproval, plan.RunId, plan.MadeBy).ShouldBe((2, true, null, RunsOfTests.Ann.Name));
        (await shop.There(products[1])).ShouldNotBe(before);
        (await shop.Host.Get<ApprovePush>().Approve(shop.Store, plan.Id, plan.Hash, RunsOfTests.Ann, default)).ShouldBeOfType<ApprovePushOutcome.OwnPlan>();
        (await shop.Host.Get<StartPush>().Start(shop.Store, plan.Id, plan.Hash, RunsOfTests.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>();
        (await shop.Host.Get<ApprovePush>().Approve(shop.Store, plan.Id, plan.Hash, new AskedBy("8", "Bea"), default)).ShouldBeOfType<ApprovePushOutcome.Approved>();
        (await shop.Host.Get<StartPush>().Start(shop.Store, plan.Id, plan.Hash, RunsOfTests.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
        await shop.Sent(plan.Id);
        (await shop.There(products[1])).ShouldBe(before);
    }

    [Fact]
    public async Task A_collection_is_launched_in_the_shop_by_itself_and_goes_back_when_it_is_ended_early()
    {
        await using var shop = await Sold.Open(database);
        var collection = await shop.Arranged();
        var (source, place) = (await shop.Source(collection), await shop.Publication(collection));
        var (before, order) = (await shop.Json("collection_sources", source, "definition::text"), await shop.Members(collection));
        var picked = await shop.Arranged("Picked");
        var other = await database.Scalar<long>("select id from products p where store_id = $1 and not exists (select from collection_members m where m.collection_id = $2 and m.product_id = p.id) order by id limit 1", shop.Store, picked);
        NewRow Put(long into) => new("collection member", -1, new JsonObject { ["collection_id"] = into, ["product_id"] = other, ["position"] = 99 });
        await shop.Save(new FieldEdit("collection", collection, "seo_title", null, "Unfinished"));
        var launch = await shop.ScheduleCollection(collection, 1, 50, new()
        {
            Fields =
            [
                new("collection", collection, "title", "Arranged", "Arranged for summer"), new("collection source", source, "definition", JsonNode.Parse(before), Sold.Excluding(before, await shop.ProductGid(order[0]))),
                new("collection", collection, "member_order", Sold.Ids(order), Sold.Ids([.. order.Reverse()])),
            ],
            Removed = [new("collection publication", place)],
        });
        var putIn = await shop.ScheduleCollection(picked, 1, 2, new() { Added = [Put(picked)] });
        var deeper = await shop.ScheduleCollection(collection, 2, 4, new() { Fields = [new("collection", collection, "title", "Arranged", "Arranged for a day")] });
        (await shop.Read.Overlaps(shop.Store, default)).ShouldHaveSingleItem().Collections.ShouldBe(1);

        await shop.Pass(1);

        var begun = (await shop.Find(launch))!;
        (begun.State, begun.Collections, begun.Products, begun.Skipped).ShouldBe((ScheduleState.Active, 1, 0, 0));
        await shop.Sent(begun.StartPlan!.Value);
        (await shop.Host.Get<ReadPushPlan>().Items(begun.StartPlan.Value, null, null, 100, default)).Select(item => $"{item.Entity} {item.Status}").Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["collection Done", "collection member Done", "collection publication Done", "collection source Done"]);
        (await shop.TitleThere(collection), await shop.IsPublishedThere(collection)).ShouldBe(("Arranged for summer", false));
        await shop.PullWhole();
        (await shop.MembersThere(collection)).ShouldBe(order.Skip(1).Reverse(), "who is excluded has left, and the others stand as they were arranged");
        (await shop.MembersThere(picked)).ShouldContain(other);
        (await database.Scalar<bool>("select pending ? 'seo_title' from collections where id = $1", collection)).ShouldBeTrue("somebody is still at it");
        await shop.Pass(1);
        await shop.Sent((await shop.Find(deeper))!.StartPlan!.Value);
        (await shop.TitleThere(collection)).ShouldBe("Arranged for a day");
        ((await shop.Find(putIn))!.State, (await shop.MembersThere(picked)).Contains(other)).ShouldBe((ScheduleState.Done, false));
        await shop.Save(new FieldEdit("collection", collection, "template_suffix", null, "summer"));

        (await shop.End.End(shop.Store, launch, default)).ShouldBeTrue();
        await shop.Pass(0);

        var over = (await shop.Find(launch))!;
        (over.State, over.Lifted).ShouldBe((ScheduleState.Done, 0));
        await shop.Sent(over.EndPlan!.Value);
        await shop.PullWhole();
        (await shop.TitleThere(collection), await shop.IsPublishedThere(collection)).ShouldBe(("Arranged for a day", true), "the other one still holds its title");
        (await shop.MembersThere(collection)).ShouldBe(order);
        SourceMeaning.Same(JsonNode.Parse(await shop.Json("collection_sources", source, "definition::text")), JsonNode.Parse(before)).ShouldBeTrue();
        await shop.Pass(2);
        await shop.Sent((await shop.Find(deeper))!.EndPlan!.Value);
        (await shop.TitleThere(collection)).ShouldBe("Arranged");
        (await database.Scalar<string>("select pending::text from collections where id = $1", collection)).ShouldContain("template_suffix");
        (await database.Scalar<long>("select (select count(*) from layered_values where entity_id = $1 and entity = 'collection') + (select count(*) from schedule_layers where collection_id = $1 and state in ('waiting', 'active'))", collection)).ShouldBe(0);
    }

    /// <summary>A pulled demo store whose schedules follow a clock that is moved by hand.</summary>
    private sealed class Sold(TestDatabase database, DemoStore demo, PullHost host, ManualClock clock, long store) : IAsyncDisposable
    {
        private readonly WakeSchedules _wake = new(database.Source, host.Get<EnqueueRun>(), null, clock);

        public long Store => store;

        public PullHost Host => host;

        public static async Task<Sold> Open(TestDatabase database)
        {
            var (demo, clock) = (await DemoStore.Start(20), new ManualClock());
            var host = await PullHost.Start(database, demo, more: services => services.AddSingleton<IRunWork>(provider => new PerformSchedules(database.Source,
                new SendSchedules(database.Source, provider.GetRequiredService<PreparePush>(), provider.GetRequiredService<StartPush>(), provider.GetRequiredService<ReadPushPlan>()), clock)));
            var store = await host.Connect(database, demo);
            await host.Pull(store);
            // What the generator and the first pull did lies outside the minute by which the next pull looks back.
            await demo.MoveClock(TimeSpan.FromHours(2));
            return new Sold(database, demo, host, clock, store);
        }

        /// <summary>A product of few variants with prices that a sale can lower.</summary>
        public Task<long> Product(int skip = 0) => database.Scalar<long>("""
            select product_id from variants where store_id = $1 and deleted_at is null group by 1 having count(*) = 1 and min(price) >= 5 order by 1 offset $2 limit 1
            """, store, skip);

        public async Task Save(FieldEdit edit) => (await new SaveChangeSet(database.Source).Save(
            new ChangeSetHead(store, ChangeSetKind.Edit, "Edited", null, "9", "Bob"), [edit], StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>();

        public async Task<string> Json(string table, long id, string column) => await database.Scalar<string>($"select {column} from {table} where id = $1", id);

        public Task<decimal> Price(long product) => database.Scalar<decimal>("select min(price) from variants where product_id = $1 and deleted_at is null", product);

        public async Task<long> Schedule(int percent, double starts, double ends, bool sends, params long[] products)
        {
            var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
            var previewing = new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
            var preview = (await previewing.Preview(new(store, new(null, [.. products]), new PriceAction(false, PriceMove.Percent, percent), RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>();
            return (await new ScheduleBulkEdit(database.Source, clock, _wake).Schedule(store, preview.PreviewId, new(await Local(starts), await Local(ends)) { Sends = sends }, new() { ToWarnings = true }, RunsOfTests.Ann, default))
                .ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;
        }

        public ReadSchedules Read => new(database.Source);

        public EndScheduleNow End => new(database.Source, clock, _wake);

        public async Task<long> ScheduleCollection(long collection, double starts, double ends, WantedChanges wanted) =>
            (await new ScheduleCollection(database.Source, new ScheduleBulkEdit(database.Source, clock, _wake))
                .Schedule(store, collection, "Launch", wanted, new(await Local(starts), await Local(ends)), new(), RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;

        /// <summary>A collection of Shopify's of six picked products, sorted by hand and published.</summary>
        public async Task<long> Arranged(string title = "Arranged")
        {
            (await demo.Admin().Send(Mutations.CollectionCreate(new()
            {
                ["title"] = title, ["sortOrder"] = "MANUAL",
                ["sources"] = new JsonArray(new JsonObject { ["source"] = new JsonObject { ["title"] = "Products", ["inclusion"] = new JsonObject { ["matchType"] = "ALL", ["selections"] = new JsonArray([.. await Selected()]) } } }),
            }), CowansDashboard.Shopify.Lane.Interactive, default)).Accepted();
            await PullWhole();
            var collection = await database.Scalar<long>("select id from collections where store_id = $1 and title = $2", store, title);
            await database.Scalar<long>("with e as (insert into collection_publications (store_id, collection_id, publication_id, mark) select $1, $2, min(id), 1 from publications where store_id = $1 returning id) select id from e", store, collection);
            var plan = (await host.Get<PreparePush>().Prepare(new PushRequest(store, "Now", RunsOfTests.Ann) { CollectionIds = [collection] }, default)).ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;
            (await host.Get<StartPush>().Start(store, plan, null, RunsOfTests.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
            await Sent(plan);
            return collection;
        }

        private async Task<JsonNode[]> Selected() =>
            [.. (await database.Scalar<string[]>("select array_agg('gid://shopify/Product/' || shopify_id order by id) from (select id, shopify_id from products where store_id = $1 order by id limit 6) p", store))
                .Select(id => (JsonNode)new JsonObject { ["productId"] = id })];

        public Task<long> Source(long collection) => database.Scalar<long>("select id from collection_sources where collection_id = $1 and deleted_at is null", collection);

        public Task<long> Publication(long collection) => database.Scalar<long>("select id from collection_publications where collection_id = $1", collection);

        public Task<string> ProductGid(long product) => database.Scalar<string>("select 'gid://shopify/Product/' || shopify_id from products where id = $1", product);

        public Task<long[]> Members(long collection) => database.Scalar<long[]>("select array_agg(product_id order by position) from collection_members where collection_id = $1", collection);

        /// <summary>Our ids of its products as Shopify orders them.</summary>
        public async Task<long[]> MembersThere(long collection)
        {
            (await database.Differing(store, demo, "collection-members")).ShouldBeEmpty();
            return await Members(collection);
        }

        public async Task<string> TitleThere(long collection) => (await There(collection, "collections", "id")).First().GetProperty("title").GetString()!;

        public async Task<bool> IsPublishedThere(long collection) => (await There(collection, "collection-publications", "collectionId")).Any();

        private async Task<IEnumerable<JsonElement>> There(long collection, string what, string key)
        {
            var id = await database.Scalar<long>("select shopify_id from collections where id = $1", collection);
            return (await demo.State(what)).Where(row => row.GetProperty(key).GetString()!.EndsWith(string.Create(CultureInfo.InvariantCulture, $"/{id}"), StringComparison.Ordinal) || row.GetProperty(key).GetString() == id.ToString(CultureInfo.InvariantCulture));
        }

        public Task<Run> PullWhole() => host.Pull(store);

        public static JsonArray Ids(long[] ids) => [.. ids.Select(id => (JsonNode)id)];

        /// <summary>The same definition, which keeps a product out.</summary>
        public static JsonNode Excluding(string definition, string product)
        {
            var without = JsonNode.Parse(definition)!;
            without["exclusion"] = new JsonObject { ["matchType"] = "ANY", ["conditions"] = new JsonArray(), ["selections"] = new JsonArray(new JsonObject { ["product"] = new JsonObject { ["id"] = product } }) };
            return without;
        }

        /// <summary>What it ends with is sent; it ends so many hours from now.</summary>
        public async Task SendFromNowOn(long schedule, double ends) => (await new ChangeSchedule(database.Source, clock, _wake)
            .Change(store, schedule, new(await Local(0), await Local(ends)) { Sends = true }, RunsOfTests.Ann, default)).ShouldBeOfType<ScheduleOutcome.Scheduled>();

        public async Task Push(long product)
        {
            var plan = (await host.Get<PreparePush>().Prepare(new PushRequest(store, "Now", RunsOfTests.Ann) { ProductIds = [product] }, default)).ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;
            (await host.Get<StartPush>().Start(store, plan, null, RunsOfTests.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>();
            await Sent(plan);
        }

        private async Task<DateTime> Local(double hours) => TimeZoneInfo.ConvertTime(clock.GetUtcNow().AddHours(hours),
            TimeZoneInfo.FindSystemTimeZoneById(await database.Scalar<string>("select time_zone from stores where id = $1", store))).DateTime;

        public async Task Pass(double hours)
        {
            clock.Advance(TimeSpan.FromHours(hours));
            await _wake.Wake(default);
            var run = await database.Scalar<long>("select max(id) from runs where store_id = $1 and kind = 'schedule'", store);
            await host.Until(run, each => each.Now.Status == RunStatus.Succeeded);
        }

        /// <summary>What the Overview asks a second person for.</summary>
        public Task<IReadOnlyList<AwaitedApproval>> Awaited() => new ListAwaitedApprovals(database.Source).List(store, default);

        public Task<Schedule?> Find(long schedule) => new ReadSchedules(database.Source).Find(store, schedule, default);

        public async Task Sent(long plan) => await host.Until((await host.Get<ReadPushPlan>().Find(store, plan, default))!.RunId.ShouldNotBeNull(), run => run.Now.Status == RunStatus.Succeeded);

        /// <summary>Prices of a product as Shopify has them.</summary>
        public async Task<decimal[]> There(long product)
        {
            var ids = await Ids(product);
            return [.. (await demo.State("variants")).Where(variant => ids.Contains(variant.GetProperty("id").GetString()!)).Select(variant => Number(variant.GetProperty("price")))];
        }

        public async Task SetThere(long product, string price)
        {
            foreach (var id in await Ids(product))
                await demo.Edit("variant", id, new { price });
        }

        public async Task PullChanges() => await host.Until(await host.Enqueue(StartPull.Incremental, store), run => run.Now.Status == RunStatus.Succeeded);

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await demo.DisposeAsync();
        }

        private Task<string[]> Ids(long product) => database.Scalar<string[]>("select array_agg(shopify_id::text order by position) from variants where product_id = $1 and deleted_at is null", product);

        private static decimal Number(JsonElement price) => decimal.Parse(price.ToString(), CultureInfo.InvariantCulture);
    }
}
