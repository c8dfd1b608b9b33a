using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Cells of a spreadsheet, each with a value of its own: they are stored as rows by whoever typed them, and make nothing of other products.</summary>
public sealed record TypedCells(int Count) : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Product, "title")!;

    [JsonIgnore]
    public override string Title => "Spreadsheet";

    public override ActionProblem? Problem(string currency) => new("action", "Cells are typed into a spreadsheet; they cannot be applied to a selection.");

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (seen, null);
}
