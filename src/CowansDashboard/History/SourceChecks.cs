using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What is wrong with the definition of a collection's source before Shopify is asked. Pure.</summary>
public static class SourceChecks
{
    public const string ByConditions = "CollectionConditionsSource", OfCollections = "CollectionSubCollectionsSource";

    /// <summary>Far more levels than Shopify's definitions have; readers of JSON stop at 64, of whatever a definition stands in.</summary>
    private const int MostDepth = 32;

    /// <summary>Longer than any number that is told here.</summary>
    private const int LongestNumber = 40;

    /// <returns>Null where nothing is wrong.</returns>
    public static string? Problem(string type, JsonNode? definition) => (type, definition as JsonObject) switch
    {
        (_, null) => "What a source holds must be given as Shopify returns it.",
        (_, { } given) when Unreadable(given, MostDepth) is { } sentence => sentence,
        (ByConditions or OfCollections, { } given) when given["__typename"] is { } name && Text(name) != type || !IsWord(given["description"]) => "The source cannot be read: give it as GET answers it.",
        (ByConditions, { } given) => given["targetType"] is { } target && Text(target) is not ("PRODUCTS" or "VARIANTS") ? "A source holds products or variants." : SideProblem(given, "inclusion") ?? SideProblem(given, "exclusion"),
        (OfCollections, { } given) => given["collections"] is JsonArray { Count: > 0 } ids && ids.All(one => IsId((one as JsonObject)?["id"], "Collection")) ? null : "Choose at least one collection whose products shall be in this one.",
        _ => "This kind of source came with a later version of Shopify; it can be removed here, not changed.",
    };

    public static int Conditions(JsonNode? definition) => Count(definition, "inclusion") + Count(definition, "exclusion");

    /// <summary>Shopify's ids of the collections that a source takes in or keeps out.</summary>
    public static IEnumerable<long> Named(JsonNode? definition) =>
        Collections(definition).Concat((((definition as JsonObject)?["exclusion"] as JsonObject)?["conditions"] as JsonArray ?? []).SelectMany(Collections)).Distinct();

    /// <summary>Those whose products it takes in.</summary>
    public static IEnumerable<long> Collections(JsonNode? of) =>
        (of as JsonObject)?["collections"] is JsonArray ids ? ids.Select(one => Text((one as JsonObject)?["id"])).OfType<string>().Select(Number).OfType<long>() : [];

