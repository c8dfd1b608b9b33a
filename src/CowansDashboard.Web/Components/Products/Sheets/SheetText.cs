using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>Text as it stands in a cell of a spreadsheet, typed or pasted, and the values that it means. Pure.</summary>
public static class SheetText
{
    private static readonly string[] Yes = ["yes", "true", "1", "y", "on", "x", "✓"];
    private static readonly string[] No = ["no", "false", "0", "n", "off", "-", "✗"];

    private static readonly Dictionary<string, (string Value, string Words)[]> ChoiceWords = new()
    {
        ["status"] = [("ACTIVE", "Active"), ("DRAFT", "Draft"), ("UNLISTED", "Unlisted"), ("ARCHIVED", "Archived")],
        ["inventory_policy"] = [("DENY", "Stop selling"), ("CONTINUE", "Sell on")],
        ["weight_unit"] = [("GRAMS", "g"), ("KILOGRAMS", "kg"), ("OUNCES", "oz"), ("POUNDS", "lb")],
    };

    /// <summary>What a field can be, with the words that people read; empty for a field that takes anything.</summary>
    public static IReadOnlyList<(string Value, string Words)> Choices(CatalogueField field) => field.Kind switch
    {
        FieldKind.Flag => [("true", "Yes"), ("false", "No")],
        FieldKind.Choice => ChoiceWords.GetValueOrDefault(field.Name) ?? [.. field.Choices.Select(choice => (choice, choice))],
        _ => [],
    };

    /// <param name="column">Where it stands.</param>
    /// <param name="text">As it was typed.</param>
    /// <param name="currency">The shop's.</param>
    /// <param name="category">The id of a category by its full name or id; null when there is none.</param>
    public static (JsonNode? Value, string? Wrong) Read(SheetColumn column, string text, string currency, Func<string, string?> category)
    {
        var (value, unread) = Understand(column, text.Trim(), text, category);
        if (unread is not null)
            return (null, unread);
        // An emptied metafield is one that is taken away.
        if (column.Metafield is not null && value is null)
            return (null, null);
        if (value is null && column.LocationId is not null)
            return (null, "A number is needed, such as 12; 0 is none.");
        var taken = CheckValue.Check(column.Field, value, currency, column.Metafield?.Type);
        return taken.Problem is null ? (taken.Value?.DeepClone(), null) : (null, taken.Problem);
    }

    /// <summary>The words of a value, for the preview and for reading a cell out.</summary>
    public static string Show(SheetColumn column, JsonNode? value, string currency, Func<string, string?> category)
    {
        if (value is null)
            return "";
        return column.Field.Kind switch
        {
            FieldKind.Flag => value.GetValue<bool>() ? "Yes" : "No",
            FieldKind.Choice => Choices(column.Field).Where(choice => choice.Value == (string)value!).Select(choice => choice.Words).FirstOrDefault() ?? value.ToString(),
            FieldKind.Set => string.Join(", ", JsonValues.Elements(value)),
            FieldKind.Money => JsonValues.Number(value).ToString("F" + CheckValue.Decimals(currency), CultureInfo.InvariantCulture),
            FieldKind.Number => JsonValues.Number(value).ToString("0.######", CultureInfo.InvariantCulture),
            FieldKind.Category => category(value.ToString()) ?? value.ToString(),
            _ => value.ToString(),
        };
    }

    /// <summary>Whether two stored values are the same: 10.0 is 10.00, and tags have no order.</summary>
    public static bool Same(JsonNode? one, JsonNode? other) => FieldShapes.Same(one, other);

    private static (JsonNode? Value, string? Wrong) Understand(SheetColumn column, string text, string whole, Func<string, string?> category)
    {
        var field = column.Field;
        switch (field.Kind)
        {
            case FieldKind.Flag:
                return Yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? (true, null) : No.Contains(text, StringComparer.OrdinalIgnoreCase) ? (false, null)
                    : (null, $"{column.Label} must be yes or no.");
            case FieldKind.Choice when text.Length == 0 && field.Optional:
                return (null, null);
            case FieldKind.Choice:
                return Choices(field).Where(choice => choice.Words.Equals(text, StringComparison.OrdinalIgnoreCase) || choice.Value.Equals(text, StringComparison.OrdinalIgnoreCase))
                    .Select(choice => choice.Value).FirstOrDefault() is { } chosen ? (chosen, null)
                    : (null, $"{column.Label} must be {string.Join(", ", Choices(field).SkipLast(1).Select(choice => choice.Words))} or {Choices(field)[^1].Words}.");
            case FieldKind.Money:
                return Number(field.Optional ? FieldShape.MaybeMoney : FieldShape.Money, text);
            case FieldKind.Number:
                return Number(FieldShape.MaybeNumber, text);
            case FieldKind.Whole:
                return text.Length == 0 ? (null, null)
                    : long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? (number, null)
                    : (null, $"“{text}” is no whole number, such as 12.");
            case FieldKind.Set:
                return (JsonValues.Set(whole.Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), null);
            case FieldKind.Category:
                return text.Length == 0 ? (null, null) : category(text) is { } id ? (id, null)
                    : (null, $"“{text}” is no category of the copy. Type its whole name, such as Apparel & Accessories > Clothing, or its id, such as aa-1.");
            case FieldKind.MetafieldValue:
                return Metafield(column.Metafield!.Type, text, whole);
            default:
                return OneLine(column, whole) is { } wrong ? (null, wrong) : (text.Length == 0 ? null : text, null);
        }
    }

    private static (JsonNode? Value, string? Wrong) Number(FieldShape shape, string text) => FieldShapes.Read(shape, text) switch
    {
        Understood.Wrong wrong => (null, wrong.Sentence),
        Understood.As read => (read.Value, null),
        _ => throw new InvalidOperationException("Text is a value or it is not."),
    };

    private static (JsonNode? Value, string? Wrong) Metafield(string type, string text, string whole) =>
        text.Length == 0 ? (null, null)
        : type == "boolean" && Yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? ("true", null)
        : type == "boolean" && No.Contains(text, StringComparer.OrdinalIgnoreCase) ? ("false", null)
        : (type is "multi_line_text_field" or "rich_text_field" or "json" ? whole : text, null);

    private static string? OneLine(SheetColumn column, string text)
    {
        var lines = text.Trim().Split('\n').Length;
        return lines > 1 && column.Field.Name is not "seo_description" ? $"{column.Label} must be one line; this has {lines}." : null;
    }
}
