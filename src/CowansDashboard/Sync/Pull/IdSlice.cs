using System.Globalization;

namespace CowansDashboard.Sync.Pull;

/// <summary>Products whose Shopify id is at least From and below To: a part of a list that Shopify gives page by page.</summary>
public sealed record IdSlice(long From, long To)
{
    public static readonly IdSlice All = new(0, long.MaxValue);

    /// <summary>Parts between the given ids, which are in order; together they hold every id there can be.</summary>
    public static IReadOnlyList<IdSlice> Between(IEnumerable<long> bounds)
    {
        long[] edges = [All.From, .. bounds.Where(bound => bound > All.From && bound < All.To).Distinct(), All.To];
        return [.. edges.Zip(edges.Skip(1), (from, to) => new IdSlice(from, to))];
    }

    /// <summary>Two parts, cut at the given id or, where that is of no use, in the middle; null when one id is left.</summary>
    public (IdSlice Low, IdSlice High)? Halve(long? at)
    {
        if (To - From < 2)
            return null;
        var middle = at > From && at < To ? at.Value : From + (To - From) / 2;
        return (new(From, middle), new(middle, To));
    }

    /// <summary>The filter, narrowed to this part.</summary>
    public string Narrow(string filter)
    {
        var from = From > All.From ? string.Create(CultureInfo.InvariantCulture, $" AND id:>={From}") : "";
        var to = To < All.To ? string.Create(CultureInfo.InvariantCulture, $" AND id:<{To}") : "";
        return filter + from + to;
    }
}
