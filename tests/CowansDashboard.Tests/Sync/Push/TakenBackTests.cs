using System.Globalization;
using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>A whole shop changed wrongly, sent, and taken back: TAKEN_BACK_PRODUCTS=10000 runs it at full size.</summary>
[Trait("Category", "Integration")]
public sealed class TakenBackTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private static readonly int Products = int.Parse(Environment.GetEnvironmentVariable("TAKEN_BACK_PRODUCTS") ?? "600", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Products_changed_wrongly_and_pushed_are_as_before_after_the_undo_but_for_what_others_changed_later()
    {
        await using var shop = await EditedShop.Start(database, Products);
        Say("pulled");
        var before = await Truth(shop);

        var wrong = await shop.EditAll(new PriceAction(false, PriceMove.Percent, 900));
        var vendor = await shop.EditAll(new SetField("vendor", "Wrong column"));
        await Pushed(shop);
        Say("changed wrongly and pushed");
        var damaged = await Truth(shop);
        damaged.Count(row => row.Value != before[row.Key]).ShouldBeGreaterThan(Products, "prices and vendors are wrong in Shopify");

        // Later, others: three prices here by Bea, two in Shopify that a pull brings, and one that nobody here has heard of yet.
        var later = await database.Scalar<long[]>("select array_agg(id) from (select min(id) as id from variants where store_id = $1 and deleted_at is null and price > 0 group by product_id order by 1 limit 6) v", shop.Store);
        var shopIds = await database.Scalar<string[]>("select array_agg(shopify_id::text order by id) from variants where id = any($1)", later);
        foreach (var variant in later.Take(3))
            (await shop.Host.Get<SaveChangeSet>().Save(shop.Head(by: "Bea"), [new FieldEdit("variant", variant, "price", await Price(variant), 77.5m)], StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>();
        foreach (var id in shopIds.Skip(3).Take(2))
            await shop.Demo.Edit("variant", id, new { price = "88.00" });
        await shop.Shop.PullChanges();
        await shop.Demo.Edit("variant", shopIds[5], new { price = "99.00" });

        var undo = shop.Host.Get<UndoChanges>();
        var prices = (await undo.Undo(new UndoScope(shop.Store, wrong), "ann", "Ann", "Wrong column", default)).ShouldBeOfType<SaveOutcome.Saved>();
        prices.LeftOut.Select(field => field.EntityId).ShouldBe(later.Take(5), ignoreOrder: true);
        prices.LeftOut.Where(field => later.Take(3).Contains(field.EntityId)).ShouldAllBe(field => field.ChangedBy == "Bea");
        (await undo.Undo(new UndoScope(shop.Store, vendor), "ann", "Ann", "Wrong column", default)).ShouldBeOfType<SaveOutcome.Saved>().LeftOut.ShouldBeEmpty();
        Say("taken back here");
        var items = await Pushed(shop);
        Say("pushed again");

        items.Where(item => item.Status == PushStatus.Conflict).ShouldHaveSingleItem().EntityId.ShouldBe(later[5]);
        var after = await Truth(shop);
        var different = after.Where(row => row.Value != before[row.Key]).ToDictionary(row => row.Key, row => row.Value);
        different.Keys.ShouldBe(shopIds.Select(id => $"variant {id}"), ignoreOrder: true);
        shopIds.Select(id => different[$"variant {id}"].Split(" ¦ ").Single(field => field.StartsWith("price=", StringComparison.Ordinal)))
            .ShouldBe(["price=77.50", "price=77.50", "price=77.50", "price=88.00", "price=88.00", "price=99.00"]);
    }

    private async Task<decimal> Price(long variant) => await database.Scalar<decimal>("select price from variants where id = $1", variant);

    private static async Task<IReadOnlyList<PushItemRow>> Pushed(EditedShop shop)
    {
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Push(plan);
        var items = await shop.Host.Get<ReadPushPlan>().Items(plan, null, null, 1_000_000, default);
        items.Where(item => item.Status is not (PushStatus.Done or PushStatus.Conflict)).Select(item => $"{item.Entity} {item.EntityId}: {item.Status} {item.Outcome}").Take(5).ShouldBeEmpty();
        return items;
    }

    /// <summary>Every product and variant as Shopify holds it, but for the times.</summary>
    private static async Task<Dictionary<string, string>> Truth(EditedShop shop) =>
        (await shop.Demo.State("products")).Select(row => ("product", row)).Concat((await shop.Demo.State("variants")).Select(row => ("variant", row)))
            .ToDictionary(one => $"{one.Item1} {one.row.GetProperty("id").GetString()}", one => Untimed(one.row));

    private static string Untimed(JsonElement row) =>
        string.Join(" ¦ ", row.EnumerateObject().Where(field => field.Name is not ("updatedAt" or "createdAt")).Select(field => $"{field.Name}={field.Value}"));

    private void Say(string what) => output.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {what}");
}
