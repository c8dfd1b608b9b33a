using System.Collections.Immutable;

namespace CowansDashboard.Search;

/// <summary>
/// Chosen products: some by id, or all that match a filter but some. A predicate, so that it outlives paging and
/// sorting and costs nothing for a million.
/// </summary>
public sealed record ProductSelection(ProductFilter? AllMatching, ImmutableHashSet<long> Ids)
{
    public static readonly ProductSelection Nothing = new(null, []);

    /// <summary>Products outside of the filter that were chosen as well, while another list was shown.</summary>
    public ImmutableHashSet<long> Also { get; init; } = [];

    public bool IsEmpty => AllMatching is null && Ids.IsEmpty;

    /// <param name="id">The product.</param>
    /// <param name="outside">It does not match the filter: only a list of another filter can show it.</param>
    public bool Contains(long id, bool outside = false) => AllMatching is null ? Ids.Contains(id) : outside ? Also.Contains(id) : !Ids.Contains(id);

    public static ProductSelection All(ProductFilter filter) => new(filter, []);

    public ProductSelection Toggle(long id, bool outside = false) => outside && AllMatching is not null
        ? this with { Also = Also.SymmetricExcept([id]) }
        : this with { Ids = Ids.SymmetricExcept([id]) };

    public ProductSelection Set(IEnumerable<long> ids, bool chosen) =>
        this with { Ids = chosen == AllMatching is null ? Ids.Union(ids) : Ids.Except(ids) };

    /// <summary>The same with rows of another list, some of which do not match the filter.</summary>
    public ProductSelection Set(IReadOnlyCollection<long> ids, bool chosen, IReadOnlySet<long> outside) => AllMatching is null
        ? Set(ids, chosen)
        : Set(ids.Where(id => !outside.Contains(id)), chosen) with { Also = chosen ? Also.Union(ids.Where(outside.Contains)) : Also.Except(ids) };

    /// <summary>How many products it holds, when so many match its filter.</summary>
    public long Count(long matching) => AllMatching is null ? Ids.Count : matching - Ids.Count + Also.Count;
}
