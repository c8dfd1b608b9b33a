using System.Text.Json.Nodes;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>
/// A text that holds both sides' edits, when they touch different words of what was agreed. Edits that meet or overlap
/// do not fit together: then there is none.
/// </summary>
public static class BothEdits
{
    private const int MostWords = 12_000;

    public static string? Of(string entity, string field, JsonNode? agreed, JsonNode? ours, JsonNode? shopifys) =>
        FieldShapes.Of(entity, field, agreed, ours, shopifys) is var shape and (FieldShape.Text or FieldShape.Html)
        && Text(agreed) is { } before && Text(ours) is { } here && Text(shopifys) is { } there && field != "handle"
            ? Of(before, here, there, shape is FieldShape.Html)
            : null;

    public static string? Of(string agreed, string ours, string shopifys, bool isMarkup)
    {
        Func<string, string[]> cut = isMarkup ? TokenDifference.Markup : TokenDifference.Words;
        var (before, here, there) = (cut(agreed), cut(ours), cut(shopifys));
        if (before.Length > MostWords || here.Length > MostWords || there.Length > MostWords)
            return null;
        var edits = Edits(before, here).Concat(Edits(before, there)).Distinct().OrderBy(edit => edit.From).ThenBy(edit => edit.To).ToList();
        // Two edits side by side may be two versions of one: a word of what was agreed must lie between them.
        if (edits.Zip(edits.Skip(1)).Any(pair => pair.Second.From <= pair.First.To))
            return null;
        var merged = new List<string>();
        var at = 0;
        foreach (var edit in edits)
        {
            merged.AddRange(before[at..edit.From]);
            merged.Add(edit.Text);
            at = edit.To;
        }
        merged.AddRange(before[at..]);
        var text = string.Concat(merged);
        return text == ours || text == shopifys ? null : text;
    }

    private static IEnumerable<Edit> Edits(string[] before, string[] after) =>
        TokenDifference.Blocks(before, after).Select(block => new Edit(
            block.DeleteStartA, block.DeleteStartA + block.DeleteCountA, string.Concat(after[block.InsertStartB..(block.InsertStartB + block.InsertCountB)])));

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var words) ? words : null;

    private readonly record struct Edit(int From, int To, string Text);
}
