using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Tests.Shopify;

public sealed class ConnectionCostTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 4)]
    [InlineData(25, 6)]
    [InlineData(50, 7)]
    [InlineData(100, 9)]
    [InlineData(250, 11)]
    public void A_page_costs_by_the_logarithm_of_its_rows(int rows, int times) => ConnectionCost.Rows(rows).ShouldBe(times);

    [Fact]
    public void A_page_is_as_large_as_it_can_be_for_the_price_of_its_rows()
    {
        foreach (var rows in Enumerable.Range(1, 250))
        {
            var page = ConnectionCost.PageFor(rows, 250);
            page.ShouldBeInRange(rows, 250);
            ConnectionCost.Rows(page).ShouldBe(ConnectionCost.Rows(rows));
            if (page < 250)
                ConnectionCost.Rows(page + 1).ShouldBeGreaterThan(ConnectionCost.Rows(rows));
        }
    }

    [Fact]
    public void A_product_is_asked_for_with_room_for_one_more_of_everything_and_never_beyond_a_whole_page()
    {
        ProductPages.For(new(1, 2, 4, 0, 2, 3)).ShouldBe(new(2, 4, 7, 2, 4, 4));
        ProductPages.For(new(2_048, 250, 300, 40, 500, 500)).ShouldBe(ProductPages.Whole);
    }
}
