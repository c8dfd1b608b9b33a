using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Products;

/// <summary>How the rows of a bulk edit are said.</summary>
public static class BulkWords
{
    private const int Around = 24;

    /// <summary>The value before and after; of long texts the part that differs, of tags what comes and goes.</summary>
    public static (string? Before, string? After) Change(BulkRow row, string currency)
    {
        if (row.Field == "tags")
        {
            string[] before = [.. JsonValues.Elements(row.Seen)], after = [.. JsonValues.Elements(row.New)];
            return (Joined(before.Except(after)), Joined(after.Except(before)));
        }
        if (row.Field == "description_html" && row.Seen is not null && row.New is not null)
            return Differing(row.Seen.GetValue<string>(), row.New.GetValue<string>());
        if (row is { Entity: CatalogueFields.Collection, Field: "members" or "publications" })
            return JsonValues.Elements(row.New).Any() ? (null, row.Field == "members" ? "put in" : "published") : (row.Field == "members" ? "in it" : "published", row.Field == "members" ? "taken out" : "taken off");
        if (row.Field == "definition")
            return (CollectionWords.Definition(row.Seen, ReferenceNames.None, currency), CollectionWords.Definition(row.New, ReferenceNames.None, currency));
        if (row.Field == MemberOrder.Field)
            return (null, $"{Figure.Count(MemberOrder.Moved(row.Seen, row.New), "product")} moved");
        if (row.Field == "sort_order")
            return (CollectionWords.Order(row.Seen?.ToString() ?? ""), CollectionWords.Order(row.New?.ToString() ?? ""));
        if (row.Field == Removal.Field)
            return (null, Removal.Parse(row.New?.ToString())?.Words);
        if (row.Entity == CatalogueFields.Member)
            return row.Field == SetMetafield.Created ? (null, "put in") : row.Outcome == "refused" ? (null, null) : ("in it", "taken out");
        // A metafield that comes is stored as its whole row.
        return row.Field == SetMetafield.Created ? ("none", Value("value", row.New?["value"], currency)) : (Value(row.Field, row.Seen, currency), Value(row.Field, row.New, currency));
    }

    /// <summary>A number that a person typed, as 1200 or 1,200; null where it is none.</summary>
    public static int? Whole(string text) =>
        int.TryParse(text.Trim().Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Joined(IEnumerable<string> tags) => string.Join(", ", tags) is { Length: > 0 } text ? text : null;

    public static string Value(string field, JsonNode? value, string currency) => value switch
    {
        null => "none",
        _ when field is "price" or "compare_at_price" => Figure.Money(JsonValues.Number(value), currency),
        _ when field == "available" => Figure.Count((long)JsonValues.Number(value)),
        JsonObject named when field == "own_category" => named["name"]?.ToString() ?? "none",
        _ when field == "status" => CatalogueWords(value.ToString()),
        _ => value.ToString() is { Length: > 0 } text ? text : "none",
    };

    private static string CatalogueWords(string status) => status.Length == 0 ? status : status[..1] + status[1..].ToLowerInvariant();

    private static (string Before, string After) Differing(string before, string after)
    {
        var start = 0;
        while (start < Math.Min(before.Length, after.Length) && before[start] == after[start])
            start++;
        var end = 0;
        while (end < Math.Min(before.Length, after.Length) - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        return (Cut(before, start, end), Cut(after, start, end));
    }

    private static string Cut(string text, int start, int end)
    {
        var (from, to) = (Math.Max(0, start - Around), Math.Min(text.Length, text.Length - end + Around));
        return $"{(from > 0 ? "…" : "")}{text[from..to]}{(to < text.Length ? "…" : "")}";
    }
}
