using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>A product to be made: columns with values; what is not said takes its usual value, and Shopify makes a handle of the title.</summary>
public sealed record NewProduct(JsonObject Fields)
{
    public IReadOnlyList<NewOption> Options { get; init; } = [];

    /// <summary>Columns of each variant; without any the product has one.</summary>
    public IReadOnlyList<JsonObject> Variants { get; init; } = [];

    /// <summary>namespace, key, type and value of each.</summary>
    public IReadOnlyList<JsonObject> Metafields { get; init; } = [];

    /// <summary>Rows of files that are in Shopify already: the columns that an attached file takes over.</summary>
    public IReadOnlyList<JsonObject> Media { get; init; } = [];

    public IReadOnlyList<long> PublicationIds { get; init; } = [];
}

public sealed record NewOption(string Name, IReadOnlyList<string> Values);

/// <summary>Makes a product here, with everything that hangs on it; a push makes it in Shopify.</summary>
public sealed class CreateProduct(SaveChangeSet saving)
{
    /// <summary>The key that stands for the new product in what the save reports as created.</summary>
    public const long Key = -1;

    public Task<SaveOutcome> Create(ChangeSetHead head, NewProduct product, CancellationToken cancel)
    {
        var key = Key;
        var fields = (JsonObject)product.Fields.DeepClone();
        fields["has_only_default_variant"] = product.Options.Count == 0;
        List<NewRow> rows = [new NewRow("product", Key, fields)];
        foreach (var (index, option) in product.Options.Index())
            rows.Add(new NewRow("option", --key, new JsonObject
            {
                ["product_id"] = Key,
                ["name"] = option.Name,
                ["position"] = index + 1,
                ["option_values"] = new JsonArray([.. option.Values.Select(value => new JsonObject { ["name"] = value })]),
            }));
        foreach (var (index, variant) in (product.Variants.Count == 0 ? [[]] : product.Variants).Index())
            rows.Add(new NewRow("variant", --key, Variant(product, variant, index)));
        foreach (var metafield in product.Metafields)
            rows.Add(new NewRow("metafield", --key, With(metafield, ("owner_kind", "product"), ("owner_id", Key))));
        foreach (var (index, medium) in product.Media.Index())
            rows.Add(new NewRow("media", --key, With(medium, ("product_id", Key), ("position", index + 1))));
        foreach (var publication in product.PublicationIds.Distinct())
            rows.Add(new NewRow("product publication", --key, new JsonObject { ["publication_id"] = publication, ["product_id"] = Key }));
        return Problems(product) is { Count: > 0 } problems
            ? Task.FromResult<SaveOutcome>(new SaveOutcome.Refused(problems))
            : saving.Save(head, new WantedChanges { Added = rows }, StaleMeans.Refuse, cancel);
    }

    private static JsonObject Variant(NewProduct product, JsonObject values, int index)
    {
        string[] chosen = product.Options.Count == 0 ? [PlanStructure.DefaultValue] : [.. JsonValues.Elements(values["option_values"])];
        return With(values, ("product_id", Key), ("position", index + 1), ("option_values", new JsonArray([.. chosen.Select(value => (JsonNode)value)])), ("title", string.Join(" / ", chosen)));
    }

    private static List<EditProblem> Problems(NewProduct product)
    {
        var problems = new List<EditProblem>();
        if (product.Options.Count == 0)
        {
            if (product.Variants.Count > 1)
                problems.Add(new EditProblem("variant", Key, "option_values", null, "A product without options has one variant."));
            return problems;
        }
        var chosen = product.Variants.Select(variant => JsonValues.Elements(variant["option_values"]).ToList()).ToList();
        if (chosen.Count == 0 || chosen.Any(values => values.Count != product.Options.Count || values.Where((value, i) => !product.Options[i].Values.Contains(value)).Any()))
            problems.Add(new EditProblem("variant", Key, "option_values", null, $"Each variant needs one value of each option: {string.Join(", ", product.Options.Select(option => option.Name))}."));
        if (product.Options.GroupBy(option => option.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } name)
            problems.Add(new EditProblem("option", Key, "name", name.Key, $"Two options are called “{name.Key}”."));
        problems.AddRange(chosen.GroupBy(values => string.Join(" / ", values), StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => new EditProblem("variant", Key, "option_values", same.Key, $"Two variants would be “{same.Key}”.")));
        return problems;
    }

    private static JsonObject With(JsonObject values, params (string Column, JsonNode? Value)[] more)
    {
        var row = (JsonObject)values.DeepClone();
        foreach (var (column, value) in more)
            row[column] = value;
        return row;
    }
}
