using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Removes products: deleted in Shopify after so many hours, or kept there and no longer shown here where no hours are named.</summary>
public sealed record DeleteAction(int? Hours) : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Product, Removal.Field)!;

    [JsonIgnore]
    public override string Title => Hours is null ? "Excluded here, kept in Shopify" : "Deleted";

    public override ActionProblem? Problem(string currency) =>
        Hours is < 1 or > Removal.MostHours ? new("rollbackHours", $"The window has 1 to {Removal.MostHours} hours.") : null;

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) =>
        seen is null ? (new Removal(Hours).Text, null) : (null, "It is removed already.");
}