    /// <summary>Shopify's ids of everything of a type that definitions name, wherever it stands in them.</summary>
    public static long[] Referred(IEnumerable<JsonNode?> definitions, string type) =>
        [.. definitions.SelectMany(Texts).Where(text => IsId(text, type)).Select(text => Number(text!)).OfType<long>().Distinct()];

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(field => Texts(field.Value)),
        JsonArray list => list.SelectMany(Texts),
        _ => Text(node) is { } text ? [text] : [],
    };

    private static int Count(JsonNode? definition, string side) => ((definition as JsonObject)?[side] as JsonObject)?["conditions"] is JsonArray conditions ? conditions.Count : 0;

    private static string? SideProblem(JsonObject definition, string name)
    {
        if (definition[name] is not { } node)
            return null;
        if (node is not JsonObject side || side["matchType"] is { } match && Text(match) is not ("ALL" or "ANY"))
            return "A source's conditions must hold all together or any of them.";
        if (new[] { "conditions", "selections" }.Any(list => side.ContainsKey(list) && side[list] is not JsonArray))
            return "The conditions and the selections of a source are lists; leave out what is not there.";
        if (side["conditions"] is { } conditions && (conditions is not JsonArray list || list.Any(one => !Text(one as JsonObject is { } condition ? condition["__typename"] : null)?.StartsWith("CollectionSource", StringComparison.Ordinal) ?? true)))
            return "A condition of the source cannot be read.";
        if (side["conditions"] is JsonArray { Count: > 0 } each && each.OfType<JsonObject>().Any(IsEmpty))
            return "A condition needs a value.";
        if (side["conditions"] is JsonArray told && told.OfType<JsonObject>().Any(condition => !IsReadable(condition)))
            return "A condition of the source cannot be read: give it as GET answers it.";
        return side["selections"] is { } selections && (selections is not JsonArray picked || !picked.All(one => one is JsonObject selection && IsId((selection["product"] as JsonObject)?["id"], "Product")
                && (selection["variantIds"] is null || selection["variantIds"] is JsonArray variants && variants.All(id => IsId(id, "ProductVariant")))))
            ? "A product that was picked cannot be read: products are picked by Shopify’s ids." : null;
    }

    // Of each kind of condition one list holds its values.
    private static bool IsEmpty(JsonObject condition) =>
        new[] { "texts", "statuses", "categories", "metaobjects", "collections" }.Any(name => condition[name] is JsonArray { Count: 0 })
        || condition["texts"] is JsonArray texts && texts.Any(text => string.IsNullOrWhiteSpace(Text(text)));

    private static bool IsReadable(JsonObject condition) =>
        new[] { "id", "match", "unknownMatch" }.All(name => IsWord(condition[name])) && condition.All(field => !field.Key.EndsWith("Relation", StringComparison.Ordinal) || IsWord(field.Value))
        && new[] { "texts", "statuses", "unknownTexts" }.All(name => condition[name] is null || condition[name] is JsonArray texts && texts.All(text => Text(text) is not null))
        && new[] { "whole", "flag", "fraction" }.All(name => condition[name] is null or JsonValue)
        && IsObject(condition["price"], amount => IsWord(amount["currencyCode"])) && IsObject(condition["compareAt"], amount => IsWord(amount["currencyCode"])) && IsObject(condition["weight"], weight => IsWord(weight["unit"]))
        && IsObject(condition["definition"], definition => new[] { "id", "namespace", "key", "ownerType" }.All(name => IsWord(definition[name])))
        && IsObject(condition["metaobject"], one => IsId(one["id"], "Metaobject"))
        && IsList(condition["metaobjects"], one => IsId(one["id"], "Metaobject")) && IsList(condition["collections"], one => IsId(one["id"], "Collection"))
        && IsList(condition["categories"], one => IsObject(one["category"], category => IsWord(category["id"])));

    // What Shopify has no more it tells as null.
    private static bool IsObject(JsonNode? node, Func<JsonObject, bool> holds) => node is null || node is JsonObject one && holds(one);

    private static bool IsList(JsonNode? node, Func<JsonObject, bool> each) => node is null || node is JsonArray list && list.All(one => IsObject(one, each));

    private static bool IsWord(JsonNode? node) => node is null || Text(node) is not null;

    /// <summary>What the database or a reader of JSON does not take, wherever it stands.</summary>
    private static string? Unreadable(JsonNode? node, int levels) => node switch
    {
        JsonObject or JsonArray when levels == 0 => "The source is nested too deeply: give it as GET answers it.",
        JsonObject one when one.Any(field => field.Key.Contains('\0')) => "A name in the source holds the character NUL.",
        JsonObject one => one.Select(field => Unreadable(field.Value, levels - 1)).FirstOrDefault(sentence => sentence is not null),
        JsonArray list => list.Select(each => Unreadable(each, levels - 1)).FirstOrDefault(sentence => sentence is not null),
        _ when Text(node)?.Contains('\0') == true => "A value of the source holds the character NUL.",
        _ when node?.GetValueKind() == JsonValueKind.Number && !IsNumber(node.ToJsonString()) => "A number in the source is too large or too small.",
        _ => null,
    };

    private static bool IsNumber(string text) => text.Length <= LongestNumber && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && (number != 0 || !text.Contains('e', StringComparison.OrdinalIgnoreCase));

    private static bool IsId(JsonNode? node, string type) => Text(node) is { } text && text.StartsWith($"gid://shopify/{type}/", StringComparison.Ordinal) && Number(text) is > 0;

    /// <summary>A text; null for whatever else it is.</summary>
    internal static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static long? Number(string gid) => long.TryParse(gid.AsSpan(gid.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
