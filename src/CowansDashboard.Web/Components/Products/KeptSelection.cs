using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Products;

/// <summary>What one browser tab has selected in each store, while its person looks at other pages.</summary>
public sealed class KeptSelection
{
    private readonly Dictionary<long, ProductSelection> _stores = [];

    /// <summary>Null when this tab has selected nothing yet: what it had before a reload may then be taken up.</summary>
    public ProductSelection? In(long store) => _stores.GetValueOrDefault(store);

    public void Keep(long store, ProductSelection selection) => _stores[store] = selection;
}
