using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CowansDashboard.History;

/// <summary>Checks a wanted value and brings it into the form in which it is stored. Pure.</summary>
public static partial class CheckValue
{
    private const decimal HighestPrice = 1_000_000_000_000m;

    /// <param name="field">What the value is for.</param>
    /// <param name="value">What the person wants.</param>
    /// <param name="currency">The shop's currency: how many decimals a price has.</param>
    /// <param name="metafieldType">The type of the metafield whose value it is.</param>
    public static CheckedValue Check(CatalogueField field, JsonNode? value, string currency, string? metafieldType = null)
    {
        var text = value is JsonValue && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        if (value is null || (text is not null && string.IsNullOrWhiteSpace(text) && field.Kind is not (FieldKind.Html or FieldKind.MetafieldValue)))
        {
            if (field.EmptyIsNull)
                return new CheckedValue(null, null);
            if (field.Optional && field.Kind is FieldKind.Text or FieldKind.Html)
                return new CheckedValue("", null);
            if (!(field.Optional && field.Kind is FieldKind.Set or FieldKind.Ids))
                return Wrong($"{field.Label} must not be empty.");
            return new CheckedValue(new JsonArray(), null);
        }
        return field.Kind switch
        {
            FieldKind.Text or FieldKind.Html => Text(field, text),
            FieldKind.Handle => Handle(field, text),
            FieldKind.Choice => text is not null && field.Choices.Contains(text) ? new(value.DeepClone(), null)
                : Wrong($"{field.Label} must be {Listed(field.Choices)}."),
            FieldKind.Flag => Flag(field, value, text),
            FieldKind.Money => Money(field, value, currency),
            FieldKind.Number => Number(value) is { } number ? number < 0 ? Wrong($"{field.Label} must be 0 or more.") : new(JsonValue.Create(number), null)
                : Wrong($"{field.Label} must be a number such as 0.25."),
            FieldKind.Whole => Number(value) is { } whole && whole == Math.Truncate(whole) && Math.Abs(whole) <= 1_000_000_000 ? new(JsonValue.Create((long)whole), null)
                : Wrong($"{field.Label} must be a whole number between -1,000,000,000 and 1,000,000,000."),
            FieldKind.Set => Tags(field, value),
            FieldKind.List => value is JsonArray list && list.All(IsText) ? new(list.DeepClone(), null) : Wrong($"{field.Label} must be a list of texts."),
            FieldKind.Ids => value is JsonArray ids && ids.All(id => Number(id) is > 0) ? new(ids.DeepClone(), null) : Wrong($"{field.Label} must be a list of ids."),
            FieldKind.OptionValues => Values(field, value),
            FieldKind.MetafieldValue => text is null ? Wrong($"{field.Label} must be given as text, as Shopify stores it.")
                : MetafieldValue.Problem(metafieldType ?? "", text) is { } problem ? Wrong(problem) : new(value.DeepClone(), null),
            FieldKind.Category => text is not null && CategoryId().IsMatch(text) ? new(value.DeepClone(), null)
                : Wrong("Category must be an id of Shopify's taxonomy such as aa-1-13-8."),
            FieldKind.Source => value is JsonObject ? new(value.DeepClone(), null) : Wrong("What a source holds must be given as Shopify returns it."),
            FieldKind.Removal when field.Entity == CatalogueFields.Collection => Removal.Parse(text)?.Hours is not null ? new(value.DeepClone(), null)
                : Wrong($"{field.Label} must be a number of hours from 1 to {Removal.MostHours}, after which Shopify deletes the collection."),
            FieldKind.Removal => Removal.Parse(text) is not null ? new(value.DeepClone(), null)
                : Wrong($"{field.Label} must be a number of hours from 1 to {Removal.MostHours}, after which Shopify deletes the product, or that Shopify keeps it."),
            FieldKind.Country => text is not null && CountryCode().IsMatch(text) ? new(text.ToUpperInvariant(), null)
                : Wrong("Country of origin must be a code of two letters such as IE."),
            _ => text is not null && TariffCode().IsMatch(text) ? new(value.DeepClone(), null) : Wrong("HS code must have 6 to 13 digits, such as 611011."),
        };
    }

    /// <summary>Decimals that prices have in a currency (ISO 4217).</summary>
    public static int Decimals(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };

