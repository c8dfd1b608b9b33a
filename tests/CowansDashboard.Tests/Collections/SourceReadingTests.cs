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
