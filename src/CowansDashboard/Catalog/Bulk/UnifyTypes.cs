using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Gives products of one product type another: each spelling the one that replaces it. Other types stay.</summary>
public sealed record UnifyTypes(IReadOnlyDictionary<string, string> Spellings) : BulkAction
{
    /// <summary>A filter holds no more values.</summary>
    public const int MostSpellings = 100;

    private const int MostNamed = 3;

    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Product, "product_type")!;

    [JsonIgnore]
    public override string Title
    {
        get
        {
            string[] kept = [.. Spellings.Values.Distinct()];
            return kept.Length == 1
                ? $"Type {kept[0]} in place of {string.Join(", ", Spellings.Keys.Take(MostNamed))}{(Spellings.Count > MostNamed ? $" and {Spellings.Count - MostNamed} more" : "")}"
                : $"{Spellings.Count} spellings of types cleaned up";
        }
    }

    public override ActionProblem? Problem(string currency)
    {
        if (Spellings is not { Count: > 0 and <= MostSpellings })
            return new("spellings", $"Name 1 to {MostSpellings} spellings, each with the type that replaces it.");
        foreach (var (from, to) in Spellings)
            if (string.IsNullOrWhiteSpace(to))
                return new("spellings", $"“{from}” has no type that replaces it. Type one.");
            else if (CheckValue.Check(Target, JsonValue.Create(to.Trim()), currency).Problem is { } problem)
                return new("spellings", problem);
        return null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) =>
        (seen?.GetValue<string>() is { } type && Spellings.TryGetValue(type, out var kept) ? JsonValue.Create(kept.Trim()) : seen, null);
}
