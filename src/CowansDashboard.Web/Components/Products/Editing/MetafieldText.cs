using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>How a metafield's value is edited, by its type.</summary>
public enum MetafieldLook { Line, Lines, Json, YesNo, Whole, Number, Date, Moment, Colour, Address, List, Measure, Money }

/// <summary>Values of metafields: Shopify keeps all of them as text, whose form follows the type. Pure.</summary>
public static class MetafieldText
{
    public static MetafieldLook Look(string type) => type switch
    {
        "multi_line_text_field" => MetafieldLook.Lines,
        "json" or "json_string" or "rich_text_field" or "rating" => MetafieldLook.Json,
        "boolean" => MetafieldLook.YesNo,
        "number_integer" or "integer" => MetafieldLook.Whole,
        "number_decimal" => MetafieldLook.Number,
        "money" => MetafieldLook.Money,
        "date" => MetafieldLook.Date,
        "date_time" => MetafieldLook.Moment,
        "color" => MetafieldLook.Colour,
        "url" => MetafieldLook.Address,
        "dimension" or "weight" or "volume" => MetafieldLook.Measure,
        _ when type.StartsWith("list.", StringComparison.Ordinal) => MetafieldLook.List,
        _ => MetafieldLook.Line,
    };

    /// <summary>A list as lines of text, for people.</summary>
    public static string Lines(string value) =>
        Parsed(value) is JsonArray list ? string.Join('\n', list.Select(each => each?.GetValueKind() is JsonValueKind.String ? each.GetValue<string>() : each?.ToJsonString() ?? "null")) : value;

    /// <summary>Lines as the list that its type stores: texts quoted, numbers and measures as they are.</summary>
    public static string FromLines(string type, string lines)
    {
        var entries = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var bare = type["list.".Length..] is not ("single_line_text_field" or "url" or "color" or "date" or "date_time") && !type.Contains("reference", StringComparison.Ordinal);
        return new JsonArray([.. entries.Select(entry => bare && Parsed(entry) is { } node ? node : JsonValue.Create(entry))]).ToJsonString(Plain);
    }

    public static (string Number, string Unit) Measure(string value) => Parsed(value) is JsonObject measure ? (Said(measure["value"]), Said(measure["unit"])) : ("", "");

    public static (string Amount, string Currency) Money(string value) => Parsed(value) is JsonObject money ? (Said(money["amount"]), Said(money["currency_code"])) : ("", "");

    public static string FromMoney(string amount, string currency) => new JsonObject { ["amount"] = amount.Trim(), ["currency_code"] = currency }.ToJsonString(Plain);

    /// <summary>A measure with another number or unit; what is no number stays in the text, to be refused with its reason.</summary>
    public static string FromMeasure(string number, string unit) =>
        decimal.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            ? new JsonObject { ["value"] = amount, ["unit"] = unit }.ToJsonString(Plain)
            : new JsonObject { ["value"] = number, ["unit"] = unit }.ToJsonString(Plain);

    public static IReadOnlyList<string> Units(string type) => type switch
    {
        "dimension" => ["mm", "cm", "m", "in", "ft", "yd"],
        "weight" => ["g", "kg", "oz", "lb"],
        "volume" => ["ml", "cl", "l", "m3", "us_fl_oz", "us_pt", "us_qt", "us_gal", "imp_fl_oz", "imp_pt", "imp_qt", "imp_gal"],
        _ => [],
    };

    // "é" stays "é": what nobody changed must not look changed.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Said(JsonNode? node) => node?.GetValueKind() switch { null => "", JsonValueKind.String => node.GetValue<string>(), _ => node.ToJsonString() };

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
