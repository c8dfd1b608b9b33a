using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>
/// When two definitions of a collection's source say the same. The ids of conditions, who else may use the source, currencies, and
/// the order of conditions, values and selections say nothing; nor does all or any where there is one of a thing. Pure.
/// </summary>
public static class SourceMeaning
{
    public static bool Same(JsonNode? left, JsonNode? right) => Of(left) == Of(right);

    /// <summary>The same text for every way of saying the same.</summary>
    public static string Of(JsonNode? definition)
    {
        if (definition is not JsonObject source)
            return "";
        var said = new JsonObject();
        if (SourceChecks.Text(source["targetType"]) == "VARIANTS")
            said["targetType"] = "VARIANTS";
        foreach (var side in (string[])["inclusion", "exclusion"])
            if (source[side] is JsonObject given && Side(given) is { Count: > 0 } means)
                said[side] = means;
        if (Sorted(source["collections"], Value) is { Count: > 0 } collections)
            said["collections"] = collections;
        return said.ToJsonString();
    }

    private static JsonObject Side(JsonObject side)
    {
        var means = new JsonObject();
        if (Sorted(side["conditions"], Condition) is { Count: > 0 } conditions)
        {
            means["conditions"] = conditions;
            if (conditions.Count > 1 && SourceChecks.Text(side["matchType"]) == "ALL")
                means["matchType"] = "ALL";
        }
        if (Sorted(side["selections"], Value) is { Count: > 0 } selections)
            means["selections"] = selections;
        return means;
    }

    private static JsonNode? Condition(JsonNode? condition)
    {
        if (condition is not JsonObject given)
            return condition?.DeepClone();
        var values = given.Select(field => field.Value).OfType<JsonArray>().Sum(list => list.Count);
        return Object(given.Where(field => field.Key != "id" && (values > 1 || field.Key is not ("match" or "unknownMatch"))));
    }

    // 19.9 and "19.90" are the same amount; nothing and an empty list are the same list.
    private static JsonNode? Value(JsonNode? value) => value switch
    {
        JsonObject one => Object(one),
        JsonArray list => Sorted(list, Value),
        JsonValue single when single.GetValueKind() == JsonValueKind.Number => Number(single.ToJsonString()),
        _ => value?.DeepClone(),
    };

    private static JsonNode? Named(string name, JsonNode? value) =>
        name is "amount" or "value" or "whole" or "fraction" && value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? Number(text.GetValue<string>()) : Value(value);

    private static JsonNode Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? (number / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : text;

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> fields) => new(fields
        .Select(field => KeyValuePair.Create(field.Key, Named(field.Key, field.Value)))
        .Where(field => field.Value is not (null or JsonArray { Count: 0 }) && field.Key != "currencyCode")
        .OrderBy(field => field.Key, StringComparer.Ordinal));

    private static JsonArray Sorted(JsonNode? list, Func<JsonNode?, JsonNode?> each) => list is not JsonArray given ? []
        : [.. given.Select(each).OfType<JsonNode>().OrderBy(one => one.ToJsonString(), StringComparer.Ordinal)];
}
