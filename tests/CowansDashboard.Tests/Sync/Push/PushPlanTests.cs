using System.Text.Json.Nodes;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Tests.Sync.Push;

public sealed class PushPlanTests
{
    private static readonly HashSet<(string, long, string)> NoConflicts = [];

    [Theory]
    [InlineData(100, "bulk")]
    [InlineData(1000, "direct")]
    public void Ten_thousand_titles_and_prices_go_the_quicker_way_and_the_plan_says_why(double restoreRate, string path)
    {
        var plan = Planned(new PushFacts(restoreRate, 20 * restoreRate), 10_000);

        var chosen = plan.Choose();

        plan.Operations.ShouldBe(20_000);
        plan.Points.ShouldBe(200_000 + 10_000 * 0.36, 1);
        chosen.Path.ShouldBe(path);
        chosen.Seconds.ShouldBeLessThan(chosen.OtherSeconds!.Value);
        chosen.Reason.ShouldContain("203,600 points");
    }

    [Fact]
    public void What_is_read_before_and_after_is_counted_with_what_is_sent()
    {
        var (many, stock) = (new PushPlan(new PushFacts(100, 0)), new PushPlan(new PushFacts(100, 0)));
        for (var id = 1; id <= 50; id++)
        {
            many.Add(Product(id, [.. Enumerable.Range(0, 50).Select(n => Row("variant", id * 100 + n, PushKind.Update, new() { ["price"] = 2 }, new() { ["price"] = 1 }))]), NoConflicts);
            stock.Add(Product(id, [Row("inventory level", id, PushKind.Update, new() { ["available"] = 5, ["inventory_item_id"] = 8L, ["location"] = 4L }, new() { ["available"] = 3 })])
                with { Variants = 50 }, NoConflicts);
        }

        // Fifty products with 2,500 variants are read by ten calls, of which the first reads the products as well.
        (many.Operations, many.Load.Looks, many.Points).ShouldBe((50, 10, 500 + 18 + 9 * 9), Near);
        // Read whole, ten at once and before and after: five times what they are and where they are published, and the stock of each fifty variants.
        (stock.Operations, stock.Load.Looks, stock.Points).ShouldBe((50, 2 * (5 * 2 + 50), 500 + 2 * (50 * 6.5 + 2_500 * 0.6)), Near);
    }

    private static readonly IEqualityComparer<(int, double, double)> Near = EqualityComparer<(int Calls, double Looks, double Points)>.Create(
        (one, other) => one.Calls == other.Calls && Math.Abs(one.Looks - other.Looks) < 0.01 && Math.Abs(one.Points - other.Points) < 0.01, one => one.Calls);

    [Fact]
    public void Earlier_runs_correct_the_forecast_and_may_change_the_path()
    {
        var first = Planned(new PushFacts(1000, 20_000), 10_000).Choose();

        var after = Planned(new PushFacts(1000, 20_000) .With(new PushTiming("bulk", new PushLoad(20_000, 0, 0, 0), 60, 1000, 0, 55)), 10_000).Choose();

        (first.Path, after.Path).ShouldBe(("direct", "bulk"));
        after.Reason.ShouldContain("as the last one did");
    }

    [Theory]
    [InlineData(20_000, 205)] // held up by points
    [InlineData(20_000, 480)] // held up by the machine
    [InlineData(400, 9)] // nothing but the machine: the bucket was full
    [InlineData(20, 1)] // over before a second had gone by
    public void After_one_run_the_same_again_is_forecast_whatever_is_left_in_the_bucket(int calls, double seconds)
    {
        var load = new PushLoad(calls, calls * 10.18, 0, 0);
        var facts = new PushFacts(1000, Math.Max(0, 20_000 - load.Points)).With(new PushTiming("direct", load, seconds, 1000, 20_000, null));

        var again = new PushForecast(facts).Direct(load);

        // What the full bucket saved the first time is not there the second time.
        var more = seconds < 300 && calls > 400 ? 20 : 0;
        again.ShouldBeInRange((seconds + more) * 0.9, (seconds + more) * 1.1);
    }

    [Fact]
    public void A_bulk_push_of_another_size_is_forecast_by_its_lines()
    {
        var facts = new PushFacts(100, 2_000).With(new PushTiming("bulk", new PushLoad(20_000, 0, 0, 0), 70, 100, 0, 60));

        new PushForecast(facts).Bulk(new PushLoad(5_000, 0, 0, 0)).ShouldBeInRange(16, 21);
    }

