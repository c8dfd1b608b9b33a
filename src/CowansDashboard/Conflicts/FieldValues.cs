using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Conflicts;

/// <summary>When two values of a field are the same for people. Pure.</summary>
public static class FieldValues
{
    private static readonly string[] OfOptionValue = ["name", "swatch", "linkedMetafieldValue"];

    public static Func<JsonNode?, JsonNode?, bool> SameOf(string field) => field switch
    {
        "option_values" => SameOptionValues,
        "definition" => SourceMeaning.Same,
        MemberOrder.Field => MemberOrder.Same,
        _ => JsonNode.DeepEquals,
    };

    // A value that was made here has no id before Shopify has named it, and whether a variant uses it is no part of it.
    private static bool SameOptionValues(JsonNode? left, JsonNode? right) =>
        left is JsonArray ours && right is JsonArray theirs
            ? ours.Count == theirs.Count && ours.Zip(theirs).All(pair => SameOptionValue(pair.First, pair.Second))
            : JsonNode.DeepEquals(left, right);

    private static bool SameOptionValue(JsonNode? left, JsonNode? right) =>
        left is JsonObject ours && right is JsonObject theirs
            ? (ours["id"] is null || theirs["id"] is null || JsonNode.DeepEquals(ours["id"], theirs["id"])) && OfOptionValue.All(part => JsonNode.DeepEquals(ours[part], theirs[part]))
            : JsonNode.DeepEquals(left, right);
}
