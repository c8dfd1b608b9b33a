using CowansDashboard.Collections.Ordering;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Collections;

public sealed class OrderProductsTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly OrderedProduct[] Shelf =
    [
        new(1, "belt", 20, 0, Day), new(2, "Apron", 5, 9, Day.AddDays(3)), new(3, "cap", null, null, Day.AddDays(1)), new(4, "Dress", 90, 9, Day.AddDays(4)), new(5, "Émile", 20, -2, Day.AddDays(5)),
    ];

    [Theory]
    [InlineData(SortedBy.Stock, false, "4 2 3 1 5")]
    [InlineData(SortedBy.Newest, false, "5 4 2 3 1")]
    [InlineData(SortedBy.Newest, true, "4 2 3 5 1")]
    [InlineData(SortedBy.Oldest, true, "3 2 4 1 5")]
    [InlineData(SortedBy.Price, false, "2 1 5 4 3")]
    [InlineData(SortedBy.PriceDescending, false, "4 1 5 2 3")]
    [InlineData(SortedBy.Title, true, "2 3 4 1 5")]
    public void Products_stand_as_the_rule_says(SortedBy by, bool soldOutLast, string expected) =>
        string.Join(' ', OrderProducts.By(Shelf, new OrderRule(by, [], soldOutLast))).ShouldBe(expected);

    [Fact]
    public void Pins_stay_on_top_in_their_own_order_also_sold_out_and_strangers_among_them_are_passed_by() =>
        string.Join(' ', OrderProducts.By(Shelf, new OrderRule(SortedBy.Title, [5, 99, 1], SoldOutLast: true))).ShouldBe("5 1 2 3 4");

    [Fact]
    public void Nobody_is_lost_or_doubled_and_an_order_that_stands_stays() =>
        Prop.ForAll((from products in Shelves()
                     from sorted in Gen.Elements(Enum.GetValues<SortedBy>())
                     from pinned in Gen.SubListOf(products.Select(product => product.Id))
                     from last in Gen.Elements(true, false)
                     select (products, rule: new OrderRule(sorted, [.. pinned], last))).ToArbitrary(), one =>
        {
            var ordered = OrderProducts.By(one.products, one.rule);
            OrderedProduct[] again = [.. ordered.Select(id => one.products.Single(product => product.Id == id))];
            return ordered.Order().SequenceEqual(one.products.Select(product => product.Id).Order()) && OrderProducts.By(again, one.rule).SequenceEqual(ordered);
        }).QuickCheckThrowOnFailure();

    private static Gen<OrderedProduct[]> Shelves() =>
        from size in Gen.Choose(0, 12)
        from stocks in Gen.Choose(-1, 3).ArrayOf(size)
        from prices in Gen.Choose(0, 3).ArrayOf(size)
        from days in Gen.Choose(0, 3).ArrayOf(size)
        select Enumerable.Range(0, size).Select(at => new OrderedProduct(at + 1, "abcab"[days[at]].ToString(), prices[at] == 0 ? null : prices[at], stocks[at] == 3 ? null : stocks[at], Day.AddDays(days[at]))).ToArray();
}
