using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.History;

/// <summary>Changes that say the same of several rows: "Price, 24 variants, 89.00 -> 71.20".</summary>
public sealed record SaidChange(string Label, string? Row, string? Old, string? New, IReadOnlyList<ChangeLine> Lines)
{
    public bool IsUndone => Lines.All(line => line.UndoneBy is not null);
}

/// <summary>How changes and change sets are said.</summary>
public static partial class HistoryWords
{
    private const int Longest = 120;

    public static (string Css, string Icon) Dot(string kind) => kind switch
    {
        ChangeSetKind.Remote => ("theirs", "shop"),
        ChangeSetKind.Conflict => ("conflict", "fork"),
        ChangeSetKind.Rule => ("", "shield"),
        ChangeSetKind.Import => ("", "file"),
        ChangeSetKind.Schedule => ("", "calendar"),
        ChangeSetKind.Delete => ("", "trash"),
        ChangeSetKind.Category => ("ours", "tree"),
        ChangeSetKind.Create => ("ours", "plus"),
        ChangeSetKind.Duplicate => ("ours", "copy"),
        ChangeSetKind.Undo or ChangeSetKind.Restore or ChangeSetKind.Rollback => ("ours", "back"),
        _ => ("ours", "pencil"),
    };

    /// <summary>Where a value goes next.</summary>
    public static string Next(NextDirection next) => next switch
    {
        NextDirection.ToBeDecided => "the conflict is settled by a person or a rule",
        NextDirection.OnItsWay => "it is on its way: Shopify has not confirmed it yet",
        NextDirection.ToShopify => "a push sends it to Shopify",
        _ => "nothing to send",
    };

    /// <summary>What a schedule does to a value: ", until Fri 27 Nov, 00:00: then 89.00".</summary>
    public static string Layer(FieldLayer layer, TimeZoneInfo zone, string? currency = null)
    {
        string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("ddd d MMM yyyy, HH:mm", CultureInfo.GetCultureInfo("en-GB"));

        var what = layer.Element.Length == 0 ? Value(layer.Field, layer.Value, currency) : layer.Value?.GetValue<bool>() == true ? $"+{layer.Element}" : $"−{layer.Element}";
        return layer.IsActive
            ? $"{(layer.Element.Length == 0 ? "" : $" {what}")}{(layer.EndsAt is { } end ? $", until {At(end)}" : "")}{(layer.Element.Length == 0 ? $"; beneath lies {Value(layer.Field, layer.Beneath, currency)}" : "")}"
            : $", {what} from {At(layer.StartsAt)}{(layer.EndsAt is { } until ? $" until {At(until)}" : "")}";
    }

    public static string Kind(string kind) => kind switch
    {
        ChangeSetKind.Edit => "Edited",
        ChangeSetKind.Bulk => "Bulk action",
        ChangeSetKind.Import => "Import",
        ChangeSetKind.Conflict => "Conflict settled",
        ChangeSetKind.Rule => "By a rule",
        ChangeSetKind.Restore => "Restored",
        ChangeSetKind.Undo => "Undo",
        ChangeSetKind.Schedule => "Schedule",
        ChangeSetKind.Delete => "Deleted",
        ChangeSetKind.Rollback => "Brought back",
        ChangeSetKind.Create => "Created",
        ChangeSetKind.Duplicate => "Duplicated",
        ChangeSetKind.Remote => "Changed in Shopify",
        ChangeSetKind.Category => "Categories",
        _ => kind,
    };

    /// <summary>Lines that say the same, together; in the order of their first.</summary>
    public static IReadOnlyList<SaidChange> Said(IEnumerable<ChangeLine> lines, string? currency = null) =>
    [
        .. lines.GroupBy(line => (line.Entity, line.Field, Old: Value(line.Field, line.Old), New: Value(line.Field, line.New))).Select(same => Said([.. same], currency)),
    ];

    /// <param name="field">Whose.</param>
    /// <param name="value">As it is kept.</param>
    /// <param name="currency">The shop's, in which prices are said; without it they are bare numbers.</param>
    public static string Value(string field, JsonNode? value, string? currency = null)
    {
        var text = value switch
        {
            _ when field == Removal.Field => Removal.Parse(value?.ToString())?.Words ?? "here",
            null => "none",
            JsonArray list => string.Join(", ", list.Select(each => Value(field, each, currency))),
            JsonObject row => Text(row["title"]) ?? Text(row["name"]) ?? Text(row["key"]) ?? Text(row["alt"]) ?? row.ToJsonString(),
            _ => value.GetValueKind() switch
            {
                JsonValueKind.True => "yes",
                JsonValueKind.False => "no",
                JsonValueKind.Number when decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                    field is not ("price" or "compare_at_price" or "unit_cost") ? number.ToString("0.######", CultureInfo.InvariantCulture)
                        : currency is null ? number.ToString("0.00##", CultureInfo.InvariantCulture) : Figure.Money(number, currency),
                _ when field == "description_html" => Spaces().Replace(Tags().Replace(value.GetValue<string>(), " "), " ").Trim(),
                _ => value.ToString(),
            },
        };
        return text.Length == 0 ? "empty" : text.Length > Longest ? text[..Longest] + "…" : text;
    }

    private static SaidChange Said(List<ChangeLine> same, string? currency)
    {
        var first = same[0];
        var row = same.Count > 1 ? $"{same.Count} {first.Entity}s" : first.RowName;
        if (first.Field is "created" or "removed")
            return new(Capital(first.Entity), row ?? first.ProductTitle, null, first.Field == "created" ? "added" : "removed", same);
        if (first is { Old: JsonArray old, New: JsonArray now } && first.Field == "tags")
        {
            var (before, after) = (old.Select(each => each!.ToString()).ToList(), now.Select(each => each!.ToString()).ToList());
            return new(first.Label, row, null, string.Join(" ", [.. after.Except(before).Select(tag => "+ " + tag), .. before.Except(after).Select(tag => "− " + tag)]), same);
        }
        return new(first.Label, row, Value(first.Field, first.Old, currency), Value(first.Field, first.New, currency), same);
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() is JsonValueKind.String && node.GetValue<string>() is { Length: > 0 } text ? text : null;

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
