using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CowansDashboard.History;

/// <summary>What a metafield's value must look like by its type. A type that this version does not know takes any text.</summary>
public static partial class MetafieldValue
{
    private const int MostInList = 128;
    private const int LongestLine = 5_000;

    /// <summary>What is wrong with the value; null when it fits.</summary>
    public static string? Problem(string type, string value)
    {
        if (value.Length == 0)
            return "A metafield has no empty value: remove the metafield instead.";
        if (!type.StartsWith("list.", StringComparison.Ordinal))
            return One(type, value);
        if (Json(value) is not JsonArray list)
            return "Value must be a JSON list such as [\"red\", \"blue\"].";
        if (list.Count > MostInList)
            return $"Value has {list.Count} entries; Shopify takes at most {MostInList}.";
        return list.Select(entry => One(type[5..], entry is JsonValue && entry.GetValueKind() == JsonValueKind.String ? entry.GetValue<string>() : entry?.ToJsonString() ?? ""))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? One(string type, string value) => type switch
    {
        "single_line_text_field" => value.AsSpan().IndexOfAny('\r', '\n') >= 0 ? "Value must be a single line." : value.Length > LongestLine ? $"Value must have at most {LongestLine} characters." : null,
        "number_integer" => Check(long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _), "Value must be a whole number such as 12."),
        "number_decimal" => Check(decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _), "Value must be a number such as 12.5."),
        "boolean" => Check(value is "true" or "false", "Value must be true or false."),
        "date" => Check(DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "Value must be a date such as 2026-11-21."),
        "date_time" => Check(DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) && value.Contains('T', StringComparison.Ordinal),
            "Value must be a date with a time such as 2026-11-21T08:30:00."),
        "url" => Check(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "mailto" or "sms" or "tel", "Value must be an address such as https://example.com/care."),
        "color" => Check(Colour().IsMatch(value), "Value must be a colour such as #1f6f5c."),
        "json" => Check(Json(value) is not null || value == "null", "Value must be JSON such as {\"size\": 3}."),
        "rich_text_field" => Check(Json(value) is JsonObject root && (string?)root["type"] == "root", "Value must be Shopify's rich text: a JSON object of type root."),
        "money" => Check(Json(value) is JsonObject money && money["amount"] is not null && money["currency_code"] is not null,
            "Value must be an amount such as {\"amount\": \"5.99\", \"currency_code\": \"EUR\"}."),
        "rating" => Check(Json(value) is JsonObject rating && rating["value"] is not null && rating["scale_min"] is not null && rating["scale_max"] is not null,
            "Value must be a rating such as {\"value\": \"4.5\", \"scale_min\": \"1\", \"scale_max\": \"5\"}."),
        "weight" or "volume" or "dimension" => Check(Json(value) is JsonObject measure && measure["value"] is JsonValue number && number.GetValueKind() == JsonValueKind.Number && measure["unit"] is not null,
            "Value must be a measure such as {\"value\": 2.5, \"unit\": \"kg\"}."),
        _ when type.EndsWith("_reference", StringComparison.Ordinal) => Check(value.StartsWith("gid://shopify/", StringComparison.Ordinal), "Value must be Shopify's id, such as gid://shopify/Product/1."),
        _ => null,
    };

    private static string? Check(bool fits, string problem) => fits ? null : problem;

    private static JsonNode? Json(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}$")]
    private static partial Regex Colour();
}
