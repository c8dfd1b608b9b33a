using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>What a field holds, and therefore how typed text becomes its value.</summary>
public enum FieldShape { Words, MaybeWords, Money, MaybeMoney, MaybeNumber, Whole, YesNo, List, Json }

/// <summary>What typed text means.</summary>
public abstract record Understood
{
    private Understood()
    {
    }

    public sealed record As(JsonNode? Value) : Understood;

    /// <summary>It is no value; the sentence says what would be right.</summary>
    public sealed record Wrong(string Sentence) : Understood;
}

/// <summary>Text as people type it, and values as the copy stores them. Pure.</summary>
public static class FieldShapes
{
    public const string Yes = "yes";
    public const string No = "no";

    private const NumberStyles Digits = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign;

    public static FieldShape Of(FieldKey key) => (key.Entity, key.Field) switch
    {
        (_, "tags") => FieldShape.List,
        ("collection", "member_order") or ("collection source", "definition") => FieldShape.Json,
        ("collection", "template_suffix" or "seo_title" or "seo_description" or "image_alt" or "image_url") => FieldShape.MaybeWords,
        ("collection", "redirect_new_handle") or ("collection source", "removed") or ("collection publication", _) => FieldShape.YesNo,
        ("product", "template_suffix" or "seo_title" or "seo_description" or "category_id") or ("media", "alt") => FieldShape.MaybeWords,
        ("variant", "sku" or "barcode" or "weight_unit" or "harmonized_system_code" or "country_code_of_origin") => FieldShape.MaybeWords,
        ("variant", "price") => FieldShape.Money,
        ("variant", "compare_at_price" or "unit_cost") => FieldShape.MaybeMoney,
        ("variant", "weight") => FieldShape.MaybeNumber,
        ("variant", "taxable" or "tracked" or "requires_shipping") or ("product", "requires_selling_plan" or "redirect_new_handle") => FieldShape.YesNo,
        (_, "position") => FieldShape.Whole,
        _ => FieldShape.Words,
    };

    public static Understood Read(FieldShape shape, string text) => shape switch
    {
        FieldShape.Words => new Understood.As(JsonValue.Create(text)),
        FieldShape.MaybeWords => new Understood.As(text.Length == 0 ? null : JsonValue.Create(text)),
        FieldShape.YesNo => new Understood.As(JsonValue.Create(text == Yes)),
        FieldShape.List => new Understood.As(JsonNode.Parse(text.Length == 0 ? "[]" : text)),
        FieldShape.Json => new Understood.As(text.Length == 0 ? null : JsonNode.Parse(text)),
        FieldShape.Whole => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? new Understood.As(JsonValue.Create(whole))
            : new Understood.Wrong($"“{text.Trim()}” is no whole number, such as 3."),
        _ when text.Trim().Length == 0 => shape is FieldShape.Money ? new Understood.Wrong("A price is needed, such as 12.50; 0 gives it away.") : new Understood.As(null),
        _ => Number(shape, text.Trim()),
    };

    public static string Text(FieldShape shape, JsonNode? value) => (shape, value) switch
    {
        (FieldShape.List, null) => "[]",
        (FieldShape.List, _) => value.ToJsonString(),
        (_, null) => "",
        (FieldShape.Json, _) => value.ToJsonString(),
        (FieldShape.YesNo, _) => value.GetValueKind() is JsonValueKind.True ? Yes : No,
        (FieldShape.Money or FieldShape.MaybeMoney, _) when Decimal(value) is { } money => money.ToString("0.00####", CultureInfo.InvariantCulture),
        (FieldShape.MaybeNumber, _) when Decimal(value) is { } number => number.ToString("0.######", CultureInfo.InvariantCulture),
        _ => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(),
    };

    /// <summary>Whether two stored values are the same: 10.0 is 10.00, and a list of words is a set.</summary>
    public static bool Same(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (JsonArray left, JsonArray right) when left.Concat(right).All(each => each?.GetValueKind() is JsonValueKind.String) => Words(left).ToHashSet().SetEquals(Words(right)),
        (JsonValue left, JsonValue right) when Decimal(left) is { } number => number == Decimal(right),
        _ => JsonNode.DeepEquals(one, other),
    };

    public static IReadOnlyList<string> Words(JsonNode? list) => list is JsonArray array ? [.. array.Select(each => each!.GetValue<string>())] : [];

    public static string List(IEnumerable<string> words) => new JsonArray([.. words.Select(word => JsonValue.Create(word))]).ToJsonString();

    private static decimal? Decimal(JsonNode value) =>
        value.GetValueKind() is JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // "12,50" would silently be 1250 to a parser that drops commas.
    private static Understood Number(FieldShape shape, string text)
    {
        var plain = text.TrimStart('£', '$', '€', '¥').Trim();
        var comma = plain.LastIndexOf(',');
        if (comma >= 0 && (plain.Length - comma != 4 || plain.IndexOf('.') is var point && point >= 0 && point < comma) && !plain[comma..].Contains('.'))
            return new Understood.Wrong($"“{text}” can be read in two ways. Write it with a point, such as {plain.Replace(".", "").Replace(',', '.')}.");
        if (!decimal.TryParse(plain, Digits, CultureInfo.InvariantCulture, out var number))
            return new Understood.Wrong(shape is FieldShape.MaybeNumber ? $"“{text}” is no number, such as 0.25." : $"“{text}” is no amount, such as 12.50.");
        return number < 0
            ? new Understood.Wrong($"“{text}” is below zero; 0 is the least.")
            : new Understood.As(JsonValue.Create(number));
    }
}