    [Fact]
    public void The_same_bulk_push_again_is_forecast_as_it_went_and_a_larger_one_has_no_longer_ends()
    {
        var facts = new PushFacts(100, 2_000).With(new PushTiming("bulk", new PushLoad(20_000, 0, 0, 0), 61, 100, 0, 50) { Stages = new JsonObject { [PushStages.Ends] = 8.0 } });

        new PushForecast(facts).Bulk(new PushLoad(20_000, 0, 0, 0)).ShouldBe(61, 0.01);
        // Ten times as much for Shopify and in the pauses between its operations; before the first and after the last it is the same.
        new PushForecast(facts).Bulk(new PushLoad(200_000, 0, 0, 0)).ShouldBe(1 + 500 + 20 + 8, 0.01);
        new PushForecast(facts).Bulk(new PushLoad(2_000, 0, 0, 0)).ShouldBe(1 + 5 + 0.2 + 4, 0.01);
    }

    [Theory]
    [InlineData(100, "100")]
    [InlineData(3_000, "1000 1000 1000")]
    [InlineData(10_000, "1000 4000 4000 1000")]
    [InlineData(30_000, "1000 4000 4000 4000 4000 4000 4000 4000 1000")]
    public void A_bulk_push_begins_and_ends_with_a_small_round(int products, string rounds)
    {
        var (before, left, sizes) = (0, products, new List<int>());
        while (left > 0)
        {
            before = Math.Min(left, BulkRounds.Next(before, left));
            left -= before;
            sizes.Add(before);
        }

        string.Join(' ', sizes).ShouldBe(rounds);
    }

    [Fact]
    public void A_few_products_go_one_by_one_whatever_a_bulk_operation_would_take() =>
        Planned(new PushFacts(100, 0) { SecondsOfLine = 0.000_01 }, 20).Choose().Path.ShouldBe("direct");

    [Fact]
    public void What_Shopify_would_refuse_is_refused_before_any_call_with_the_reason()
    {
        var tags = new JsonArray([.. Enumerable.Range(0, 251).Select(n => (JsonNode)$"t{n}")]);
        var product = Product(1, [
            Row("product", 1, PushKind.Update, new() { ["tags"] = tags, ["title"] = "New", ["is_gift_card"] = true }, new() { ["tags"] = new JsonArray(), ["title"] = "Old", ["is_gift_card"] = false }),
            Row("variant", 2, PushKind.Create, new() { ["price"] = 1, ["option_values"] = new JsonArray("S") }, []),
            Row("inventory level", 3, PushKind.Update, new() { ["available"] = -9 }, new() { ["available"] = 1 }),
        ]) with { Variants = 2_049 };

        var items = new PushPlan(new PushFacts(100, 0)).Add(product, NoConflicts);

        items.Where(item => item.Status == PushStatus.Refused).Select(item => item.Outcome).ShouldBe([
            "The product would have 251 tags; Shopify takes 250.",
            "Shopify does not let “is gift card” be changed on a product that exists.",
            "The product would have 2,049 variants; Shopify takes 2,048.",
            "It would leave -9 in stock, and Shopify sets none below zero: set the quantity anew.",
        ], ignoreOrder: true);
        items.Single(item => item.Status == PushStatus.Waiting).Changes.Select(change => change.Field).ShouldBe(["title"]);
    }

    [Fact]
    public void A_field_in_conflict_is_left_out_and_the_others_are_planned()
    {
        var product = Product(1, [Row("product", 1, PushKind.Update, new() { ["title"] = "Ours", ["vendor"] = "V" }, new() { ["title"] = "Old", ["vendor"] = "W" })]);

        var items = new PushPlan(new PushFacts(100, 0)).Add(product, new HashSet<(string, long, string)> { ("product", 1, "title") });

        items.ToDictionary(item => item.Changes[0].Field, item => item.Status).ShouldBe(new() { ["title"] = PushStatus.Conflict, ["vendor"] = PushStatus.Waiting });
    }

    [Fact]
    public void Calls_come_in_the_order_in_which_they_depend_on_each_other()
    {
        var product = new PushProduct(1, 11, ["Size"], [
            Sent("inventory level", 9, new() { ["available"] = 5 }, new() { ["available"] = 3, ["inventory_item_id"] = 8, ["location"] = 4 }),
            Sent("media", 8, new() { ["alt"] = "x" }, new() { ["media_type"] = "IMAGE", ["shopify_id"] = 80 }),
            Sent("metafield", 7, new() { ["value"] = "x" }, new() { ["owner_kind"] = "product", ["owner"] = 11, ["namespace"] = "a", ["key"] = "b", ["type"] = "t" }),
            Sent("variant", 6, new() { ["price"] = 5, ["position"] = 2 }, []),
            Sent("product", 1, new() { ["title"] = "x", ["tags"] = new JsonArray("b") }, []),
            Sent("option", 2, new() { ["name"] = "Fit" }, []),
        ]);

        PushOperations.Of(product).Select(operation => operation.Mutation).ShouldBe([
            "ProductOptionUpdate", "ProductUpdate", "TagsRemove", "TagsAdd", "ProductVariantsBulkUpdate", "ProductVariantsBulkReorder", "MetafieldsSet", "FileUpdate", "InventorySetQuantities",
        ]);
    }

