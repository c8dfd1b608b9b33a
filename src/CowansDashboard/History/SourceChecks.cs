using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What is wrong with the definition of a collection's source before Shopify is asked. Pure.</summary>
public static class SourceChecks
{
    public const string ByConditions = "CollectionConditionsSource", OfCollections = "CollectionSubCollectionsSource";

    /// <returns>Null where nothing is wrong.</returns>
    public static string? Problem(string type, JsonNode? definition) => (type, definition as JsonObject) switch
    {
        (_, null) => "What a source holds must be given as Shopify returns it.",
        (ByConditions, { } given) => (string?)Text(given["targetType"]) is not (null or "PRODUCTS" or "VARIANTS") ? "A source holds products or variants." : SideProblem(given, "inclusion") ?? SideProblem(given, "exclusion"),
        (OfCollections, { } given) => given["collections"] is JsonArray { Count: > 0 } ids && ids.All(one => IsId(one?["id"], "Collection")) ? null : "Choose at least one collection whose products shall be in this one.",
        _ => "This kind of source came with a later version of Shopify; it can be removed here, not changed.",
    };

    public static int Conditions(JsonNode? definition) => Count(definition, "inclusion") + Count(definition, "exclusion");

    /// <summary>Shopify's ids of the collections that a source takes in or keeps out.</summary>
    public static IEnumerable<long> Named(JsonNode? definition) =>
        Collections(definition).Concat(((definition as JsonObject)?["exclusion"]?["conditions"] as JsonArray ?? []).SelectMany(Collections)).Distinct();

    /// <summary>Those whose products it takes in.</summary>
    public static IEnumerable<long> Collections(JsonNode? of) =>
        (of as JsonObject)?["collections"] is JsonArray ids ? ids.Select(one => Text(one?["id"])).OfType<string>().Select(Number).OfType<long>() : [];

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
        if (node is not JsonObject side || Text(side["matchType"]) is not (null or "ALL" or "ANY"))
            return "A source's conditions must hold all together or any of them.";
        if (side["conditions"] is { } conditions && (conditions is not JsonArray list || list.Any(one => !Text(one as JsonObject is { } condition ? condition["__typename"] : null)?.StartsWith("CollectionSource", StringComparison.Ordinal) ?? true)))
            return "A condition of the source cannot be read.";
        if (side["conditions"] is JsonArray { Count: > 0 } each && each.OfType<JsonObject>().Any(IsEmpty))
            return "A condition needs a value.";
        return side["selections"] is { } selections && (selections is not JsonArray picked || !picked.All(one => one is JsonObject selection && IsId((selection["product"] as JsonObject)?["id"], "Product")
                && (selection["variantIds"] is null || selection["variantIds"] is JsonArray variants && variants.All(id => IsId(id, "ProductVariant")))))
            ? "A product that was picked cannot be read: products are picked by Shopify’s ids." : null;
    }

    // Of each kind of condition one list holds its values.
    private static bool IsEmpty(JsonObject condition) =>
        new[] { "texts", "statuses", "categories", "metaobjects", "collections" }.Any(name => condition[name] is JsonArray { Count: 0 })
        || condition["texts"] is JsonArray texts && texts.Any(text => string.IsNullOrWhiteSpace(Text(text)));

    private static bool IsId(JsonNode? node, string type) => Text(node) is { } text && text.StartsWith($"gid://shopify/{type}/", StringComparison.Ordinal) && Number(text) is > 0;

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static long? Number(string gid) => long.TryParse(gid.AsSpan(gid.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
