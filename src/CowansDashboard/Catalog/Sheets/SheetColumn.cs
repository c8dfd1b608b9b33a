using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>A column of a spreadsheet: one field of each row, or what hangs on the row as a metafield or as stock at one place.</summary>
/// <param name="Key">Its name within a sheet: price, metafield:custom.care, stock:17.</param>
/// <param name="RowEntity">What the rows are: product or variant.</param>
/// <param name="Field">What it takes.</param>
/// <param name="Label">Its head.</param>
public sealed record SheetColumn(string Key, string RowEntity, CatalogueField Field, string Label)
{
    /// <summary>The metafield that it shows.</summary>
    public MetafieldPlace? Metafield { get; init; }

    /// <summary>The place whose stock it shows.</summary>
    public long? LocationId { get; init; }

    /// <summary>Shown until a person chooses columns.</summary>
    public bool IsUsual { get; init; }
}

/// <summary>A metafield by its name, with the type that its values have.</summary>
public sealed record MetafieldPlace(string Namespace, string Key, string Type);