    [Fact]
    public void How_stock_was_changed_is_no_field_to_send()
    {
        var product = Product(1, [Row("inventory level", 9, PushKind.Update, new() { ["available"] = 15, ["inventory_item_id"] = 8L, ["location"] = 4L }, new() { ["available"] = 10, ["how"] = "add" })]);

        var item = new PushPlan(new PushFacts(100, 0)).Add(product, NoConflicts).ShouldHaveSingleItem();

        item.Status.ShouldBe(PushStatus.Waiting);
        item.Changes.Select(change => change.Field).ShouldBe(["available"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_the_old_address_leads_to_the_new_one_is_the_editor_s_choice(bool redirect)
    {
        var sent = Sent("product", 1, new() { ["handle"] = "new" }, new() { ["redirect_new_handle"] = redirect });

        ProductWriting.Product(sent)!["redirectNewHandle"]!.GetValue<bool>().ShouldBe(redirect);
    }

    [Fact]
    public void What_was_removed_and_added_again_goes_before_it_comes()
    {
        var metafield = new JsonObject { ["owner_kind"] = "product", ["owner"] = 11, ["namespace"] = "a", ["key"] = "b", ["type"] = "t", ["value"] = "x" };
        var product = new PushProduct(1, 11, ["Size"], [
            Sent("metafield", 7, new() { ["value"] = "x" }, metafield) with { Kind = PushKind.Create, ShopifyId = null },
            Sent("metafield", 5, [], metafield) with { Kind = PushKind.Remove },
            Sent("variant", 6, new() { ["price"] = 5 }, new() { ["option_values"] = new JsonArray("S") }) with { Kind = PushKind.Create, ShopifyId = null },
            Sent("variant", 4, [], new() { ["option_values"] = new JsonArray("S") }) with { Kind = PushKind.Remove },
            Sent("variant", 3, [], new() { ["option_values"] = new JsonArray("M") }) with { Kind = PushKind.Remove },
        ]);

        PushOperations.Of(product).Select(operation => (operation.Mutation, operation.Parts[0].EntityId)).ShouldBe([
            ("ProductVariantsBulkDelete", 4L), ("ProductVariantsBulkCreate", 6L), ("ProductVariantsBulkDelete", 3L), ("MetafieldsDelete", 5L), ("MetafieldsSet", 7L),
        ]);
    }

    [Fact]
    public void A_file_that_is_attached_brings_the_text_that_was_typed_for_it()
    {
        var product = new PushProduct(1, 11, [], [Sent("media", 8, new() { ["alt"] = "From the front" }, new() { ["media_type"] = "IMAGE", ["shopify_id"] = 80 }) with { Kind = PushKind.Create }]);

        PushOperations.Of(product).ShouldHaveSingleItem().Parts[0].Input!["alt"]!.GetValue<string>().ShouldBe("From the front");
    }

    private static PushPlan Planned(PushFacts facts, int products)
    {
        var plan = new PushPlan(facts);
        for (var id = 1; id <= products; id++)
            plan.Add(Product(id, [
                Row("product", id, PushKind.Update, new() { ["title"] = "New" }, new() { ["title"] = "Old" }),
                Row("variant", id, PushKind.Update, new() { ["price"] = 2 }, new() { ["price"] = 1 }),
            ]), NoConflicts);
        return plan;
    }

    private static PendingProduct Product(long id, IReadOnlyList<PendingEntity> rows) => new(id, id + 10, "Shirt") { Entities = rows, Variants = 1, Options = ["Size"] };

    private static PendingEntity Row(string entity, long id, PushKind kind, JsonObject row, JsonObject pending) => new(entity, id, kind == PushKind.Create ? null : id + 100, kind, row, pending);

    private static PushEntity Sent(string entity, long id, JsonObject values, JsonObject row) => new(id, Guid.NewGuid(), entity, id, id + 100, PushKind.Update, (JsonObject)JsonNode.Parse(row.ToJsonString())!,
        [.. values.Select(value => new PushedField(value.Key, value.Key == "tags" ? new JsonArray("a") : null, JsonNode.Parse(value.Value!.ToJsonString())))]);
}
