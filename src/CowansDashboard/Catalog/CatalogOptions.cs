using System.ComponentModel.DataAnnotations;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>How products are kept here.</summary>
public sealed class CatalogOptions
{
    /// <summary>Hours after which Shopify deletes a product that was deleted here, and until which it can be restored. Default 24; every deletion may name its own.</summary>
    [Range(1, Removal.MostHours)]
    public int RollbackHours { get; set; } = Removal.UsualHours;

    /// <summary>For how many days a category that was deleted from the tree can be restored. Default 90.</summary>
    [Range(1, 3_650)]
    public int KeptCategoryDays { get; set; } = 90;
}
