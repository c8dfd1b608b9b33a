using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Gives every product the same status, vendor, type or category; null or nothing empties the last three.</summary>
public sealed record SetField(string Field, string? Value) : BulkAction
{
    public static readonly IReadOnlyList<string> Fields = ["status", "vendor", "product_type", "category_id"];

    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Product, Field)!;

    [JsonIgnore]
    public override string Title => string.IsNullOrWhiteSpace(Value) ? $"{Target.Label} cleared" : $"{Target.Label} set to {Value.Trim()}";

    public override ActionProblem? Problem(string currency)
    {
        if (!Fields.Contains(Field))
            return new("field", $"“{Field}” cannot be set for many products; {string.Join(", ", Fields)} can.");
        return CheckValue.Check(Target, Wanted, currency).Problem is { } problem ? new("value", problem) : null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (Wanted, null);

    private JsonNode? Wanted => string.IsNullOrWhiteSpace(Value) ? null : JsonValue.Create(Value.Trim());
}

/// <summary>Adds and removes tags; Shopify does not tell "Wool" from "wool", so neither does this.</summary>
public sealed record ChangeTags(IReadOnlyList<string> Add, IReadOnlyList<string> Remove) : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Product, "tags")!;

    [JsonIgnore]
    public override string Title => "Tags " + string.Join(", ", Clean(Add).Select(tag => "+" + tag).Concat(Clean(Remove).Select(tag => "−" + tag)));

    public override ActionProblem? Problem(string currency)
    {
        if (Clean(Add).Length + Clean(Remove).Length == 0)
            return new("add", "Type at least one tag to add or to remove.");
        if (Clean(Add).Intersect(Clean(Remove), StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
            return new("remove", $"“{both}” cannot be both added and removed.");
        return CheckValue.Check(Target, new JsonArray([.. Clean(Add).Select(tag => (JsonNode)tag)]), currency).Problem is { } problem ? new("add", problem) : null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency)
    {
        string[] before = [.. JsonValues.Elements(seen)];
        var kept = before.Where(tag => !Clean(Remove).Contains(tag, StringComparer.OrdinalIgnoreCase));
        return (JsonValues.Set(kept.Concat(Clean(Add).Where(tag => !before.Contains(tag, StringComparer.OrdinalIgnoreCase)))), null);
    }

    private static string[] Clean(IReadOnlyList<string>? tags) =>
        [.. (tags ?? []).Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>Sets the available stock at one location, or adds to it.</summary>
public sealed record SetStock(long LocationId, bool Adds, long Amount) : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Level, "available")!;

    [JsonIgnore]
    public override string Title => Adds
        ? string.Create(CultureInfo.InvariantCulture, $"Stock {(Amount < 0 ? "−" : "+")}{Math.Abs(Amount)}")
        : string.Create(CultureInfo.InvariantCulture, $"Stock set to {Amount}");

    public override ActionProblem? Problem(string currency)
    {
        if (LocationId <= 0)
            return new("location", "Choose the location whose stock shall change.");
        if (Math.Abs(Amount) > 1_000_000_000)
            return new("amount", "The amount must be at most 1,000,000,000.");
        if (Adds && Amount == 0)
            return new("amount", "A change by 0 changes nothing.");
        return !Adds && Amount < 0 ? new("amount", "Stock is set to 0 or more.") : null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) =>
        seen is null ? (null, "Shopify has not said how much is there.") : (JsonValue.Create(Adds ? (long)JsonValues.Number(seen) + Amount : Amount), null);
}
