using System.Text;
using System.Text.Json;
using CowansDashboard.Shopify;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Shopify;

public sealed class ShopifyIdTests
{
    [Fact]
    public void Every_number_and_kind_comes_back_as_it_was_printed()
    {
        var kinds = Gen.Elements("Product", "ProductVariant", "InventoryItem", "Metafield", "SomethingNew");
        var numbers = Gen.Choose(0, int.MaxValue).SelectMany(high => Gen.Choose(0, int.MaxValue), (high, low) => ((long)high << 32) | (uint)low);

        Prop.ForAll(
            kinds.Zip(numbers).ToArbitrary(),
            pair => ShopifyId.Parse(new ShopifyId(pair.Item1, pair.Item2).ToString()) == new ShopifyId(pair.Item1, pair.Item2))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_inventory_level_keeps_its_item()
    {
        const string gid = "gid://shopify/InventoryLevel/24826418?inventory_item_id=9223372036854775807";

        var id = ShopifyId.Parse(gid);

        id.ShouldBe(new ShopifyId("InventoryLevel", 24826418, long.MaxValue));
        id.ToString().ShouldBe(gid);
    }

    [Theory]
    [InlineData("gid://shopify/Product/9007199254740993", 9007199254740993)]
    [InlineData("gid://shopify/Product/9223372036854775807", long.MaxValue)]
    [InlineData("gid://shopify/Product/0", 0)]
    public void Numbers_beyond_a_doubles_reach_stay_exact(string gid, long number) => ShopifyId.Parse(gid).Number.ShouldBe(number);

    [Theory]
    [InlineData("")]
    [InlineData("123")]
    [InlineData("gid://shopify/Product")]
    [InlineData("gid://shopify/Product/")]
    [InlineData("gid://shopify//1")]
    [InlineData("gid://shopify/Product/1x")]
    [InlineData("gid://shopify/Product/-1")]
    [InlineData("gid://shopify/Product/01")]
    [InlineData("gid://shopify/Product/9223372036854775808")]
    [InlineData("gid://shopify/Product/1?inventory_item_id=")]
    [InlineData("gid://shopify/Product/1?other=2")]
    [InlineData("gid://elsewhere/Product/1")]
    [InlineData("gid://shopify/TaxonomyCategory/aa-1-13-8")]
    public void Anything_else_is_no_id(string text)
    {
        ShopifyId.TryParse(text, out _).ShouldBeFalse();
        ShopifyId.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();
    }

    [Fact]
    public void In_json_an_id_is_its_gid_and_null_is_none()
    {
        JsonSerializer.Serialize(ShopifyId.Product(7)).ShouldBe("\"gid://shopify/Product/7\"");
        JsonSerializer.Deserialize<ShopifyId>("\"gid:\\/\\/shopify\\/Product\\/7\"").ShouldBe(ShopifyId.Product(7));
        JsonSerializer.Deserialize<ShopifyId>("null").IsNone.ShouldBeTrue();
    }
}
