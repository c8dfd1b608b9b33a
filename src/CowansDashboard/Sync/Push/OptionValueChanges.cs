using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Push;

/// <summary>What became of an option's values: added, renamed, taken away, or only put in another order. Pure.</summary>
public sealed record OptionValueChanges(JsonArray ToAdd, JsonArray ToUpdate, JsonArray ToDelete, bool IsReordered)
{
    public bool AreAny => ToAdd.Count + ToUpdate.Count + ToDelete.Count > 0;

    public static OptionValueChanges Of(PushEntity option)
    {
        if (option.Fields.FirstOrDefault(field => field.Field == "option_values") is not { Base: JsonArray before, New: JsonArray after })
            return new OptionValueChanges([], [], [], false);
        var known = before.ToDictionary(value => Id(value) ?? "", value => Name(value));
        var kept = after.Where(value => Id(value) is { } id && known.ContainsKey(id)).ToList();
        return new OptionValueChanges(
            new JsonArray([.. after.Where(value => Id(value) is not { } id || !known.ContainsKey(id)).Select(value => new JsonObject { ["name"] = Name(value) })]),
            new JsonArray([.. kept.Where(value => known[Id(value)!] != Name(value)).Select(value => new JsonObject { ["id"] = Gid(Id(value)!), ["name"] = Name(value) })]),
            new JsonArray([.. known.Keys.Except(kept.Select(value => Id(value)!)).Select(id => (JsonNode)Gid(id))]),
            !known.Keys.Intersect(kept.Select(value => Id(value)!)).SequenceEqual(kept.Select(value => Id(value)!)));
    }

    private static string? Id(JsonNode? value) => value?["id"]?.GetValue<string>();

    private static string Name(JsonNode? value) => value?["name"]?.GetValue<string>() ?? "";

    private static string Gid(string id) => $"gid://shopify/ProductOptionValue/{id}";
}
