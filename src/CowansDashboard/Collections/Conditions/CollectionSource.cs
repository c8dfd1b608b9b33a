namespace CowansDashboard.Collections.Conditions;

/// <summary>What a source of a collection says. A collection holds the union of what its sources hold.</summary>
public abstract record CollectionSource
{
    private CollectionSource() { }

    /// <summary>Products that were selected, or that the conditions match, but none that is excluded.</summary>
    /// <param name="OfVariants">Under ALL, one and the same variant must fit every condition on variants.</param>
    /// <param name="Included">Who comes in.</param>
    /// <param name="Excluded">Who stays out, also when selected.</param>
    public sealed record ByConditions(bool OfVariants, Inclusion Included, Exclusion Excluded) : CollectionSource;

    /// <summary>What other collections hold, by Shopify's ids.</summary>
    public sealed record OfCollections(IReadOnlyList<long> ShopifyIds) : CollectionSource;

    /// <summary>A kind that came with a later version of Shopify's API.</summary>
    public sealed record Unknown(string Type) : CollectionSource;

    /// <summary>Whether the copy can say whom it holds.</summary>
    public bool IsKnown => this switch
    {
        ByConditions source => !source.Included.Conditions.Concat(source.Excluded.Conditions).Any(condition => condition is Condition.Unknown),
        OfCollections => true,
        _ => false,
    };

    /// <summary>The collections that it is made of or that it keeps out, by Shopify's ids.</summary>
    public IEnumerable<long> Collections => this switch
    {
        OfCollections source => source.ShopifyIds,
        ByConditions source => source.Excluded.Conditions.OfType<Condition.InCollections>().SelectMany(condition => condition.ShopifyIds),
        _ => [],
    };
}

/// <summary>Without conditions nothing matches.</summary>
public sealed record Inclusion(bool All, IReadOnlyList<Condition> Conditions, IReadOnlyList<Selection> Selections);

/// <summary>Conditions on collections exclude each by itself; All is about the others.</summary>
public sealed record Exclusion(bool All, IReadOnlyList<Condition> Conditions, IReadOnlyList<long> Products)
{
    public static readonly Exclusion Nothing = new(false, [], []);
}

/// <summary>A product chosen by hand, by Shopify's id; of some of its variants only, or as a whole when none is named.</summary>
public sealed record Selection(long Product, IReadOnlyList<long> Variants);
