using System.Text.Json.Nodes;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>How a field's value is made, as far as its difference is concerned.</summary>
public enum FieldShape
{
    Whole,
    Text,
    Html,
    Set,
    List,
}

public static class FieldShapes
{
    private static readonly string[] Texts = ["title", "seo_title", "seo_description", "alt", "image_alt", "handle"];

    public static FieldShape Of(string entity, string field, params ReadOnlySpan<JsonNode?> values)
    {
        if (field == "description_html")
            return FieldShape.Html;
        if (field == "tags")
            return FieldShape.Set;
        foreach (var value in values)
            if (value is JsonArray or JsonObject)
                return FieldShape.List;
        return Texts.Contains(field) || (entity == "metafield" && field == "value" && AreWords(values)) ? FieldShape.Text : FieldShape.Whole;
    }

    private static bool AreWords(ReadOnlySpan<JsonNode?> values)
    {
        foreach (var value in values)
            if (value is JsonValue text && text.TryGetValue<string>(out var words) && words.Contains(' ', StringComparison.Ordinal))
                return true;
        return false;
    }
}
