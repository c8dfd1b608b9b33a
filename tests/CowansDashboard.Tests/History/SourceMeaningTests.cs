using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Tests.History;

public sealed class SourceMeaningTests
{
    private const string Tea = """
        {"__typename": "CollectionConditionsSource", "id": "gid://shopify/S/1", "title": "Tea", "shareable": true, "targetType": "PRODUCTS",
         "inclusion": {"matchType": "ANY", "selections": [{"product": {"id": "gid://shopify/Product/1"}, "variantIds": null}, {"product": {"id": "gid://shopify/Product/2"}, "variantIds": ["gid://shopify/ProductVariant/5"]}],
            "conditions": [
                {"__typename": "CollectionSourceInclusionConditionProductTag", "id": "gid://shopify/C/1", "match": "ANY", "tagRelation": "TAGGED_WITH", "texts": ["green", "black"]},
                {"__typename": "CollectionSourceInclusionConditionVariantPrice", "id": "gid://shopify/C/2", "priceRelation": "GREATER_THAN", "price": {"amount": "19.90", "currencyCode": "EUR"}}]},
         "exclusion": {"matchType": "ANY", "conditions": [], "selections": []}}
        """;

    [Theory]
    [InlineData("gid://shopify/C/1", "gid://shopify/C/9")]
    [InlineData("\"id\": \"gid://shopify/C/2\", ", "")]
    [InlineData("[\"green\", \"black\"]", "[\"black\", \"green\"]")]
    [InlineData("\"19.90\"", "19.9")]
    [InlineData("EUR", "USD")]
    [InlineData("\"shareable\": true, ", "")]
    [InlineData("\"variantIds\": null", "\"variantIds\": []")]
    [InlineData(",\n \"exclusion\": {\"matchType\": \"ANY\", \"conditions\": [], \"selections\": []}", "")]
    public void Ids_order_and_what_is_left_out_say_nothing(string said, string instead) =>
        SourceMeaning.Same(JsonNode.Parse(Tea), JsonNode.Parse(Changed(said, instead))).ShouldBeTrue();

    [Theory]
    [InlineData("\"matchType\": \"ANY\", \"selections\": [{", "\"matchType\": \"ALL\", \"selections\": [{")]
    [InlineData("\"match\": \"ANY\"", "\"match\": \"ALL\"")]
    [InlineData("TAGGED_WITH", "NOT_TAGGED_WITH")]
    [InlineData("green", "white")]
    [InlineData("19.90", "19.91")]
    [InlineData("PRODUCTS", "VARIANTS")]
    [InlineData("Product/1\"", "Product/3\"")]
    [InlineData("ProductVariant/5", "ProductVariant/6")]
    [InlineData("\"conditions\": [], \"selections\": []}}", "\"conditions\": [], \"selections\": [{\"product\": {\"id\": \"gid://shopify/Product/4\"}}]}}")]
    public void Another_condition_value_or_selection_is_another_meaning(string said, string instead) =>
        SourceMeaning.Same(JsonNode.Parse(Tea), JsonNode.Parse(Changed(said, instead))).ShouldBeFalse();

    [Fact]
    public void All_or_any_of_a_single_thing_is_the_same_and_sub_collections_have_no_order()
    {
        Same("""{"inclusion": {"matchType": "ALL", "conditions": [{"__typename": "T", "match": "ALL", "texts": ["a"]}]}}""",
            """{"inclusion": {"matchType": "ANY", "conditions": [{"__typename": "T", "match": "ANY", "texts": ["a"]}]}}""").ShouldBeTrue();
        Same("""{"collections": [{"id": "1"}, {"id": "2"}]}""", """{"collections": [{"id": "2"}, {"id": "1"}]}""").ShouldBeTrue();
        Same("""{"collections": [{"id": "1"}, {"id": "2"}]}""", """{"collections": [{"id": "1"}]}""").ShouldBeFalse();

        static bool Same(string left, string right) => SourceMeaning.Same(JsonNode.Parse(left), JsonNode.Parse(right));
    }

    [Theory]
    [InlineData("[1,2,3]", "[1,2,3]", true, 0)]
    [InlineData("[1,2,3]", "[3,1,2]", false, 1)]
    [InlineData("[1,2,3]", "[1,9,3]", true, 0)]
    [InlineData("[1,2,3,4,5]", "[5,4,3,2,1]", false, 4)]
    [InlineData("[1,2,3]", "[]", true, 0)]
    public void Orders_are_compared_by_the_products_that_stand_in_both(string left, string right, bool same, int moved)
    {
        MemberOrder.Same(JsonNode.Parse(left), JsonNode.Parse(right)).ShouldBe(same);
        MemberOrder.Moved(JsonNode.Parse(left), JsonNode.Parse(right)).ShouldBe(moved);
    }

    private static string Changed(string said, string instead)
    {
        var text = Tea.ReplaceLineEndings("\n");
        text.ShouldContain(said);
        return text.Replace(said, instead, StringComparison.Ordinal);
    }
}
