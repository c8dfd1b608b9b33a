using CowansDashboard.Search;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Tests.Web.Products;

public sealed class GridStateTests
{
    [Theory]
    [InlineData("/products")]
    [InlineData("/products?q=crew%20neck&vendor=A%26B&price.min=40&sort=-price&columns=vendor,stock&view=4&page=3&after=WzEsbnVsbCwiMyJd&open=12")]
    public void An_address_gives_the_state_that_gives_the_address(string address)
    {
        var state = GridState.Read("http://dashboard.test" + address);

        GridState.Read("http://dashboard.test" + state.ToUrl()).ShouldBeEquivalentTo(state);
        state.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_search_is_found_under_the_name_that_REST_has_for_it()
    {
        var state = GridState.Read("http://d/products?search=crew%20neck&vendor=Aran");

        state.Problems.ShouldBeEmpty();
        state.ToUrl().ShouldBe("/products?q=crew%20neck&vendor=Aran");
    }

    [Fact]
    public void Another_filter_or_order_starts_at_the_first_page()
    {
        var deep = GridState.Read("http://d/products?vendor=Aran&page=9&open=4&after=WzEsbnVsbCwiMyJd");

        foreach (var moved in new[] { deep.With(ProductFilter.Everything), deep.With(new ProductSort(CowansDashboard.Search.SortKey.Price, true)) })
            (moved.Page, moved.After, moved.Open).ShouldBe((1, null, null));
        deep.With(ProductSort.Default).ToUrl().ShouldBe("/products?vendor=Aran");
    }

    [Fact]
    public void A_wrong_filter_is_reported_and_left_out()
    {
        var state = GridState.Read("http://d/products?price.min=cheap&vendor=Aran&page=x&sort=nonsense");

        state.Problems.ShouldHaveSingleItem().Parameter.ShouldBe("price.min");
        state.ToUrl().ShouldBe("/products?vendor=Aran");
    }

    [Theory]
    [InlineData("/products?vendor=x", "/products?vendor=x")]
    [InlineData("https://evil.example/", "/products")]
    [InlineData("//evil.example", "/products")]
    [InlineData("/products/../sign-out", "/products")]
    [InlineData(null, "/products")]
    public void The_way_back_leads_only_to_a_list_of_products(string? from, string back) => ProductPagePath.Back(from).ShouldBe(back);

    [Theory]
    [InlineData("https://cdn.shopify.com/a/b.jpg?v=12", "https://cdn.shopify.com/a/b.jpg?v=12&width=72")]
    [InlineData("https://cdn.shopify.com/a.jpg?width=10&v=1", "https://cdn.shopify.com/a.jpg?v=1&width=72")]
    [InlineData("http://127.0.0.1:5090/pics/1.svg", "http://127.0.0.1:5090/pics/1.svg?width=72")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("/relative.jpg", null)]
    [InlineData(null, null)]
    public void A_picture_is_asked_for_at_the_size_it_is_shown(string? url, string? sized) => Pictures.Sized(url, 72).ShouldBe(sized);

    [Fact]
    public void Links_to_the_shop_appear_only_where_customers_can_go()
    {
        ShopAddress.InShop("harlow.myshopify.com", "jumper", "ACTIVE", 7, null).ShouldBe("https://harlow.myshopify.com/products/jumper");
        ShopAddress.InShop("harlow.myshopify.com", "jumper", "ACTIVE", 7, "https://harlow.example/products/j").ShouldBe("https://harlow.example/products/j");
        ShopAddress.InShop("harlow.myshopify.com", "jumper", "DRAFT", 7, null).ShouldBeNull();
        ShopAddress.InShop("harlow.myshopify.com", "jumper", "ACTIVE", null, null).ShouldBeNull();
        ShopAddress.InAdmin("harlow.myshopify.com", 9_007_199_254_740_993).ShouldBe("https://admin.shopify.com/store/harlow/products/9007199254740993");
    }

    [Theory]
    [InlineData("price.min=40&price.max=180", "£40.00 – 180.00")]
    [InlineData("price.min=40", "£40.00 or more")]
    [InlineData("stock.max=5", "5 or less")]
    [InlineData("updated.since=7d", "in the last 7 days")]
    [InlineData("vendor.none=Aran", "not Aran")]
    [InlineData("tag.all=a&tag.all=b", "a and b")]
    [InlineData("vendor=a&vendor=b&vendor=c&vendor=d", "a, b, c, 1 more")]
    [InlineData("vendor=", "none")]
    [InlineData("sync=conflict", "Conflict")]
    public void A_chip_says_what_its_filter_means(string query, string chip)
    {
        var filter = FilterText.Read(query).Filter;

        ProductWords.Value(filter, filter.Fields.Single(), "GBP", new Dictionary<(FilterField, string), string>()).ShouldBe(chip);
    }
}
