using CowansDashboard.Catalog;

namespace CowansDashboard.Tests.Catalog;

public sealed class ProductHandleTests
{
    [Theory]
    [InlineData("Crème Brûlée – No. 5", "creme-brulee-no-5")]
    [InlineData("  Wool  &  Silk! ", "wool-silk")]
    [InlineData("סוודר", "סוודר")]
    [InlineData("", "")]
    public void A_handle_is_made_of_the_title_as_Shopify_does(string title, string handle) => ProductHandle.Of(title).ShouldBe(handle);
}
