using System.Globalization;
using System.Text.Json;

namespace CowansDashboard.Collections.Conditions;

/// <summary>Reads a source as Shopify returned it, with the aliases of our documents. What this version does not know stays Unknown.</summary>
public static class SourceReading
{
    private const string Inclusions = "CollectionSourceInclusionCondition", Exclusions = "CollectionSourceExclusionCondition";

    public static CollectionSource Read(string type, JsonElement definition) => type switch
    {
        "CollectionConditionsSource" => new CollectionSource.ByConditions(
            Text(definition, "targetType") == "VARIANTS", Included(Object(definition, "inclusion")), Excluded(Object(definition, "exclusion"))),
        "CollectionSubCollectionsSource" when Ids(definition, "collections") is { } collections => new CollectionSource.OfCollections(collections),
        _ => new CollectionSource.Unknown(type),
    };

    private static Inclusion Included(JsonElement? side) => side is not { } given
        ? new(false, [], [])
        : new(Text(given, "matchType") == "ALL", Conditions(given), [.. Selections(given)]);

    private static Exclusion Excluded(JsonElement? side) => side is not { } given
        ? Exclusion.Nothing
        : new(Text(given, "matchType") == "ALL", Conditions(given), [.. Selections(given).Select(one => one.Product)]);

    // A product that is none any more is in nothing.
    private static IEnumerable<Selection> Selections(JsonElement side) =>
        from selection in Array(side, "selections")
        let product = Object(selection, "product") is { } one ? Number(Text(one, "id")) : null
        where product is not null
        select new Selection(product.Value, [.. Texts(selection, "variantIds").Select(Number).OfType<long>()]);

    private static IReadOnlyList<Condition> Conditions(JsonElement side) => [.. Array(side, "conditions").Select(Read)];

    private static Condition Read(JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object)
            return new Condition.Unknown("", null, []);
        var type = Text(condition, "__typename") ?? "";
        var kind = type.StartsWith(Inclusions, StringComparison.Ordinal) ? type[Inclusions.Length..] : type.StartsWith(Exclusions, StringComparison.Ordinal) ? type[Exclusions.Length..] : type;
        var relation = condition.EnumerateObject().FirstOrDefault(field => field.Name.EndsWith("Relation", StringComparison.Ordinal)).Value is { ValueKind: JsonValueKind.String } said ? said.GetString() : null;
        var all = Text(condition, "match") == "ALL";
        IReadOnlyList<string> texts = Texts(condition, "texts");
        var isRead = Array(condition, "texts").Concat(Array(condition, "statuses")).All(each => each.ValueKind == JsonValueKind.String);
        Condition? known = kind switch
        {
            "ProductTag" => relation is "TAGGED_WITH" or "NOT_TAGGED_WITH" ? new Condition.Tag(relation == "TAGGED_WITH", all, texts) : null,
            "ProductTitle" => OfText(TextField.Title),
            "ProductType" => OfText(TextField.ProductType),
            "ProductVendor" => OfText(TextField.Vendor),
            "VariantTitle" => OfText(TextField.VariantTitle),
            "ProductStatus" => Is(relation) is { } equal ? new Condition.Status(equal, all, Texts(condition, "statuses")) : null,
            "ProductCategory" => Is(relation) is { } equal && Categories() is { } categories ? new Condition.Category(equal, all, categories) : null,
            "VariantPrice" => OfNumber(NumberField.Price, Amount("price")),
            "VariantCompareAtPrice" => OfNumber(NumberField.CompareAtPrice, Amount("compareAt")),
            "VariantInventory" => OfNumber(NumberField.Stock, Decimal(condition, "whole")),
            "VariantWeight" => Object(condition, "weight") is { } weight ? OfNumber(NumberField.Weight, Decimal(weight, "value"), Text(weight, "unit")) : null,
            "MetafieldBoolean" => OfMetafield(MetafieldKind.Boolean, Said("flag")),
            "MetafieldInteger" => OfMetafield(MetafieldKind.Whole, Said("whole")),
            "MetafieldDecimal" => OfMetafield(MetafieldKind.Fraction, Said("fraction")),
            "MetafieldString" => OfMetafield(MetafieldKind.Text, texts),
            "MetafieldStringList" => OfMetafield(MetafieldKind.TextList, texts),
            "MetafieldMetaobject" => OfMetafield(MetafieldKind.Reference, Object(condition, "metaobject") is { } one && Text(one, "id") is { } id ? [id] : []),
            "MetafieldMetaobjectList" => OfMetafield(MetafieldKind.ReferenceList, Gids(condition, "metaobjects") ?? []),
            "Collection" => Ids(condition, "collections") is { } collections ? new Condition.InCollections(collections) : null,
            _ => null,
        };
        return ((isRead ? known : null) ?? new Condition.Unknown(kind, relation, [.. texts, .. Texts(condition, "unknownTexts")])) with { Gid = Text(condition, "id") };

