using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// What one browser tab has selected in each store, while its person looks at other pages. What is removed has a selection of
/// its own: nothing can be done with both.
/// </summary>
public sealed class KeptSelection
{
    private const int MostRecent = 8;

    private readonly Dictionary<(long Store, bool Removed), ProductSelection> _lists = [];

    /// <summary>Null when this tab has selected nothing yet: what it had before a reload may then be taken up.</summary>
    public ProductSelection? In(long store, bool removed) => _lists.GetValueOrDefault((store, removed));

    private readonly Dictionary<long, List<long>> _recent = [];

    /// <summary>The collections into which this tab has put something, the last one first.</summary>
    public IReadOnlyList<long> Recent(long store) => _recent.GetValueOrDefault(store) ?? [];

    public void Used(long store, long collection) => _recent[store] = [collection, .. Recent(store).Where(id => id != collection).Take(MostRecent - 1)];

    public void Keep(long store, bool removed, ProductSelection selection) => _lists[(store, removed)] = selection;
}
