using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// Puts every product into one category of the team's own tree; no category takes it out of the one in which it lies. Where the category
/// is mapped to Shopify's taxonomy, its products are given that too, as rows of their own. The name is whatever the tree calls it: a preview reads it.
/// That no category is meant has to be written: a name with a slip in it must not take anything out.
/// </summary>
public sealed record SetOwnCategory([property: JsonRequired] long? CategoryId, string? Name = null) : BulkAction
{
    // No column of a product: it is written as the tree is, and undone as that is.
    private static readonly CatalogueField Field = new(CatalogueFields.Product, TreeInHand.OwnCategory, "Own category", FieldKind.Text) { Optional = true, LocalOnly = true };

    [JsonIgnore]
    public override CatalogueField Target => Field;

    [JsonIgnore]
    public override string Title => CategoryId is null ? "Taken out of their category" : $"Put into the category {Name}";

    public override ActionProblem? Problem(string currency) => CategoryId is null or > 0 ? null : new("category", "Choose the category.");

    /// <summary>Seen is the category as history writes it, or nothing.</summary>
    public override BulkChange Change(JsonNode? seen, string currency) => IdOf(seen) == CategoryId ? new BulkChange.Unchanged() : new BulkChange.Changed(Wanted);

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (Wanted, null);

    private JsonObject? Wanted => CategoryId is { } id ? new() { ["name"] = Name, ["id"] = id } : null;

    internal static long? IdOf(JsonNode? category) => (category as JsonObject)?["id"]?.GetValue<long>();
}
