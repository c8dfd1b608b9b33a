using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Products;

/// <summary>A column of the grid that people can show or hide. The product itself always stands first.</summary>
public sealed record GridColumn(string Name, string Title, SortKey? Sort = null, bool Number = false)
{
    public static readonly GridColumn Vendor = new("vendor", "Vendor", SortKey.Vendor);
    public static readonly GridColumn Sync = new("sync", "Sync");
    public static readonly GridColumn Status = new("status", "Status", SortKey.Status);
    public static readonly GridColumn Type = new("type", "Type");
    public static readonly GridColumn OwnCategory = new("own-category", "Own category");
    public static readonly GridColumn Tags = new("tags", "Tags");
    public static readonly GridColumn Variants = new("variants", "Variants", SortKey.Variants, true);
    public static readonly GridColumn Price = new("price", "Price", SortKey.Price, true);
    public static readonly GridColumn Stock = new("stock", "Stock", SortKey.Stock, true);
    public static readonly GridColumn Updated = new("updated", "Updated", SortKey.Updated, true);

    public static readonly IReadOnlyList<GridColumn> All = [Sync, Status, Vendor, Type, OwnCategory, Tags, Variants, Price, Stock, Updated];

    public static readonly IReadOnlyList<GridColumn> Standard = [Sync, Status, Variants, Price, Stock];

    public static IReadOnlyList<GridColumn> Read(IEnumerable<string> names) => All.Where(column => names.Contains(column.Name)).ToList() is var chosen && chosen.SequenceEqual(Standard) ? Standard : chosen;

    /// <summary>The direction that a first press on the head gives: largest and newest first, words from A.</summary>
    public ProductSort FirstSort => new(Sort!.Value, Sort is SortKey.Updated or SortKey.Variants);
}
