using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Pull;

/// <summary>Completes the sources of a collection that was read: their selections come page by page.</summary>
public sealed class ReadSources(ShopifyAdmin admin)
{
    public async Task<List<JsonObject>> Of(JsonElement collection, CancellationToken cancel)
    {
        var sources = new List<JsonObject>();
        if (!collection.TryGetProperty("sources", out var list) || list.ValueKind != JsonValueKind.Array)
            return sources;
        foreach (var element in list.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object))
        {
            var source = JsonNode.Parse(JsonMarshal.GetRawUtf8Value(element))!.AsObject();
            foreach (var side in new[] { "inclusion", "exclusion" })
                if (source[side]?["selections"] is JsonObject selections)
                    source[side]!["selections"] = await Selections(source["id"]!.GetValue<string>(), side, selections, cancel);
            sources.Add(source);
        }
        return sources;
    }

    private async Task<JsonArray> Selections(string source, string side, JsonObject page, CancellationToken cancel)
    {
        var all = new JsonArray();
        while (true)
        {
            foreach (var node in page["nodes"]!.AsArray())
                all.Add(node?.DeepClone());
            if (page["pageInfo"]?["hasNextPage"]?.GetValue<bool>() != true)
                return all;
            var after = page["pageInfo"]!["endCursor"]!.GetValue<string>();
            var id = ShopifyId.Parse(source);
            var query = side == "inclusion" ? Queries.InclusionSelections(id, after) : Queries.ExclusionSelections(id, after);
            var answer = (await admin.Send(query.AsRaw(), Lane.Background, cancel)).Data;
            page = Find(JsonNode.Parse(JsonMarshal.GetRawUtf8Value(answer))!.AsObject())
                ?? throw new InvalidOperationException($"Shopify answered without the selections of {source}.");
        }
    }

    // Wherever the document nests it: the one object named selections.
    private static JsonObject? Find(JsonObject answer) => answer["selections"] as JsonObject
        ?? answer.Select(field => field.Value).OfType<JsonObject>().Select(Find).FirstOrDefault(found => found is not null);
}
