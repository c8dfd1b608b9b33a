using System.Text.Json.Nodes;

namespace CowansDashboard.Conflicts;

/// <summary>
/// Merges Shopify's new content into a row with pending edits, field by field. Pure: rows come and go as JSON objects
/// of columns, as PostgreSQL's to_jsonb writes them.
/// </summary>
public static class RowMerge
{
    public static MergedRow Merge(JsonObject local, JsonObject remote, JsonObject pending, IReadOnlyCollection<string> fields, IReadOnlyCollection<string> sets)
    {
        var values = new JsonObject();
        var left = (JsonObject)pending.DeepClone();
        var conflicts = new List<FieldConflict>();
        var settled = new List<SettledField>();
        foreach (var field in fields)
        {
            if (!pending.ContainsKey(field))
            {
                values[field] = remote[field]?.DeepClone();
                continue;
            }
            switch (sets.Contains(field)
                ? Set(local[field], pending[field], remote[field])
                : FieldMerge.Decide(local[field], new PendingField<JsonNode?>(pending[field]), remote[field], JsonNode.DeepEquals))
            {
                case FieldVerdict<JsonNode?>.Agreed agreed:
                    values[field] = agreed.Local?.DeepClone();
                    left.Remove(field);
                    settled.Add(new SettledField(field, "agreed"));
                    break;
                case FieldVerdict<JsonNode?>.Kept kept:
                    values[field] = kept.Local?.DeepClone();
                    left[field] = kept.Base?.DeepClone();
                    settled.Add(new SettledField(field, "returned"));
                    break;
                case FieldVerdict<JsonNode?>.Conflict conflict:
                    values[field] = conflict.Local?.DeepClone();
                    conflicts.Add(new FieldConflict(field, conflict.Base?.DeepClone(), conflict.Local?.DeepClone(), conflict.Shopifys?.DeepClone()));
                    break;
            }
        }
        return new MergedRow(values, left.Count == 0 ? null : left, conflicts, settled);
    }

    private static FieldVerdict<JsonNode?> Set(JsonNode? local, JsonNode? agreed, JsonNode? remote) =>
        FieldMerge.DecideSet(Elements(local), Elements(agreed), Elements(remote)) switch
        {
            FieldVerdict<IReadOnlyList<string>>.Kept kept => new FieldVerdict<JsonNode?>.Kept(Array(kept.Local), Array(kept.Base)),
            _ => new FieldVerdict<JsonNode?>.Agreed(remote),
        };

    private static string[] Elements(JsonNode? array) =>
        array is JsonArray elements ? [.. elements.Where(element => element is not null).Select(element => element!.GetValue<string>())] : [];

    private static JsonArray Array(IReadOnlyList<string> elements) => [.. elements.Order(StringComparer.Ordinal).Select(element => (JsonNode)element)];
}

/// <summary>The values that the row takes, what stays pending, and which fields are in conflict or no longer are.</summary>
public sealed record MergedRow(JsonObject Values, JsonObject? Pending, IReadOnlyList<FieldConflict> Conflicts, IReadOnlyList<SettledField> Settled);

/// <summary>A field that both sides changed.</summary>
public sealed record FieldConflict(string Field, JsonNode? Base, JsonNode? Ours, JsonNode? Shopifys);

/// <summary>A field whose open conflict, if it has one, closes itself: Shopify returned to the base, or both agree.</summary>
public sealed record SettledField(string Field, string As);
