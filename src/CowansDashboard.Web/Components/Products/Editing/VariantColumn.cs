namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>How a cell of the variants' table is edited.</summary>
public enum CellKind { Words, Amount, Tick, SoldOut, Unit }

/// <summary>A column of the variants' table.</summary>
public sealed record VariantColumn(string Field, string Title, CellKind Kind)
{
    public static readonly IReadOnlyList<VariantColumn> All =
    [
        new("price", "Price", CellKind.Amount),
        new("compare_at_price", "Compare-at", CellKind.Amount),
        new("unit_cost", "Cost", CellKind.Amount),
        new("sku", "SKU", CellKind.Words),
        new("barcode", "Barcode", CellKind.Words),
        new("weight", "Weight", CellKind.Amount),
        new("weight_unit", "Unit", CellKind.Unit),
        new("tracked", "Tracked", CellKind.Tick),
        new("inventory_policy", "When sold out", CellKind.SoldOut),
        new("taxable", "Taxed", CellKind.Tick),
        new("requires_shipping", "Shipped", CellKind.Tick),
    ];

    public string Css => Kind is CellKind.Amount ? "num" : "";
}
