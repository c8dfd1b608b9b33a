using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;

namespace CowansDashboard.Web.Api;

/// <summary>A product that a request wants to be made, with the names of the answers. Pure.</summary>
public sealed class NewProductBody
{
    private readonly Dictionary<string, string[]> _problems = [];

    private NewProductBody()
    {
    }

    /// <summary>What cannot be understood, by its place in the body.</summary>
    public IReadOnlyDictionary<string, string[]> Problems => _problems;

    public NewProduct Wanted { get; private set; } = new(new JsonObject());

    public static NewProductBody Read(JsonObject body)
    {
        var read = new NewProductBody();
        var product = new JsonObject { ["status"] = "DRAFT" };
        foreach (var (name, value) in body.Where(each => each.Key is not ("options" or "variants")))
            read.Take(product, name, value);
        if (product["title"] is null)
            read.Wrong("title", "title is needed.");
        var options = read.Options(body["options"]);
        var variants = read.Variants(body["variants"], options);
        if (read._problems.Count == 0)
            read.Wanted = new NewProduct(product) { Options = options, Variants = variants };
        return read;
    }

    private void Take(JsonObject product, string name, JsonNode? value)
    {
        if (name == "seo" && value is JsonObject seo)
        {
            foreach (var (part, text) in seo)
                Field(product, CatalogueFields.Product, "seo_" + part, text, $"seo.{part}");
            return;
        }
        if (name == "status" && value?.GetValueKind() is JsonValueKind.String)
            value = JsonValue.Create(value.GetValue<string>().ToUpperInvariant());
        Field(product, CatalogueFields.Product, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value, name);
    }

    private void Field(JsonObject row, string entity, string column, JsonNode? value, string path)
    {
        if (CatalogueFields.Find(entity, column) is { Structural: false })
            row[column] = value?.DeepClone();
        else
            Wrong(path, "A new product has no such field.");
    }

    private List<NewOption> Options(JsonNode? options)
    {
        var read = new List<NewOption>();
        if (options is null)
            return read;
        foreach (var (option, i) in (options as JsonArray ?? []).Select((option, i) => (option, i)))
        {
            if (option is JsonObject named && Text(named["name"]) is { Length: > 0 } name && named["values"] is JsonArray { Count: > 0 } values && values.All(value => Text(value) is not null))
                read.Add(new NewOption(name, [.. values.Select(value => value!.GetValue<string>())]));
            else
                Wrong($"options[{i}]", "An option has a name and a list of values, such as {\"name\": \"Size\", \"values\": [\"S\", \"M\"]}.");
        }
        if (read.Count == 0 && _problems.Count == 0)
            Wrong("options", "options is a list; leave it out for a product without options.");
        return read;
    }

    private List<JsonObject> Variants(JsonNode? variants, List<NewOption> options)
    {
        var read = new List<JsonObject>();
        foreach (var (variant, i) in (variants as JsonArray ?? []).Select((variant, i) => (variant, i)))
        {
            var row = new JsonObject();
            read.Add(row);
            if (variant is not JsonObject given)
            {
                Wrong($"variants[{i}]", "A variant is an object.");
                continue;
            }
            foreach (var (name, value) in given.Where(each => each.Key != "optionValues"))
                Field(row, CatalogueFields.Variant, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value, $"variants[{i}].{name}");
            var values = (given["optionValues"] as JsonArray)?.Select(Text).ToList() ?? [];
            if (values.Count != options.Count || values.Zip(options).Any(pair => pair.First is null || !pair.Second.Values.Contains(pair.First)))
                Wrong($"variants[{i}].optionValues", options.Count == 0 ? "A product without options has one variant without optionValues." : $"optionValues has one value of each option: {string.Join(", ", options.Select(option => option.Name))}.");
            row["option_values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }
        if (read.Count == 0 || (options.Count == 0 && read.Count > 1))
            Wrong("variants", options.Count == 0 ? "variants holds one variant with its price." : "variants holds one variant or more, each with its price and optionValues.");
        return read;
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : null;

    private void Wrong(string path, string sentence) => _problems[path] = [sentence];
}
