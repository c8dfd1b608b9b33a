using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;

namespace CowansDashboard.Tests.Catalog.Bulk;

/// <summary>How far typed edits reach, and what the limits of a shop say to that.</summary>
public sealed class EditReachTests
{
    private static readonly GuardLimits Limits = new() { MostProducts = 2, MostPricePercent = 50 };

    [Fact]
    public void Zeros_and_moves_of_prices_are_seen_and_nothing_else()
    {
        var reach = EditReach.Of(3,
        [
            Variant("price", 10, 0), Variant("price", 20, 25), Variant("price", 0, 0), Variant("price", 10, "cheap"), Variant("sku", "0", "1"), Variant("compare_at_price", 10, 4),
            Variant("compare_at_price", 12, null), new("inventory level", 1, "available", 7, 0), new("inventory level", 2, "available", 0, -1), new("product", 1, "title", "A", "0"),
        ]);

        reach.ShouldBe(new EditReach(3, 1, 1, 100, 0));
        reach.Warnings.ShouldBe(["1 price would become 0.", "1 variant would have no stock left there."]);
    }

    [Fact]
    public void Limits_are_held_against_products_percentages_and_prices_that_were_0()
    {
        Limits.Exceeded(new EditReach(2, 9, 9, 50, 0)).ShouldBeEmpty();
        Limits.Exceeded(EditReach.Of(3, [Variant("price", 0, "9999"), Variant("price", 10, 19)])).ShouldBe([
            "It changes 3 products; one person alone may change 2.", "It moves a price by 90%; one person alone may move prices by 50%.",
            "1 price that is 0 would become another; one person alone may move prices by 50%."]);
        (Limits with { MostPushed = 1 }).Exceeded(new EditReach(2, 0, 0, 0, 0)).ShouldBeEmpty("what is not sent by itself is held against it when somebody sends it");
        (Limits with { MostPushed = 1 }).Exceeded(new EditReach(2, 0, 0, 0, 0), sends: true).ShouldBe(["It sends 2 products to Shopify; one person alone may send 1."]);
        GuardLimits.None.Exceeded(EditReach.Of(100_000, [Variant("price", 0, 9_999), Variant("price", 1, 9_999)])).ShouldBeEmpty();
    }

    private static FieldEdit Variant(string field, JsonNode? seen, JsonNode? wanted) => new("variant", 1, field, seen, wanted);
}
