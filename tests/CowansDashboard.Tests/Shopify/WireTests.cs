using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Tests.Shopify;

public sealed class WireTests
{
    [Fact]
    public void Nulls_where_the_schema_forbids_them_read_as_empty()
    {
        var product = JsonSerializer.Deserialize("""{"id":"gid://shopify/Product/1","title":null,"tags":null,"options":null,"seo":null,"variants":null,"media":{"nodes":null,"pageInfo":null}}""", ShopifyJson.Default.ProductNode)!;

        product.Title.ShouldBe("");
        product.Tags.ShouldBeEmpty();
        product.Options.ShouldBeEmpty();
        product.Variants.ShouldBeNull();
        product.Media!.Nodes.ShouldBeEmpty();
        product.Media.PageInfo.HasNextPage.ShouldBeFalse();
    }

    [Fact]
    public void What_an_answer_leaves_out_is_empty_too()
    {
        var product = JsonSerializer.Deserialize("{}", ShopifyJson.Default.ProductNode)!;

        product.Id.IsNone.ShouldBeTrue();
        product.Handle.ShouldBe("");
        product.Tags.ShouldBeEmpty();
    }

    [Fact]
    public void Money_and_large_numbers_are_exact()
    {
        var variant = JsonSerializer.Deserialize("""{"id":"gid://shopify/ProductVariant/9007199254740993","price":"19.990","compareAtPrice":null,"unitPrice":{"amount":"0.1","currencyCode":"EUR"},"inventoryItem":{"id":"gid://shopify/InventoryItem/3","measurement":{"weight":{"unit":"KILOGRAMS","value":0.35}}}}""", ShopifyJson.Default.VariantNode)!;

        variant.Id.Number.ShouldBe(9007199254740993);
        variant.Price.ShouldBe(19.990m);
        variant.UnitPrice!.Amount.ShouldBe(0.1m);
        variant.InventoryItem!.Measurement!.Weight!.Value.ShouldBe(0.35m);
        JsonSerializer.Deserialize("""{"id":"gid://shopify/BulkOperation/1","objectCount":"9007199254740993","fileSize":"12"}""", ShopifyJson.Default.BulkOperationNode)!
            .ObjectCount.ShouldBe(9007199254740993);
    }

    [Fact]
    public void A_line_of_a_bulk_result_names_its_parent()
    {
        var metafield = JsonSerializer.Deserialize("""{"__typename":"Metafield","id":"gid://shopify/Metafield/2","namespace":"custom","key":"care","type":"single_line_text_field","value":"wash","__parentId":"gid://shopify/ProductVariant/7"}""", ShopifyJson.Default.MetafieldNode)!;

        metafield.TypeName.ShouldBe("Metafield");
        metafield.ParentId.ShouldBe(ShopifyId.Variant(7));
    }

    [Fact]
    public void A_media_that_is_not_ready_has_no_picture()
    {
        var media = JsonSerializer.Deserialize("""{"__typename":"MediaImage","id":"gid://shopify/MediaImage/2","alt":null,"status":"PROCESSING","preview":{"status":"PROCESSING","image":null},"image":null,"mediaErrors":null}""", ShopifyJson.Default.MediaNode)!;

        media.Image.ShouldBeNull();
        media.Preview!.Image.ShouldBeNull();
        media.MediaErrors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"__typename":"CollectionSourceInclusionConditionProductTag","id":"x","match":"ANY","tagRelation":"TAGGED_WITH","texts":["a","b"]}""", "TAGGED_WITH", "ANY", "a,b")]
    [InlineData("""{"__typename":"CollectionSourceInclusionConditionProductStatus","id":"x","match":"ALL","statusRelation":"EQUALS","statuses":["DRAFT"]}""", "EQUALS", "ALL", "DRAFT")]
    [InlineData("""{"__typename":"CollectionSourceInclusionConditionUnknown","id":"x","unknownMatch":"ANY","unknownRelation":"NEW_RELATION","unknownTexts":["z"]}""", "NEW_RELATION", "ANY", "z")]
    [InlineData("""{"__typename":"CollectionSourceInclusionConditionUnknown","id":"x","unknownMatch":null,"unknownRelation":null,"unknownTexts":null}""", null, null, "")]
    [InlineData("""{"__typename":"CollectionSourceInclusionConditionVariantPrice","id":"x","priceRelation":"GREATER_THAN","price":{"amount":"10.00","currencyCode":"USD"}}""", "GREATER_THAN", null, "")]
    public void Every_kind_of_condition_says_its_relation_the_same_way(string json, string? relation, string? match, string texts)
    {
        var condition = JsonSerializer.Deserialize(json, ShopifyJson.Default.ConditionNode)!;

        condition.Relation.ShouldBe(relation);
        condition.Match.ShouldBe(match);
        string.Join(',', condition.Texts).ShouldBe(texts);
    }

    [Fact]
    public void Nodes_that_are_gone_are_null_in_their_place()
    {
        var data = JsonSerializer.Deserialize("""{"nodes":[{"__typename":"Product","id":"gid://shopify/Product/1"},null]}""", ShopifyJson.Default.NodeRefs)!;

        data.Nodes.Count.ShouldBe(2);
        data.Nodes[0]!.Id.ShouldBe(ShopifyId.Product(1));
        data.Nodes[1].ShouldBeNull();
    }
}
