using System.Security.Cryptography;
using System.Text;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Suggestions;

public enum SuggestionKind
{
    /// <summary>Products without a type, or of one that says nothing, get the type that their titles name.</summary>
    SetType,

    /// <summary>A type becomes two or more, by the words with which its titles end.</summary>
    SplitType,

    /// <summary>A type of very few products goes into the one of products like them.</summary>
    RetireType,

    /// <summary>What shares a word or a tag over several types.</summary>
    SharedWord,

    /// <summary>The cheaper products of a type.</summary>
    PriceBand,

    /// <summary>Words, tags or types that a model put together.</summary>
    Grouping,

    /// <summary>A category of the team's own tree is mapped to one of Shopify's taxonomy.</summary>
    MapCategory,

    /// <summary>Products of a type that have no category of Shopify's get the one that suits the type.</summary>
    SetCategory,
}

/// <summary>Something that a person may want done to product types or collections. Nothing of it is done unasked.</summary>
/// <param name="Key">The same for the same suggestion however the counts change, and good for an address.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Title">What would be done, in a few words.</param>
/// <param name="Why">What speaks for it, with counts.</param>
/// <param name="Products">How many it is about.</param>
/// <param name="Sure">From 0 to 1: how much of what was looked at speaks for it.</param>
/// <param name="Action">Exactly what an acceptance prepares.</param>
public sealed record Suggestion(string Key, SuggestionKind Kind, string Title, string Why, long Products, double Sure, SuggestedAction Action)
{
    /// <summary>Who thought of it: null is the engine here, else the model that was asked.</summary>
    public string? By { get; init; }

    internal static string KeyOf(SuggestionKind kind, params IEnumerable<string> parts) =>
        $"{kind.ToString().ToLowerInvariant()}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..16]}";
}

public abstract record SuggestedAction
{
    private SuggestedAction()
    {
    }

    /// <summary>Each product's type as it is and as it shall be.</summary>
    public sealed record SetTypes(IReadOnlyList<TypeMove> Moves) : SuggestedAction
    {
        public IReadOnlyList<string> Targets => [.. Moves.Select(move => move.To).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Products without a category of Shopify's taxonomy, and the one that they shall have.</summary>
    public sealed record SetCategories(IReadOnlyList<long> ProductIds, TaxonomyEntry To) : SuggestedAction;

    /// <summary>A category of the tree, and to what it is mapped.</summary>
    public sealed record Map(OwnCategory Category, TaxonomyEntry To) : SuggestedAction;

    /// <summary>A collection that nobody has published yet.</summary>
    public sealed record NewCollection(string Title, CollectionSource.ByConditions Source) : SuggestedAction;
}

public sealed record TypeMove(long ProductId, string From, string To);
