using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Finds a text and puts another in its place: in titles, vendors, types, tags, SKUs, or the words of descriptions, never their markup.</summary>
public sealed partial record ReplaceText(string Field, string Find, string With, bool MatchCase = false) : BulkAction
{
    public static readonly IReadOnlyList<string> Fields = ["title", "description_html", "vendor", "product_type", "tags", "sku"];

    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(Field == "sku" ? CatalogueFields.Variant : CatalogueFields.Product, Field)!;

    [JsonIgnore]
    public override string Title => $"{Target.Label}: “{Find}” replaced by “{With}”";

    private StringComparison Comparison => MatchCase ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    public override ActionProblem? Problem(string currency)
    {
        if (!Fields.Contains(Field))
            return new("field", $"“{Field}” cannot be searched; {string.Join(", ", Fields)} can.");
        if (string.IsNullOrEmpty(Find))
            return new("find", "Type the text to look for.");
        return Find == With ? new("with", "Both texts are the same, so nothing would change.") : null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency)
    {
        if (Target.Kind == FieldKind.Set)
            return (JsonValues.Set(JsonValues.Elements(seen).Select(In).Select(tag => tag.Trim()).Where(tag => tag.Length > 0)), null);
        if (seen is null)
            return (null, null);
        var text = seen.GetValue<string>();
        var after = Target.Kind == FieldKind.Html ? InWords(text) : In(text);
        return Target.Kind != FieldKind.Html && !Target.Optional && string.IsNullOrWhiteSpace(after)
            ? (null, $"{Target.Label} would be empty.")
            : (JsonValue.Create(after), null);
    }

    private string In(string text) => text.Replace(Find, With, Comparison);

    /// <summary>Tags, comments, styles and scripts pass as they are; so do character references, unless one is looked for.</summary>
    private string InWords(string html)
    {
        var (find, with) = (Encoded(Find), Encoded(With));
        var kept = find == Find ? MarkupAndReferences() : Markup();
        var result = new StringBuilder(html.Length);
        var place = 0;
        foreach (Match match in kept.Matches(html))
        {
            result.Append(html[place..match.Index].Replace(find, with, Comparison)).Append(match.Value);
            place = match.Index + match.Length;
        }
        return result.Append(html[place..].Replace(find, with, Comparison)).ToString();
    }

    private static string Encoded(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    [GeneratedRegex(@"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    [GeneratedRegex(@"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>|&#?\w+;", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex MarkupAndReferences();
}
