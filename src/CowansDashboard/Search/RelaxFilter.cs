namespace CowansDashboard.Search;

/// <summary>A filter with one field (or the search, when the field is null) taken away, and how many products match then.</summary>
public sealed record Relaxation(FilterField? Field, ProductFilter Filter, long Count);

/// <summary>For a filter that nothing matches: says which of its conditions to remove, the one that helps most first.</summary>
public sealed class RelaxFilter(CountProducts count)
{
    public async Task<IReadOnlyList<Relaxation>> Relax(long storeId, ProductFilter filter, CancellationToken cancel)
    {
        var without = filter.Fields.Select(field => ((FilterField?)field, filter.Without(field))).ToList();
        if (filter.Search.Length > 0)
            without.Add((null, filter with { Search = "" }));
        var found = new List<Relaxation>();
        foreach (var (field, looser) in without)
            if (await count.Count(storeId, looser, cancel) is > 0 and var matching)
                found.Add(new(field, looser, matching));
        return [.. found.OrderBy(each => each.Count)];
    }
}
