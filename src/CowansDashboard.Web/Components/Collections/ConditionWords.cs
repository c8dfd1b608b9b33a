using System.Globalization;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>Conditions as sentences: "Type is Mugs or is Cups", "Price is above £20.00".</summary>
public static class ConditionWords
{
    public static string Of(Condition condition, ReferenceNames names, string currency) => condition switch
    {
        Condition.Tag tag => Each("Tag", tag.Is ? "is" : "is not", tag.All, tag.Values),
        Condition.Text text => Each(Field(text.Field), Relation(text.Relation), text.All, text.Values),
        Condition.Status status => Each("Status", status.Is ? "is" : "is not", status.All, status.Values.Select(ProductWords.Status)),
        Condition.Category category => Each("Category", category.Is ? "is" : "is not", category.All,
            category.Values.Select(value => (names.Categories.GetValueOrDefault(value.Code) ?? value.Code) + (value.WithDescendants ? " or below it" : ""))),
        Condition.Number number => $"{Field(number.Field)} {Relation(number.Relation)}{Amount(number, currency)}",
        Condition.Metafield metafield => Each($"{(metafield.Definition.OfVariants ? "Variant metafield" : "Metafield")} {metafield.Definition.Namespace}.{metafield.Definition.Key}",
            metafield.Kind is MetafieldKind.TextList or MetafieldKind.ReferenceList ? "holds" : Relation(metafield.Relation), metafield.All, metafield.Values.Select(Bare)),
        Condition.InCollections of => $"In {Titles(of.ShopifyIds, names)}",
        Condition.Unknown unknown => string.Join(' ', [$"A condition of a newer kind, {unknown.Type}:", unknown.Relation?.ToLowerInvariant().Replace('_', ' ') ?? "", string.Join(", ", unknown.Values)]).Trim(' ', ':'),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    public static string Titles(IReadOnlyList<long> collections, ReferenceNames names) =>
        string.Join(" or ", collections.Select(id => names.Collections.TryGetValue(id, out var named) ? named.Title : $"a collection that is not in the copy ({id.ToString(CultureInfo.InvariantCulture)})"));

    /// <summary>"12 products picked by hand".</summary>
    public static string Picked(IReadOnlyList<Selection> selections) =>
        $"{Figure.Count(selections.Count, "product")} picked by hand{(selections.Count(one => one.Variants.Count > 0) is > 0 and var some ? $", {Figure.Count(some)} of them by variants" : "")}";

    // Of each value by itself, so that "is not a or is not b" says what Shopify does with it.
    private static string Each(string field, string relation, bool all, IEnumerable<string> values) =>
        $"{field} {string.Join(all ? " and " : " or ", values.Select(value => $"{relation} {value}"))}";

    private static string Field(TextField field) => field switch
    {
        TextField.Title => "Title",
        TextField.ProductType => "Type",
        TextField.Vendor => "Vendor",
        _ => "Variant’s title",
    };

    private static string Field(NumberField field) => field switch
    {
        NumberField.Price => "Price",
        NumberField.CompareAtPrice => "Compare-at price",
        NumberField.Stock => "Stock",
        _ => "Weight",
    };

    private static string Relation(TextRelation relation) => relation switch
    {
        TextRelation.Is => "is",
        TextRelation.IsNot => "is not",
        TextRelation.StartsWith => "starts with",
        TextRelation.EndsWith => "ends with",
        TextRelation.Contains => "contains",
        _ => "does not contain",
    };

    private static string Relation(NumberRelation relation) => relation switch
    {
        NumberRelation.Is => "is",
        NumberRelation.IsNot => "is not",
        NumberRelation.Above => "is above",
        NumberRelation.Below => "is below",
        NumberRelation.IsSet => "is set",
        _ => "is not set",
    };

    private static string Amount(Condition.Number number, string currency) => number.Value is not { } value ? "" : " " + number.Field switch
    {
        NumberField.Stock => Figure.Count((long)value),
        NumberField.Weight => $"{value.ToString("0.###", CultureInfo.InvariantCulture)} {Unit(number.Unit)}",
        _ => Figure.Money(value, currency),
    };

    private static string Unit(string? unit) => unit switch
    {
        "KILOGRAMS" => "kg",
        "OUNCES" => "oz",
        "POUNDS" => "lb",
        _ => "g",
    };

    private static string Bare(string value) => value.StartsWith("gid://", StringComparison.Ordinal) ? value[(value.LastIndexOf('/') + 1)..] : value switch { "true" => "yes", "false" => "no", _ => value };
}
