using System.Text.Json.Nodes;
using CowansDashboard.Web.Api;

namespace CowansDashboard.Tests.Web.Products;

public sealed class NewProductBodyTests
{
    [Theory]
    [InlineData("""{"variants": [{"price": "1"}]}""", "title")]
    [InlineData("""{"title": "T"}""", "variants")]
    [InlineData("""{"title": "T", "colour": "red", "variants": [{"price": "1"}]}""", "colour")]
    [InlineData("""{"title": "T", "options": [{"name": "Size", "values": ["S"]}], "variants": [{"price": "1", "optionValues": ["M"]}]}""", "variants[0].optionValues")]
    public void A_wrong_body_of_a_new_product_names_its_place(string body, string place) =>
        NewProductBody.Read((JsonObject)JsonNode.Parse(body)!).Problems.Keys.ShouldBe([place]);

    [Fact]
    public void A_body_with_options_is_read_with_each_of_them()
    {
        var read = NewProductBody.Read((JsonObject)JsonNode.Parse("""
            {"title": "T", "status": "active", "seo": {"title": "S"}, "options": [{"name": "Size", "values": ["S", "M"]}],
             "variants": [{"optionValues": ["S"], "price": "1.50", "sku": "A"}, {"optionValues": ["M"], "price": "2"}]}
            """)!);

        read.Problems.ShouldBeEmpty();
        read.Wanted.Options.ShouldHaveSingleItem().Values.ShouldBe(["S", "M"]);
        read.Wanted.Fields["status"]!.ToString().ShouldBe("ACTIVE");
        read.Wanted.Fields["seo_title"]!.ToString().ShouldBe("S");
        read.Wanted.Variants.Select(variant => variant["option_values"]![0]!.ToString()).ShouldBe(["S", "M"]);
    }
}