    private static CheckedValue Wrong(string sentence) => new(null, sentence);

    private static CheckedValue Text(CatalogueField field, string? text)
    {
        if (text is null)
            return Wrong($"{field.Label} must be a text.");
        if (text.Contains('\0'))
            return Wrong($"{field.Label} must not contain the character NUL.");
        if (text.Length > field.LongestText)
            return Wrong(string.Create(CultureInfo.InvariantCulture, $"{field.Label} has {text.Length:N0} characters; at most {field.LongestText:N0} are possible."));
        return new(text, null);
    }

    private static CheckedValue Handle(CatalogueField field, string? text) =>
        text is not null && text.Length <= field.LongestText && HandleText().IsMatch(text) ? new(text, null)
            : Wrong("Handle must be of lower-case letters, digits, hyphens and underscores, at most 255, such as aran-jumper.");

    private static CheckedValue Flag(CatalogueField field, JsonNode value, string? text) => (value.GetValueKind(), text?.ToUpperInvariant()) switch
    {
        (JsonValueKind.True, _) or (_, "TRUE" or "YES") => new(true, null),
        (JsonValueKind.False, _) or (_, "FALSE" or "NO") => new(false, null),
        _ => Wrong($"{field.Label} must be true or false."),
    };

    private static CheckedValue Money(CatalogueField field, JsonNode value, string currency)
    {
        if (Number(value) is not { } amount)
            return Wrong($"{field.Label} must be an amount such as 24.90.");
        if (amount is < 0 or >= HighestPrice)
            return Wrong($"{field.Label} must be 0 or more.");
        var decimals = Decimals(currency);
        return decimal.Round(amount, decimals) == amount ? new(JsonValue.Create(amount), null)
            : Wrong($"{field.Label} must have at most {decimals} decimals, as {currency} has.");
    }

    private static CheckedValue Tags(CatalogueField field, JsonNode value)
    {
        if (value is not JsonArray array || !array.All(IsText))
            return Wrong($"{field.Label} must be a list of texts.");
        string[] tags = [.. JsonValues.Elements(array).Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal)];
        if (tags.Length > ShopifyLimits.MostTags)
            return Wrong($"{field.Label}: {tags.Length} of them; Shopify takes at most {ShopifyLimits.MostTags}.");
        return tags.FirstOrDefault(tag => tag.Length > ShopifyLimits.LongestTag || tag.Contains(',', StringComparison.Ordinal) || tag.Contains('\0')) is { } bad
            ? Wrong($"The tag “{(bad.Length > 40 ? bad[..40] + "…" : bad)}” must have at most {ShopifyLimits.LongestTag} characters and no comma.")
            : new(JsonValues.Set(tags), null);
    }

    private static CheckedValue Values(CatalogueField field, JsonNode value)
    {
        if (value is not JsonArray array || !array.All(one => one is JsonObject named && IsText(named["name"])))
            return Wrong($"{field.Label} must be a list of values with names.");
        string[] names = [.. array.Select(one => one!["name"]!.GetValue<string>())];
        if (names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || name.Length > 255) is not null)
            return Wrong("A value of an option must have 1 to 255 characters.");
        return names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? Wrong($"The value “{twice.Key}” stands twice in the option.")
            : new(value.DeepClone(), null);
    }

    private static decimal? Number(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number or JsonValueKind.String
            when decimal.TryParse(value.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite
                | (value.GetValueKind() == JsonValueKind.Number ? NumberStyles.AllowExponent : NumberStyles.None), CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static bool IsText(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String;

    private static string Listed(IReadOnlyList<string> choices) => choices.Count == 1 ? choices[0] : $"{string.Join(", ", choices.SkipLast(1))} or {choices[^1]}";

    [GeneratedRegex(@"^[\p{Ll}\p{Lo}\p{M}\p{N}_-]+$")]
    private static partial Regex HandleText();

    [GeneratedRegex(@"^[a-z]{2}(-\d+)*$")]
    private static partial Regex CategoryId();

    [GeneratedRegex("^[A-Za-z]{2}$")]
    private static partial Regex CountryCode();

    [GeneratedRegex(@"^\d{6,13}$")]
    private static partial Regex TariffCode();
}

/// <summary>The value as it is stored, or what is wrong with it.</summary>
public sealed record CheckedValue(JsonNode? Value, string? Problem);
