using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>What suggestions are made from: the living products of a shop and its collections.</summary>
public sealed record SuggestedFrom(IReadOnlyList<SuggestedProduct> Products, IReadOnlyList<StandingCollection> Collections, string Currency)
{
    /// <summary>Categories by their code, as a person calls them.</summary>
    public IReadOnlyDictionary<string, string> Categories { get; init; } = new Dictionary<string, string>();

    /// <summary>All categories of Shopify's that the copy knows.</summary>
    public IReadOnlyList<TaxonomyEntry> Taxonomy { get; init; } = [];

    /// <summary>Living categories of the team's own tree that are not mapped, nor is one above them.</summary>
    public IReadOnlyList<OwnCategory> Unmapped { get; init; } = [];
}

public sealed record SuggestedProduct(long Id, string Title, string Type, string Vendor)
{
    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Category { get; init; }

    /// <summary>Of its cheapest variant.</summary>
    public decimal? Price { get; init; }

    /// <summary>The collections that hold it, by our ids.</summary>
    public IReadOnlyList<long> Collections { get; init; } = [];
}

/// <summary>A category of Shopify's taxonomy, with its names from the top down as "A > B".</summary>
public sealed record TaxonomyEntry(string Id, string FullName);

/// <summary>A category of the team's own tree.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Version">As it was seen.</param>
/// <param name="Names">From the top down to its own.</param>
/// <param name="Products">Products in it, each with its category of Shopify's or null.</param>
public sealed record OwnCategory(long Id, int Version, IReadOnlyList<string> Names, IReadOnlyList<string?> Products);

public sealed record StandingCollection(long Id, string Title, IReadOnlyList<CollectionSource> Sources);
