using CowansDashboard.Catalog.Sheets;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>A row of a sheet with what a save would change in it.</summary>
public sealed record PreviewedRow(string Entity, long Id, string Name, IReadOnlyList<(SheetColumn Column, SheetTyped Cell)> Cells);

/// <summary>Cells that a person wants saved, with how many prices and stocks become 0, as the person typed it.</summary>
public sealed record ChosenCells(IEnumerable<SheetTyped> Cells, long? Zeros);
