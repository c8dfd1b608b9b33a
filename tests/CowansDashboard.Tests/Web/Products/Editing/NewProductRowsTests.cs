using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Web.Api;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class NewProductRowsTests
{
    [Theory]
    [InlineData("Crème Brûlée – No. 5", "creme-brulee-no-5")]
    [InlineData("  Wool  &  Silk! ", "wool-silk")]
    [InlineData("סוודר", "סוודר")]
    public void A_handle_is_made_of_the_title_as_Shopify_does(string title, string handle) => NewProductRows.HandleOf(title).ShouldBe(handle);

    [Fact]
    public void A_copy_is_a_draft_with_all_that_was_wanted_and_no_id_of_its_source()
    {
        var rows = NewProductRows.CopyOf(A.Product() with { Variants = [A.Variant(11, "S") with { Sku = "J-S" }, A.Variant(12, "M")] }, "Copy", new CopiedParts(Skus: false, Media: true, Metafields: true)).Added;

        rows.CountBy(row => row.Entity).ToDictionary().ShouldBe(new Dictionary<string, int> { ["product"] = 1, ["option"] = 1, ["variant"] = 2, ["media"] = 1, ["metafield"] = 1 }, ignoreOrder: true);
        rows.Select(row => row.Key).ShouldBeUnique();
        rows.ShouldAllBe(row => row.Key < 0);
        var product = rows.Single(row => row.Entity == CatalogueFields.Product).Values;
        (product["title"]!.ToString(), product["status"]!.ToString(), product["handle"]!.ToString()).ShouldBe(("Copy", "DRAFT", "copy"));
        rows.Where(row => row.Entity == CatalogueFields.Variant).ShouldAllBe(row => row.Values["sku"] == null);
        rows.Single(row => row.Entity == CatalogueFields.Option).Values["option_values"]!.ToJsonString().ShouldBe("""[{"name":"S"},{"name":"M"}]""");
    }

    [Theory]
    [InlineData("""{"variants": [{"price": "1"}]}""", "title")]
    [InlineData("""{"title": "T"}""", "variants")]
    [InlineData("""{"title": "T", "colour": "red", "variants": [{"price": "1"}]}""", "colour")]
    [InlineData("""{"title": "T", "options": [{"name": "Size", "values": ["S"]}], "variants": [{"price": "1", "optionValues": ["M"]}]}""", "variants[0].optionValues")]
    public void A_wrong_body_of_a_new_product_names_its_place(string body, string place) =>
        NewProductBody.Read((JsonObject)JsonNode.Parse(body)!).Problems.Keys.ShouldBe([place]);

    [Fact]
    public void A_body_with_options_makes_a_row_for_each_of_them()
    {
        var read = NewProductBody.Read((JsonObject)JsonNode.Parse("""
            {"title": "T", "status": "active", "seo": {"title": "S"}, "options": [{"name": "Size", "values": ["S", "M"]}],
             "variants": [{"optionValues": ["S"], "price": "1.50", "sku": "A"}, {"optionValues": ["M"], "price": "2"}]}
            """)!);

        read.Problems.ShouldBeEmpty();
        read.Wanted.Added.Select(row => row.Entity).ShouldBe(["product", "option", "variant", "variant"]);
        read.Wanted.Added[0].Values["status"]!.ToString().ShouldBe("ACTIVE");
        read.Wanted.Added[0].Values["seo_title"]!.ToString().ShouldBe("S");
        read.Wanted.Added[3].Values["title"]!.ToString().ShouldBe("M");
    }
}
