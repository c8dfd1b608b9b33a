using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>What suggestions are made from: the living products of a shop and its collections.</summary>
public sealed record SuggestedFrom(IReadOnlyList<SuggestedProduct> Products, IReadOnlyList<StandingCollection> Collections, string Currency)
{
    /// <summary>Categories by their code, as a person calls them.</summary>
    public IReadOnlyDictionary<string, string> Categories { get; init; } = new Dictionary<string, string>();
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

public sealed record StandingCollection(long Id, string Title, IReadOnlyList<CollectionSource> Sources);
