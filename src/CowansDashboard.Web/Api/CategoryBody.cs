using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Web.Api;

/// <summary>What a request says of a category, and what of it cannot be read.</summary>
internal sealed class CategoryBody
{
    private readonly Dictionary<string, string[]> problems = [];
    public IReadOnlyDictionary<string, string[]> Problems => problems;

    public string? Name { get; private set; }
    public long? ParentId { get; private set; }
    public int? Index { get; private set; }
    public int? Version { get; private set; }
    public JsonObject? Attributes { get; private set; }
    public string? TaxonomyId { get; private set; }

    public void Wrong(string field, string sentence) => problems.TryAdd(field, [sentence]);

    public static CategoryBody Read(JsonObject body, params string[] known)
    {
        var read = new CategoryBody();
        foreach (var (name, value) in body)
        {
            if (!known.Contains(name))
            {
                read.Wrong(name, $"“{name}” is no field of this request; {string.Join(", ", known)} are.");
                continue;
            }
            read.Take(name, value);
        }
        return read;
    }

    private void Take(string name, JsonNode? value)
    {
        switch (name)
        {
            case "name" when Text(value) is { } text:
                Name = text;
                break;
            case "parentId" when value is null || CategoriesApi.Id(value.ToString(), out _):
                ParentId = value is null ? null : CategoriesApi.Id(value.ToString(), out var id) ? id : null;
                break;
            case "index" when value is null || Number(value) is >= 0:
                Index = value is null ? null : Number(value);
                break;
            case "version" when Number(value) is { } version:
                Version = version;
                break;
            case "attributes" when value is JsonObject attributes:
                Attributes = (JsonObject)attributes.DeepClone();
                break;
            case "taxonomyId" when value is null || Text(value)?.Contains('\0') is false:
                TaxonomyId = Text(value) is { Length: > 0 } taxonomy ? taxonomy[(taxonomy.LastIndexOf('/') + 1)..] : null;
                break;
            default:
                Wrong(name, $"{name} is {value?.ToJsonString() ?? "null"}; it is {Expected(name)}.");
                break;
        }
    }

    private static string Expected(string name) => name switch
    {
        "name" => "a text",
        "parentId" => "the id of a category, or null for the top",
        "index" => "a whole number from 0 on",
        "version" => "a whole number",
        "attributes" => "an object of names and lists",
        _ => "the id of a category of Shopify’s taxonomy such as aa-1-13-8, or null",
    };

    private static string? Text(JsonNode? value) => value?.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    private static int? Number(JsonNode? value) => value?.GetValueKind() is JsonValueKind.Number && value.AsValue().TryGetValue<int>(out var number) ? number : null;
}