        Condition? OfText(TextField field) => TextOf(relation) is { } how ? new Condition.Text(field, how, all, texts) : null;

        Condition? OfNumber(NumberField field, decimal? value, string? unit = null) =>
            NumberOf(relation) is { } how && (value is not null || how is NumberRelation.IsSet or NumberRelation.IsNotSet) ? new Condition.Number(field, how, value, unit) : null;

        Condition? OfMetafield(MetafieldKind of, IReadOnlyList<string> values)
        {
            NumberRelation? how = of switch
            {
                MetafieldKind.Whole or MetafieldKind.Fraction => NumberOf(relation),
                MetafieldKind.TextList or MetafieldKind.ReferenceList => relation == "INCLUDES" ? NumberRelation.Is : null,
                _ => relation == "EQUALS" ? NumberRelation.Is : null,
            };
            return how is { } known && values.Count > 0 && Object(condition, "definition") is { } field && Text(field, "ownerType") is { } owner
                && Text(field, "id") is { } gid && Text(field, "namespace") is { } space && Text(field, "key") is { } key
                ? new Condition.Metafield(of, new(gid, space, key, owner == "PRODUCTVARIANT"), known, all, values)
                : null;
        }

        ConditionCategory[]? Categories()
        {
            var values = Array(condition, "categories").Select(Category).ToArray();
            return values.Any(value => value is null) ? null : [.. values.OfType<ConditionCategory>()];
        }

        decimal? Amount(string name) => Object(condition, name) is { } money ? Decimal(money, "amount") : null;

        IReadOnlyList<string> Said(string name) => condition.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? [value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()] : [];
    }

    private static ConditionCategory? Category(JsonElement value) => Object(value, "category") is { } category && Text(category, "id") is { } id
        ? new(id.Split('/')[^1], value.TryGetProperty("includeDescendants", out var below) && below.ValueKind == JsonValueKind.True)
        : null;

    private static bool? Is(string? relation) => relation switch { "EQUALS" => true, "NOT_EQUALS" => false, _ => null };

    private static TextRelation? TextOf(string? relation) => relation switch
    {
        "EQUALS" => TextRelation.Is,
        "NOT_EQUALS" => TextRelation.IsNot,
        "STARTS_WITH" => TextRelation.StartsWith,
        "ENDS_WITH" => TextRelation.EndsWith,
        "CONTAINS" => TextRelation.Contains,
        "DOES_NOT_CONTAIN" => TextRelation.DoesNotContain,
        _ => null,
    };

    private static NumberRelation? NumberOf(string? relation) => relation switch
    {
        "EQUALS" => NumberRelation.Is,
        "NOT_EQUALS" => NumberRelation.IsNot,
        "GREATER_THAN" => NumberRelation.Above,
        "LESS_THAN" => NumberRelation.Below,
        "IS_SET" => NumberRelation.IsSet,
        "IS_NOT_SET" => NumberRelation.IsNotSet,
        _ => null,
    };

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Object(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static JsonElement[] Array(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];

    private static decimal? Decimal(JsonElement of, string name) => of.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDecimal(out var told) => told,
            JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        }
        : null;

    private static IReadOnlyList<string> Texts(JsonElement of, string name) => [.. Array(of, name).Select(each => each.ValueKind == JsonValueKind.String ? each.GetString()! : each.GetRawText())];

    /// <summary>Null where one of them is none.</summary>
    private static IReadOnlyList<long>? Ids(JsonElement of, string name) =>
        Gids(of, name) is { } gids && gids.Select(Number).ToList() is var ids && !ids.Contains(null) ? [.. ids.OfType<long>()] : null;

    /// <summary>Null where one of them is not told.</summary>
    private static string[]? Gids(JsonElement of, string name)
    {
        var gids = Array(of, name).Select(node => Text(node, "id")).ToArray();
        return gids.Any(gid => gid is null) ? null : [.. gids.OfType<string>()];
    }

    private static long? Number(string? gid) => gid is not null && long.TryParse(gid.AsSpan(gid.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
