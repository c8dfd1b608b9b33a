using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>Compares and combines values as to_jsonb writes them. Pure.</summary>
public static class JsonValues
{
    public static bool Same(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);

    /// <summary>Sets have no order and no doubles.</summary>
    public static bool SameSet(JsonNode? left, JsonNode? right) => Elements(left).ToHashSet().SetEquals(Elements(right));

    /// <summary>What was added and removed between two sets, done to a third.</summary>
    public static JsonArray ApplySet(JsonNode? current, JsonNode? seen, JsonNode? wanted)
    {
        var (before, after) = (Elements(seen).ToHashSet(), Elements(wanted).ToHashSet());
        var kept = Elements(current).Where(element => after.Contains(element) || !before.Contains(element));
        return Set(kept.Union(after.Where(element => !before.Contains(element))));
    }

    /// <summary>The difference of two numbers, added to a third.</summary>
    public static JsonNode Add(JsonNode? current, JsonNode? seen, JsonNode? wanted) => JsonValue.Create(Number(current) + Number(wanted) - Number(seen));

    public static JsonArray Set(IEnumerable<string> elements) =>
        [.. elements.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(element => (JsonNode)element)];

    public static IEnumerable<string> Elements(JsonNode? array) =>
        array is JsonArray elements ? elements.Select(element => element?.ToString()).OfType<string>() : [];

    /// <summary>The node as a number; nothing is 0.</summary>
    public static decimal Number(JsonNode? value) => value is null ? 0 : decimal.Parse(value.ToJsonString().Trim('"'), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);

    public static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);
}
