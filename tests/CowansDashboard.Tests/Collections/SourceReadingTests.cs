using System.Text.Json;
using CowansDashboard.Collections.Conditions;
using Npgsql;

namespace CowansDashboard.Tests.Collections;

public sealed class SourceReadingTests
{
    [Fact]
    public void What_a_later_version_brings_stays_unknown_and_is_kept_as_it_is()
    {
        var source = Read("""
            {"targetType": "PRODUCTS", "inclusion": {"matchType": "ANY", "selections": [], "conditions": [
                {"__typename": "CollectionSourceInclusionConditionUnknown", "id": "gid://shopify/C/1", "unknownRelation": "NEAR", "unknownTexts": ["the sea"]},
                {"__typename": "CollectionSourceInclusionConditionProductType", "typeRelation": "SOUNDS_LIKE", "match": "ANY", "texts": ["tea"]}]}}
            """);

        source.IsKnown.ShouldBeFalse();
        var conditions = source.Included.Conditions.Cast<Condition.Unknown>().ToList();
        (conditions[0].Type, conditions[0].Relation, conditions[0].Gid).ShouldBe(("Unknown", "NEAR", "gid://shopify/C/1"));
        conditions[0].Values.ShouldBe(["the sea"]);
        (conditions[1].Type, conditions[1].Relation).ShouldBe(("ProductType", "SOUNDS_LIKE"));
        SourceReading.Read("CollectionDreamSource", default).ShouldBe(new CollectionSource.Unknown("CollectionDreamSource"));
    }

    [Theory]
    [InlineData("Boolean", "EQUALS", "NOT_EQUALS", "\"flag\": true")]
    [InlineData("String", "EQUALS", "NOT_EQUALS", "\"texts\": [\"wool\"]")]
    [InlineData("StringList", "INCLUDES", "EQUALS", "\"texts\": [\"wool\"]")]
    [InlineData("Metaobject", "EQUALS", "INCLUDES", "\"metaobject\": {\"id\": \"gid://shopify/Metaobject/1\"}")]
    [InlineData("MetaobjectList", "INCLUDES", "NOT_EQUALS", "\"metaobjects\": [{\"id\": \"gid://shopify/Metaobject/1\"}]")]
    [InlineData("Integer", "GREATER_THAN", "INCLUDES", "\"whole\": 3")]
    public void A_metafield_is_evaluated_only_by_a_relation_that_its_kind_has(string kind, string known, string unknown, string value)
    {
        Of(known).ShouldBeOfType<Condition.Metafield>();
        Of(unknown).ShouldBeOfType<Condition.Unknown>().Relation.ShouldBe(unknown);

        Condition Of(string relation) => Read($$$"""
            {"inclusion": {"conditions": [{"__typename": "CollectionSourceInclusionConditionMetafield{{{kind}}}", "someRelation": "{{{relation}}}", "match": "ANY", {{{value}}},
                "definition": {"id": "gid://shopify/MetafieldDefinition/1", "namespace": "custom", "key": "cloth", "ownerType": "PRODUCT"}}]}}
            """).Included.Conditions.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_is_not_told_is_unknown_and_a_product_that_is_none_any_more_is_in_nothing()
    {
        var source = Read("""
            {"inclusion": {"matchType": "ANY", "selections": [{"product": null}, {"product": {"id": "gid://shopify/Product/7"}}], "conditions": [null,
                {"__typename": "CollectionSourceInclusionConditionProductCategory", "categoryRelation": "EQUALS", "categories": [{"category": null}]},
                {"__typename": "CollectionSourceInclusionConditionMetafieldMetaobjectList", "metaobjectListRelation": "INCLUDES", "metaobjects": [null],
                    "definition": {"id": "gid://shopify/MetafieldDefinition/1", "namespace": "custom", "key": "cloth", "ownerType": "PRODUCT"}}]},
             "exclusion": {"conditions": [{"__typename": "CollectionSourceExclusionConditionCollection", "collections": [null]}]}}
            """);

        source.Included.Conditions.Concat(source.Excluded.Conditions).ShouldAllBe(condition => condition is Condition.Unknown);
        source.Included.Selections.ShouldHaveSingleItem().Product.ShouldBe(7);
        SourceReading.Read("CollectionSubCollectionsSource", JsonSerializer.Deserialize<JsonElement>("""{"collections": [null]}""")).IsKnown.ShouldBeFalse();
    }

    [Fact]
    public void A_source_names_the_collections_that_it_holds_and_those_that_it_keeps_out()
    {
        Read("""
            {"exclusion": {"conditions": [{"__typename": "CollectionSourceExclusionConditionCollection", "collections": [{"id": "gid://shopify/Collection/4"}, {"id": "gid://shopify/Collection/5"}]}]}}
            """).Collections.ShouldBe([4, 5]);
        SourceReading.Read("CollectionSubCollectionsSource", JsonSerializer.Deserialize<JsonElement>("""{"collections": [{"id": "gid://shopify/Collection/6"}]}""")).Collections.ShouldBe([6]);
    }

    [Fact]
    public async Task A_source_that_is_not_understood_is_never_evaluated()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

        await Should.ThrowAsync<ArgumentException>(() => new ForeseeMembers(nowhere).Foresee(1, 1, [new CollectionSource.Unknown("CollectionDreamSource")], 0, 10, default));
    }

    [Fact]
    public void A_money_value_a_weight_and_a_selection_of_variants_are_read()
    {
        var source = Read("""
            {"targetType": "VARIANTS", "inclusion": {"matchType": "ALL",
                "selections": [{"product": {"id": "gid://shopify/Product/9007199254740993"}, "variantIds": ["gid://shopify/ProductVariant/5"]}, {"product": {"id": "gid://shopify/Product/7"}, "variantIds": null}],
                "conditions": [
                    {"__typename": "CollectionSourceInclusionConditionVariantPrice", "priceRelation": "GREATER_THAN", "price": {"amount": "19.90", "currencyCode": "USD"}},
                    {"__typename": "CollectionSourceInclusionConditionVariantCompareAtPrice", "compareAtRelation": "IS_NOT_SET", "compareAt": null},
                    {"__typename": "CollectionSourceInclusionConditionVariantWeight", "weightRelation": "LESS_THAN", "weight": {"unit": "OUNCES", "value": 1.5}}]}}
            """);

        (source.OfVariants, source.Included.All, source.IsKnown).ShouldBe((true, true, true));
        source.Included.Selections.Select(one => (one.Product, one.Variants.Count)).ShouldBe([(9_007_199_254_740_993, 1), (7, 0)]);
        source.Included.Conditions.ShouldBe([
            new Condition.Number(NumberField.Price, NumberRelation.Above, 19.90m),
            new Condition.Number(NumberField.CompareAtPrice, NumberRelation.IsNotSet, null),
            new Condition.Number(NumberField.Weight, NumberRelation.Below, 1.5m, "OUNCES")]);
    }

    private static CollectionSource.ByConditions Read(string definition) =>
        SourceReading.Read("CollectionConditionsSource", JsonSerializer.Deserialize<JsonElement>(definition)).ShouldBeOfType<CollectionSource.ByConditions>();
}
