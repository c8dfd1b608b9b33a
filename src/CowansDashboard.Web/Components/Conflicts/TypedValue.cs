using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts.Differences;

namespace CowansDashboard.Web.Components.Conflicts;

/// <summary>A field's value as text in a box, and back. What cannot be read says what would be right.</summary>
public static class TypedValue
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What kind of value the field holds: that of the first that is not nothing.</summary>
    public static JsonValueKind KindOf(params ReadOnlySpan<JsonNode?> values)
    {
        foreach (var value in values)
            if (value is not null)
                return value.GetValueKind();
        return JsonValueKind.String;
    }

    public static string Print(FieldShape shape, JsonNode? value) => (shape, value) switch
    {
        (_, null) => "",
        (FieldShape.Set, JsonArray elements) => string.Join(", ", elements.Select(element => element?.ToString())),
        (FieldShape.List, _) => value.ToJsonString(Indented),
        (_, JsonValue text) when text.TryGetValue<string>(out var words) => words,
        _ => value.ToString(),
    };

    public static (JsonNode? Value, string? Wrong) Read(string field, FieldShape shape, JsonValueKind kind, string text)
    {
        switch (shape)
        {
            case FieldShape.Html or FieldShape.Text:
                return field == "title" && text.Trim().Length == 0 ? (null, "A title is never empty.") : (JsonValue.Create(text), null);
            case FieldShape.Set:
                return (new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Distinct().Order(StringComparer.Ordinal).Select(element => (JsonNode)element)]), null);
            case FieldShape.List:
                return List(text, kind);
        }
        var typed = text.Trim();
        switch (kind)
        {
            case JsonValueKind.Number when typed.Length == 0:
                return (null, field == "price" ? "A price is a number such as 71.20." : null);
            case JsonValueKind.Number:
                return !decimal.TryParse(typed, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? (null, $"“{typed}” is no number; write it like 71.20.")
                    : number < 0 && ConflictWords.IsMoney(field) ? (null, "Money here is never below zero.") : (JsonValue.Create(number), null);
            case JsonValueKind.True or JsonValueKind.False:
                return typed.ToLowerInvariant() switch
                {
                    "yes" or "true" => (JsonValue.Create(true), null),
                    "no" or "false" => (JsonValue.Create(false), null),
                    _ => (null, $"“{typed}” is neither yes nor no."),
                };
            default:
                return field == "status" && typed.ToUpperInvariant() is not ("ACTIVE" or "DRAFT" or "ARCHIVED" or "UNLISTED")
                    ? (null, "A status is ACTIVE, DRAFT, ARCHIVED or UNLISTED.")
                    : (JsonValue.Create(field == "status" ? typed.ToUpperInvariant() : text), null);
        }
    }

    private static (JsonNode? Value, string? Wrong) List(string text, JsonValueKind kind)
    {
        try
        {
            var value = JsonNode.Parse(text);
            return value?.GetValueKind() == kind ? (value, null) : (null, $"This is no {(kind is JsonValueKind.Array ? "list in brackets" : "object in braces")}.");
        }
        catch (JsonException wrong)
        {
            return (null, $"This cannot be read as JSON: line {wrong.LineNumber + 1}.");
        }
    }
}
