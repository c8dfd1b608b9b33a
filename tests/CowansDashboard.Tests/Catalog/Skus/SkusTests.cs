using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Skus;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Schedules;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Skus;

[Trait("Category", "Integration")]
public sealed class SkusTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_SKU_that_another_variant_has_is_refused_by_name_and_one_that_comes_free_in_the_same_save_is_not()
    {
        var shop = await EditedShop.Open(database);
        var (shirt, hat) = ((await shop.Variants(await shop.Product("Shirt", 2))), (await shop.Variants(await shop.Product("Hat")))[0]);
        var (small, large, cap) = (await Sku(shop, shirt[0]), await Sku(shop, shirt[1]), await Sku(shop, hat));

        // Said where it is typed, before anybody saves.
        var typed = new FindTakenSkus(database.Source);
        (await typed.Find(shop.Store, [Give(hat, cap, small), new FieldEdit("variant", hat, "price", 10.00m, 12.00m)], default)).ShouldHaveSingleItem()
            .ShouldBe(new(hat, $"“{small}” is the SKU of Shirt, S1 already, and a SKU names one variant. Type another."));
        (await typed.Find(shop.Store, [Give(hat, cap, small), Give(shirt[0], small, "FREE")], default)).ShouldBeEmpty("it comes free in the same save");

        var refused = (await shop.Save(Give(hat, cap, $" {small} "))).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem();
        (refused.Entity, refused.EntityId, refused.Field).ShouldBe(("variant", hat, "sku"));
        refused.Sentence.ShouldBe($"“{small}” is the SKU of Shirt, S1 already, and a SKU names one variant. Type another.");
        (await shop.Save(Give(shirt[0], small, "NEW"), Give(hat, cap, "NEW"))).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence.ShouldContain("at the same time");
        (await Sku(shop, hat)).ShouldBe(cap);

        (await shop.Save(Give(shirt[0], small, large), Give(shirt[1], large, small))).ShouldBeOfType<SaveOutcome.Saved>("two that change places share nothing");
        (await shop.Save("Ann", StaleMeans.Skip, Give(hat, cap, small), new FieldEdit("variant", hat, "price", 10.00m, 12.00m))).ShouldBeOfType<SaveOutcome.Saved>().NotSaved.ShouldHaveSingleItem().Field.ShouldBe("sku");
        (await Sku(shop, hat), await shop.Value("variants", hat, "price")).ShouldBe((cap, "12.00"));
        // A stale edit gives no SKU away, whoever counts on it.
        (await shop.Save("Ann", StaleMeans.Skip, Give(hat, cap, large), Give(shirt[0], large, cap), Give(shirt[1], "seen otherwise", "NEW"))).ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId.ShouldNotBe(0L, "these two change places");
        (await shop.Save("Ann", StaleMeans.Skip, Give(hat, large, small), Give(shirt[1], "seen otherwise", "NEW"))).ShouldBeOfType<SaveOutcome.Saved>().NotSaved.ShouldHaveSingleItem().Sentence.ShouldContain("Shirt, S2 already");
        (await Sku(shop, hat), await Sku(shop, shirt[1])).ShouldBe((large, small));
        var row = new JsonObject { ["product_id"] = await database.Scalar<long>("select product_id from variants where id = $1", hat), ["option_values"] = new JsonArray("S9"), ["sku"] = large };
        (await shop.Save(new WantedChanges { Added = [new NewRow("variant", -1, row)] })).ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldContain(problem => problem.Field == "sku" && problem.EntityId == -1);
    }

    [Fact]
    public async Task A_schedule_that_begins_gives_no_SKU_that_was_taken_meanwhile_and_no_third_value_of_a_conflict_does()
    {
        await using var planned = await ScheduledShop.Open(database);
        var shop = planned.Shop;
        var (first, second, third) = (await Only("First"), await Only("Second"), await Only("Third"));
        await shop.Run("update variants set sku = 'PAIR' where id = any($1)", new[] { first, second });
        var preview = (await new PrepareNewSkus(database.Source).Prepare(shop.Store, null, RunsOfTests.Ann, default)).ShouldNotBeNull();
        var schedule = (await planned.Try(preview, 1, null)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;
        await shop.Run("update variants set sku = 'PAIR-2' where id = $1", third);

        await planned.Pass(1);

        ((await planned.Of(schedule)).StartSaid, await Sku(shop, second)).ShouldBe(("0 values set, 1 value left as they were.", "PAIR"));
        (await database.Scalar<string>("select said from schedule_layers where schedule_id = $1", schedule)).ShouldContain("“PAIR-2” is the SKU of Third, S1 already");

        await shop.Run("update variants set pending = '{\"sku\": \"PAIR\"}', sku = 'OURS' where id = $1", second);
        var conflict = await database.Scalar<long>("insert into conflicts (store_id, product_id, entity, entity_id, field, base, ours, shopifys) select store_id, product_id, 'variant', id, 'sku', '\"PAIR\"', '\"OURS\"', '\"THEIRS\"' from variants where id = $1 returning id", second);
        var seen = new SeenConflict(conflict, await database.Scalar<int>("select revision from conflicts where id = $1", conflict));
        var (settling, ann) = (new ResolveConflicts(database.Source), new ResolvedBy(RunsOfTests.Ann.Id, RunsOfTests.Ann.Name));
        (await settling.Resolve(shop.Store, new Resolution.Another("PAIR-2"), [seen], ann, default)).Left.ShouldHaveSingleItem().Why.ShouldContain("Third, S1 already");
        (await Sku(shop, second)).ShouldBe("OURS");
        (await settling.Resolve(shop.Store, new Resolution.Another("PAIR-3"), [seen], ann, default)).Fields.ShouldBe(1);
        (await Sku(shop, second)).ShouldBe("PAIR-3");

        async Task<long> Only(string title) => (await shop.Variants(await shop.Product(title)))[0];
    }

    [Fact]
    public async Task What_Shopify_holds_twice_is_listed_stays_editable_and_gets_SKUs_of_its_own()
    {
        var shop = await EditedShop.Open(database);
        var variants = new List<long>();
        foreach (var title in new[] { "A", "B", "C", "D" })
            variants.AddRange(await shop.Variants(await shop.Product(title)));
        await shop.Run("update variants set sku = 'TWIN' where id = any($1)", variants.Take(3).ToArray());
        await shop.Run("update variants set sku = 'TWIN-2' where id = $1", variants[3]);
        var read = new ReadSharedSkus(database.Source);

        var shared = (await read.Read(shop.Store, "", 10, default)).ShouldHaveSingleItem();
        (shared.Sku, shared.Variants, string.Join(' ', shared.Holders.Select(holder => holder.Title))).ShouldBe(("TWIN", 3L, "A, S1 B, S1 C, S1"));
        (await read.Read(shop.Store, "TWIN", 10, default)).ShouldBeEmpty();
        (await shop.Save(Give(variants[0], "TWIN", "TWIN"), new FieldEdit("variant", variants[0], "price", 10.00m, 11.00m))).ShouldBeOfType<SaveOutcome.Saved>("it is its own");

        await using var node = await RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new ApplyBulkEdit(database.Source));
        var preview = (await new PrepareNewSkus(database.Source).Prepare(shop.Store, null, RunsOfTests.Ann, default)).ShouldNotBeNull();
        var started = (await new StartBulkEdit(database.Source, node.Get<EnqueueRun>()).Start(shop.Store, preview, new(), RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>();
        await node.Until(started.RunId, RunStatus.Succeeded);

        string[] now = [await Sku(shop, variants[0]), await Sku(shop, variants[1]), await Sku(shop, variants[2]), await Sku(shop, variants[3])];
        now.ShouldBe(["TWIN", "TWIN-3", "TWIN-4", "TWIN-2"]);
        (await new PrepareNewSkus(database.Source).Prepare(shop.Store, "TWIN", RunsOfTests.Ann, default)).ShouldBeNull();
        (await shop.Save(Give(variants[1], "TWIN-3", "TWIN"))).ShouldBeOfType<SaveOutcome.Saved>("what it held when both sides last agreed may return");
    }

    private static FieldEdit Give(long variant, string seen, string wanted) => new("variant", variant, "sku", seen, wanted);

    private static async Task<string> Sku(EditedShop shop, long variant) => JsonNode.Parse(await shop.Value("variants", variant, "sku"))!.GetValue<string>();
}
