using System.Text.Json.Nodes;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>A product or variant as a row of a spreadsheet, with one cell for each asked column.</summary>
/// <param name="Id">Of the product or variant.</param>
/// <param name="ProductId">The product that it is or belongs to.</param>
/// <param name="Product">The product's title.</param>
/// <param name="Variant">The variant's title; null for a product, and for the only variant of one.</param>
/// <param name="IsGone">It was deleted here or in Shopify after the sheet was opened.</param>
public sealed record SheetRow(long Id, long ProductId, string Product, string? Variant, bool IsGone, IReadOnlyList<SheetCell> Cells)
{
    public string Name => Variant is null ? Product : $"{Product}, {Variant}";
}

/// <summary>What one cell holds.</summary>
/// <param name="EntityId">The row whose column it is; null where the metafield or the stock is not there.</param>
/// <param name="Value">As to_jsonb writes the column.</param>
/// <param name="IsPending">It waits for Shopify; <paramref name="Base"/> is what both sides last agreed on.</param>
public sealed record SheetCell(long? EntityId, JsonNode? Value, bool IsPending = false, JsonNode? Base = null)
{
    /// <summary>Shopify holds a third value.</summary>
    public bool InConflict { get; init; }
}
