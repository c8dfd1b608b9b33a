using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>Another name for a suggestion: for the collection that it would make, or for one of the types into which it would split.</summary>
internal sealed record ProposedName(string Key, string? Was, string Name);

/// <summary>A collection of what has any of these words, tags or types.</summary>
internal sealed record ProposedGroup(string Name, string By, IReadOnlyList<string> Values);

/// <summary>What a model proposed, as far as it can be read. Whether the catalogue knows any of it is asked later. Pure.</summary>
internal sealed record ModelProposals(IReadOnlyList<ProposedName> Names, IReadOnlyList<ProposedGroup> Groups)
{
    public const string ByWord = "word", ByTag = "tag", ByType = "type";
    public const int LongestName = 80;
    private const int MostOfEach = 20;
    private const int MostValues = 10;

    public static readonly ModelProposals None = new([], []);

    public int Count => Names.Count + Groups.Count;

    /// <summary>Null where the text is not the JSON that was asked for. Entries that are no good are left out.</summary>
    public static ModelProposals? Read(string text)
    {
        try
        {
            // Some put it into a fence of Markdown, whatever they are told.
            var (start, end) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
            using var read = start >= 0 && end > start ? JsonDocument.Parse(text[start..(end + 1)]) : null;
            if (read is null || !List(read.RootElement, "names", out var names) || !List(read.RootElement, "groups", out var groups))
                return null;
            return new(
                [.. names.Select(Name).OfType<ProposedName>().DistinctBy(one => (one.Key, one.Was)).Take(MostOfEach)],
                [.. groups.Select(Group).OfType<ProposedGroup>().Take(MostOfEach)]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Print() => new JsonObject
    {
        ["names"] = new JsonArray([.. Names.Select(one => (JsonNode)new JsonObject { ["key"] = one.Key, ["was"] = one.Was, ["name"] = one.Name })]),
        ["groups"] = new JsonArray([.. Groups.Select(one => (JsonNode)new JsonObject { ["name"] = one.Name, ["by"] = one.By, ["values"] = new JsonArray([.. one.Values.Select(value => (JsonNode)value)]) })]),
    }.ToJsonString();

    // One that says neither is none of ours; one that leaves out one of them has nothing to say there.
    private static bool List(JsonElement of, string name, out JsonElement[] list)
    {
        list = of.TryGetProperty(name, out var given) && given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [];
        return of.TryGetProperty("names", out _) || of.TryGetProperty("groups", out _);
    }

    private static ProposedName? Name(JsonElement one) => Text(one, "key") is { } key && Text(one, "name") is { } name ? new(key, Text(one, "was"), name) : null;

    private static ProposedGroup? Group(JsonElement one) =>
        Text(one, "name") is { } name && Text(one, "by") is ByWord or ByTag or ByType && one.TryGetProperty("values", out var values) && values.ValueKind == JsonValueKind.Array
            && values.EnumerateArray().Select(Text).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(MostValues).ToArray() is { Length: > 0 } held
            ? new(name, Text(one, "by")!, held) : null;

    private static string? Text(JsonElement one, string name) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>Null for what is no name. Models cut emojis in two; what is left of one is no text.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is var text && IsName(text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl) && !text.Contains('<', StringComparison.Ordinal);
}
