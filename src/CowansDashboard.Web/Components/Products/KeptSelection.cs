using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// What one browser tab has selected in each store, while its person looks at other pages. What is removed has a selection of
/// its own: nothing can be done with both.
/// </summary>
public sealed class KeptSelection
{
    private readonly Dictionary<(long Store, bool Removed), ProductSelection> _lists = [];

    /// <summary>Null when this tab has selected nothing yet: what it had before a reload may then be taken up.</summary>
    public ProductSelection? In(long store, bool removed) => _lists.GetValueOrDefault((store, removed));

    public void Keep(long store, bool removed, ProductSelection selection) => _lists[(store, removed)] = selection;
}
