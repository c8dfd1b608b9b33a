using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>Unsaved cells as a draft keeps them on the server: by row, so that many thousands stay small.</summary>
public static class SheetDraft
{
    public static JsonObject Write(IEnumerable<SheetTyped> typed) => Write(typed.Select(cell => (cell.Place, cell.Seen, cell.Text)));

    private static JsonObject Write(IEnumerable<(SheetPlace Place, JsonNode? Seen, string Text)> typed)
    {
        var rows = new JsonArray();
        var count = 0;
        foreach (var row in typed.GroupBy(cell => (cell.Place.Entity, cell.Place.RowId)))
        {
            var cells = new JsonArray();
            foreach (var cell in row)
            {
                cells.Add((JsonNode)new JsonArray(cell.Place.Column, cell.Text, cell.Seen?.DeepClone()));
                count++;
            }
            rows.Add((JsonNode)new JsonArray(row.Key.Entity, row.Key.RowId, cells));
        }
        return new JsonObject { ["count"] = count, ["rows"] = rows };
    }

    /// <summary>What a draft of another version holds and this one does not know is left out.</summary>
    public static IEnumerable<(SheetPlace Place, JsonNode? Seen, string Text)> Read(JsonNode? draft)
    {
        foreach (var row in draft?["rows"] as JsonArray ?? [])
            if (row is JsonArray { Count: 3 } parts && parts[0]?.GetValueKind() is JsonValueKind.String && parts[1]?.GetValueKind() is JsonValueKind.Number && parts[2] is JsonArray cells)
                foreach (var cell in cells)
                    if (cell is JsonArray { Count: 3 } typed && typed[0]?.GetValueKind() is JsonValueKind.String && typed[1]?.GetValueKind() is JsonValueKind.String)
                        yield return (new SheetPlace((string)parts[0]!, (long)parts[1]!, (string)typed[0]!), typed[2]?.DeepClone(), (string)typed[1]!);
    }

    /// <summary>
    /// What shall be kept where another tab has kept something since: its cells, with those over them that this tab has typed,
    /// changed or taken back since it last looked. Null when none is left. Pure.
    /// </summary>
    public static JsonObject? Merge(JsonNode? theirs, JsonNode? before, JsonNode? mine)
    {
        var (kept, seen, typed) = (Cells(theirs), Cells(before), Cells(mine));
        foreach (var place in seen.Keys.Except(typed.Keys))
            kept.Remove(place);
        foreach (var (place, cell) in typed)
            if (!seen.TryGetValue(place, out var known) || known.Text != cell.Text || !SheetText.Same(known.Seen, cell.Seen))
                kept[place] = cell;
        return kept.Count == 0 ? null : Write(kept.Select(cell => (cell.Key, cell.Value.Seen, cell.Value.Text)));
    }

    /// <summary>Whether a draft can hold so much.</summary>
    public static bool Fits(JsonObject draft) => draft.ToJsonString().Length <= DraftPlace.LargestContent;

    private static Dictionary<SheetPlace, (JsonNode? Seen, string Text)> Cells(JsonNode? draft)
    {
        var cells = new Dictionary<SheetPlace, (JsonNode?, string)>();
        foreach (var (place, seen, text) in Read(draft))
            cells[place] = (seen, text);
        return cells;
    }
}
