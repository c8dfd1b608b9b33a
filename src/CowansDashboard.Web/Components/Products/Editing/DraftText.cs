using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>Typed, unsaved fields as a draft keeps them on the server: what was seen and what was typed, also where it is no value yet.</summary>
public static class DraftText
{
    public static JsonObject Write(IEnumerable<TypedField> typed) => new()
    {
        ["fields"] = new JsonArray([.. typed.Select(field => new JsonObject
        {
            ["entity"] = field.Key.Entity,
            ["id"] = field.Key.Id,
            ["field"] = field.Key.Field,
            ["seen"] = field.Seen?.DeepClone(),
            ["text"] = field.Text,
        })]),
    };

    public static IReadOnlyList<TypedField> Read(JsonNode? draft)
    {
        if (draft?["fields"] is not JsonArray fields)
            return [];
        return [.. fields.OfType<JsonObject>().Select(Field).OfType<TypedField>()];
    }

    // A draft of an older version may name what no longer exists: that part is left out.
    private static TypedField? Field(JsonObject field) =>
        field["entity"]?.GetValueKind() is JsonValueKind.String && field["id"]?.GetValueKind() is JsonValueKind.Number && field["field"]?.GetValueKind() is JsonValueKind.String && field["text"]?.GetValueKind() is JsonValueKind.String
            ? new(new(field["entity"]!.GetValue<string>(), field["id"]!.GetValue<long>(), field["field"]!.GetValue<string>()), field["seen"]?.DeepClone(), field["text"]!.GetValue<string>(), null, null)
            : null;
}
