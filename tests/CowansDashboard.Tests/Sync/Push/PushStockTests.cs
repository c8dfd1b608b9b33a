using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Stock that is pushed while the shop sells.</summary>
[Trait("Category", "Integration")]
public sealed class PushStockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Sellable = "available > 3 and is_active and variant_id is not null";

    [Fact]
    public async Task Of_a_hundred_sales_during_a_push_none_is_lost_what_was_added_follows_and_what_was_set_is_a_conflict()
    {
        await using var shop = await EditedShop.Start(database, 20);
        var added = (await shop.Edit("inventory_levels", "available", "available + 50", Sellable, 1)).ShouldHaveSingleItem();
        await database.Scalar<long>("with e as (update inventory_levels set pending = pending || '{\"how\": \"add\"}' where id = $1 returning 1) select count(*) from e", added);
        var set = (await shop.Edit("inventory_levels", "available", "5000", $"{Sellable} and pending is null and variant_id <> (select variant_id from inventory_levels where id = {added})", 1)).ShouldHaveSingleItem();
        var (before, stood) = (await Base(added), await Base(set));
        var plan = await shop.Prepare();
        await shop.Demo.Fault("hold", new { operation = "InventorySetQuantities" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await Sell(shop, 50, added, set);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == CowansDashboard.Runs.RunStatus.Succeeded);

        var items = (await shop.Items(plan)).ToDictionary(item => item.EntityId);
        items[added].Status.ShouldBe(PushStatus.Done);
        (await There(shop, added)).ShouldBe(before - 50 + 50);
        (await database.Scalar<int>("select available from inventory_levels where id = $1", added)).ShouldBe(before);
        (items[set].Status, items[set].Outcome).ShouldBe((PushStatus.Conflict, PushDecision.InConflict));
        (await There(shop, set)).ShouldBe(stood - 50, "nothing was written over");
        (await database.Scalar<int>("select (shopifys #>> '{}')::int from conflicts where entity = 'inventory level' and entity_id = $1 and closed_at is null", set)).ShouldBe(stood - 50);
        (await shop.Executed("inventorySetQuantities")).ShouldBe(1);
    }

    [Fact]
    public async Task Stock_of_twenty_variants_is_pushed_by_a_few_calls_about_them_and_nothing_else_is_read()
    {
        await using var shop = await EditedShop.Start(database, 300);
        (await shop.Edit("inventory_levels", "available", "available + 7", $"id in (select min(id) from inventory_levels where {Sellable} group by variant_id)", 20)).Length.ShouldBe(20);
        var plan = await shop.Prepare();
        await shop.Demo.ClearCalls();

        await shop.Push(plan);

        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        var calls = (await shop.Demo.Calls()).GetProperty("operations").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetProperty("calls").GetInt64());
        calls.Keys.ShouldBeSubsetOf(["InventorySetQuantities", "ProductsById", "ResourcePublications", "InventoryLevelsOfItems", "InventoryLevelsOfItem", "VariantsOfProduct", "MediaOfProduct",
            "MetafieldsOfProduct", "MetafieldsOfVariant", "ResourcePublicationsOfProduct", "Shop"]);
        calls["InventorySetQuantities"].ShouldBeLessThanOrEqualTo(20);
        calls["ProductsById"].ShouldBeLessThanOrEqualTo(8, "ten products are read at once, before and after");
        await shop.ShouldAgree();
    }

    private Task<int> Base(long level) => database.Scalar<int>("select (pending ->> 'available')::int from inventory_levels where id = $1", level);

    /// <summary>So many sales of each, one piece at a time, all at once.</summary>
    private async Task Sell(EditedShop shop, int sales, params long[] levels)
    {
        var admin = shop.Demo.Admin();
        var places = new List<(long Item, long Location)>();
        foreach (var level in levels)
            places.Add(await Place(level));
        await Task.WhenAll(places.SelectMany(place => Enumerable.Range(0, sales).Select(async n => (await admin.Send(Mutations.InventoryAdjustQuantities(new JsonObject
        {
            ["name"] = "available",
            ["reason"] = "other",
            ["changes"] = new JsonArray(new JsonObject
            {
                ["inventoryItemId"] = ShopifyId.Item(place.Item).ToString(),
                ["locationId"] = new ShopifyId("Location", place.Location).ToString(),
                ["delta"] = -1,
                ["changeFromQuantity"] = null,
            }),
        }, $"sale-{place.Item}-{n}"), Lane.Interactive, default)).Accepted())));
    }

    private async Task<int> There(EditedShop shop, long level)
    {
        var (item, location) = await Place(level);
        return (await shop.Demo.State("inventory-levels"))
            .Single(row => row.GetProperty("inventoryItemId").GetString() == $"{item}" && row.GetProperty("locationId").GetString() == $"{location}").GetProperty("available").GetInt32();
    }

    private async Task<(long Item, long Location)> Place(long level) => (await database.Scalar<long>("select inventory_item_id from inventory_levels where id = $1", level),
        await database.Scalar<long>("select l.shopify_id from inventory_levels n join locations l on l.id = n.location_id where n.id = $1", level));
}
