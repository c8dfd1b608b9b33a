using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Tests.History;

public sealed class SourceChecksTests
{
    private const string Everything = """
        {"__typename": "CollectionConditionsSource", "targetType": "PRODUCTS", "description": "",
         "inclusion": {"matchType": "ANY", "selections": [{"product": {"id": "gid://shopify/Product/7"}, "variantIds": ["gid://shopify/ProductVariant/8"]}], "conditions": [
            {"__typename": "CollectionSourceInclusionConditionProductTag", "id": "gid://shopify/C/1", "match": "ANY", "tagRelation": "TAGGED_WITH", "texts": ["red"]},
            {"__typename": "CollectionSourceInclusionConditionProductStatus", "match": "ANY", "statusRelation": "EQUALS", "statuses": ["ACTIVE"]},
            {"__typename": "CollectionSourceInclusionConditionProductCategory", "match": "ANY", "categoryRelation": "EQUALS", "categories": [{"category": {"id": "gid://shopify/TaxonomyCategory/aa-1"}, "includeDescendants": true}]},
            {"__typename": "CollectionSourceInclusionConditionVariantPrice", "priceRelation": "LESS_THAN", "price": {"amount": "19.90", "currencyCode": "EUR"}},
            {"__typename": "CollectionSourceInclusionConditionVariantInventory", "inventoryRelation": "GREATER_THAN", "whole": 3},
            {"__typename": "CollectionSourceInclusionConditionVariantWeight", "weightRelation": "LESS_THAN", "weight": {"unit": "GRAMS", "value": 2.5}},
            {"__typename": "CollectionSourceInclusionConditionMetafieldMetaobject", "metaobjectRelation": "EQUALS", "metaobject": {"id": "gid://shopify/Metaobject/1"},
                "definition": {"id": "gid://shopify/MetafieldDefinition/1", "namespace": "custom", "key": "cloth", "ownerType": "PRODUCT"}},
            {"__typename": "CollectionSourceInclusionConditionMetafieldMetaobjectList", "match": "ANY", "metaobjectListRelation": "INCLUDES", "metaobjects": [{"id": "gid://shopify/Metaobject/1"}],
                "definition": {"id": "gid://shopify/MetafieldDefinition/1", "namespace": "custom", "key": "cloth", "ownerType": "PRODUCT"}},
            {"__typename": "CollectionSourceInclusionConditionUnknown", "unknownMatch": "ANY", "unknownRelation": "NEAR", "unknownTexts": ["the sea"]}]},
         "exclusion": {"matchType": "ANY", "selections": [], "conditions": [
            {"__typename": "CollectionSourceExclusionConditionCollection", "match": "ANY", "collections": [{"id": "gid://shopify/Collection/3"}]}]}}
        """;

    private static readonly string[] Odd = ["null", "5", "1e400", "true", "\"x\"", "\"gid://shopify/Collection/x\"", "[]", "{}", "[null]", "[5]", "[\"x\"]", "[{}]", "[[]]", "[{\"id\": 5}]", "{\"id\": 5}"];

    [Theory]
    [InlineData(SourceChecks.ByConditions, Everything)]
    [InlineData(SourceChecks.OfCollections, """{"__typename": "CollectionSubCollectionsSource", "collections": [{"id": "gid://shopify/Collection/3"}]}""")]
    public void Whatever_is_let_in_can_be_read_and_written_and_nothing_makes_a_reader_fail(string type, string text)
    {
        SourceChecks.Problem(type, JsonNode.Parse(text)).ShouldBeNull();
        var places = Places(JsonNode.Parse(text)!).Count();
        var refused = 0;
        foreach (var place in Enumerable.Range(1, places - 1))
            foreach (var odd in Odd)
            {
                var definition = (JsonObject)JsonNode.Parse(text)!;
                Places(definition).ElementAt(place).ReplaceWith(JsonNode.Parse(odd));
                Reads(definition);
            }
        refused.ShouldBeGreaterThan(places);

        void Reads(JsonObject definition)
        {
            Should.NotThrow(() => SourceReading.Read(type, JsonSerializer.Deserialize<JsonElement>(definition.ToJsonString())), definition.ToJsonString());
            Should.NotThrow(() => (SourceMeaning.Of(definition), SourceChecks.Named(definition).Count()), definition.ToJsonString());
            if (Should.NotThrow(() => SourceChecks.Problem(type, definition), definition.ToJsonString()) is not null)
                refused++;
            else if (Should.NotThrow(() => SourceInputs.Refuse(null, definition), definition.ToJsonString()) is null)
                Should.NotThrow(() => (SourceInputs.Create("A", definition), SourceInputs.Step(null, definition)), definition.ToJsonString());
        }
    }

    [Fact]
    public void What_the_database_or_a_reader_of_JSON_does_not_take_is_refused()
    {
        Problem($$$"""{"inclusion": {"x": {{{new string('[', 40)}}}{{{new string(']', 40)}}} }}""").ShouldBe("The source is nested too deeply: give it as GET answers it.");
        Problem("""{"inclusion": {"a\u0000": 1}}""").ShouldBe("A name in the source holds the character NUL.");
        Problem("""{"description": "a\u0000"}""").ShouldBe("A value of the source holds the character NUL.");
        Problem("""{"inclusion": {"x": 1e400}}""").ShouldBe("A number in the source is too large or too small.");
        Problem("""{"inclusion": {"selections": null}}""").ShouldBe("The conditions and the selections of a source are lists; leave out what is not there.");

        static string? Problem(string definition) => SourceChecks.Problem(SourceChecks.ByConditions, JsonNode.Parse(definition));
    }

    private static IEnumerable<JsonNode> Places(JsonNode node) => (node switch
    {
        JsonObject one => one.Select(field => field.Value).OfType<JsonNode>().ToList(),
        JsonArray list => list.OfType<JsonNode>().ToList(),
        _ => [],
    }).SelectMany(Places).Prepend(node);
}
