using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Push;

/// <summary>A product as the answer to one of several calls showed it, when nobody knows which of them was done last.</summary>
internal readonly record struct ShownProduct(string Mutation, JsonElement Node)
{
    private bool IsTags => Mutation is "TagsAdd" or "TagsRemove";

    /// <summary>
    /// The product as it is after all of them: tags as a call about tags showed them, everything else as the others did. Where tags
    /// came and went by two calls, that is the one that shows both; when neither does, nobody knows. Pure.
    /// </summary>
    public static (JsonElement Product, bool KnowsTags) Together(IReadOnlyList<ShownProduct> shown, JsonNode? tags)
    {
        var newest = shown.MaxBy(one => Changed(one.Node), StringComparer.Ordinal);
        var product = shown.FirstOrDefault(one => !one.IsTags, newest);
        ShownProduct[] tagged = [.. shown.Where(one => one.IsTags)];
        if (tagged.Length == 0)
            return (newest.Node, true);
        ShownProduct? last = tagged.Length == 1 ? tagged[0] : tagged.Where(one => Tags(one.Node).SetEquals(Tags(tags))).Cast<ShownProduct?>().FirstOrDefault();
        if (last is not { } known)
            return (newest.Node, false);
        var whole = JsonObject.Create(product.Node)!;
        whole["tags"] = JsonNode.Parse(known.Node.GetProperty("tags").GetRawText());
        if (newest.Node.TryGetProperty("updatedAt", out var at))
            whole["updatedAt"] = at.GetString();
        return (JsonSerializer.SerializeToElement(whole), true);
    }

    private static string Changed(JsonElement product) => product.TryGetProperty("updatedAt", out var at) ? at.GetString() ?? "" : "";

    private static HashSet<string> Tags(JsonElement product) => product.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> Tags(JsonNode? tags) => History.JsonValues.Elements(tags).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
