using System.Collections.Immutable;

namespace CowansDashboard.Search;

/// <summary>
/// Chosen products: some by id, or all that match a filter but some. A predicate, so that it outlives paging and
/// sorting and costs nothing for a million.
/// </summary>
public sealed record ProductSelection(ProductFilter? AllMatching, ImmutableHashSet<long> Ids)
{
    public static readonly ProductSelection Nothing = new(null, []);

    public bool IsEmpty => AllMatching is null && Ids.IsEmpty;

    public bool Contains(long id) => AllMatching is null ? Ids.Contains(id) : !Ids.Contains(id);

    public static ProductSelection All(ProductFilter filter) => new(filter, []);

    public ProductSelection Toggle(long id) =>
        this with { Ids = Ids.SymmetricExcept([id]) };

    public ProductSelection Set(IEnumerable<long> ids, bool chosen) =>
        this with { Ids = chosen == AllMatching is null ? Ids.Union(ids) : Ids.Except(ids) };

    /// <summary>How many products it holds, when so many match its filter.</summary>
    public long Count(long matching) => AllMatching is null ? Ids.Count : matching - Ids.Count;
}
