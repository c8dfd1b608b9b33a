using CowansDashboard.Catalog.Categories;

namespace CowansDashboard.Web.Components.Categories;

/// <summary>One line of the tree as it is drawn: a category, or the end of a level of which more is there.</summary>
/// <param name="Node">The category; null for the line that shows more.</param>
/// <param name="ParentId">Below which one; null at the top.</param>
/// <param name="Level">1 at the top.</param>
/// <param name="Place">Its place among its siblings, from 1.</param>
/// <param name="Of">How many siblings there are with it.</param>
/// <param name="IsOpen">What lies below it is shown.</param>
public sealed record TreeRow(CategoryNode? Node, long? ParentId, int Level, int Place, int Of, bool IsOpen)
{
    public long Id => Node?.Category.Id ?? 0;

    public string Name => Node?.Category.Name ?? "";
}
