using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// The products that people picked into a source, or out of it, are a set: what was picked in Shopify, or sent there with a membership, joins what
/// waits here, and is no other definition than the one both sides agreed on. Only conditions are one value. Pure.
/// </summary>
public static class PickedProducts
{
    /// <param name="ours">The definition as it is here; takes what was picked there.</param>
    /// <param name="agreed">What both sides agreed on last; takes Shopify's picks.</param>
    /// <param name="theirs">What Shopify holds.</param>
    public static void Merge(JsonObject ours, JsonObject agreed, JsonObject theirs)
    {
        foreach (var side in (string[])["inclusion", "exclusion"])
        {
            var (here, before, there) = (Picks(ours, side), Picks(agreed, side), Picks(theirs, side));
            if (before.Keys.ToHashSet().SetEquals(there.Keys))
                continue;
            var keys = FieldMerge.DecideSet<string>([.. here.Keys], [.. before.Keys], [.. there.Keys]) switch
            {
                FieldVerdict<IReadOnlyList<string>>.Kept kept => kept.Local,
                _ => [.. there.Keys],
            };
            JsonObject[] merged = [.. keys.Select(key => there.GetValueOrDefault(key) ?? here[key])];
            // One product with other variants on each side: a person decides.
            if (merged.DistinctBy(Product).Count() < merged.Length)
                continue;
            Write(ours, side, merged, theirs);
            Write(agreed, side, there.Values, theirs);
        }
    }

    private static void Write(JsonObject definition, string side, IEnumerable<JsonObject> picks, JsonObject theirs)
    {
        if (definition[side] is not JsonObject part)
            definition[side] = part = new JsonObject { ["matchType"] = theirs[side]?["matchType"]?.DeepClone(), ["conditions"] = new JsonArray() };
        part["selections"] = new JsonArray([.. picks.Select(one => (JsonNode)one.DeepClone())]);
    }

    /// <summary>By product and variants, which together say who is picked.</summary>
    private static Dictionary<string, JsonObject> Picks(JsonObject definition, string side) =>
        definition[side]?["selections"] is JsonArray picks ? picks.OfType<JsonObject>().DistinctBy(Key).ToDictionary(Key) : [];

    private static string Key(JsonObject pick) =>
        string.Join(' ', (pick["variantIds"] as JsonArray ?? []).Select(one => SourceChecks.Text(one) ?? "").Order(StringComparer.Ordinal).Prepend(Product(pick)));

    private static string Product(JsonObject pick) => SourceChecks.Text(pick["product"]?["id"]) ?? "";
}
