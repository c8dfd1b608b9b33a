using CowansDashboard.Catalog.Sheets;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>A row of a sheet with what a save would change in it.</summary>
public sealed record PreviewedRow(string Entity, long Id, string Name, IReadOnlyList<(SheetColumn Column, SheetTyped Cell)> Cells);
