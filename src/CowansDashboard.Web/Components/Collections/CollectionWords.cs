using CowansDashboard.Collections;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>How collections' values are said.</summary>
public static class CollectionWords
{
    /// <summary>"Conditions", "Picked and conditions", "Sub-collections".</summary>
    public static string Sources(SourceKinds kinds)
    {
        string[] words = [.. CollectionsState.Kinds.Where(each => kinds.HasFlag(each.Kind)).Select(each => Kind(each.Kind))];
        return words.Length switch
        {
            0 => "No source",
            1 => words[0],
            _ => string.Join(", ", [words[0], .. words[1..^1].Select(Lower)]) + " and " + Lower(words[^1]),
        };

        static string Lower(string word) => char.ToLowerInvariant(word[0]) + word[1..];
    }

    public static string Kind(SourceKinds kind) => kind switch
    {
        SourceKinds.Picked => "Picked by hand",
        SourceKinds.Conditions => "Conditions",
        SourceKinds.SubCollections => "Sub-collections",
        _ => "A newer kind",
    };

    public static string Order(string sortOrder) => sortOrder switch
    {
        "MANUAL" => "By hand",
        "ALPHA_ASC" => "Title, A to Z",
        "ALPHA_DESC" => "Title, Z to A",
        "BEST_SELLING" => "Best selling first",
        "CREATED" => "Oldest first",
        "CREATED_DESC" => "Newest first",
        "PRICE_ASC" => "Cheapest first",
        "PRICE_DESC" => "Dearest first",
        "MOST_RELEVANT" => "Most relevant first",
        _ => sortOrder,
    };

    /// <summary>"Online Store and 2 more".</summary>
    public static string Places(IReadOnlyList<string> places) => places.Count switch
    {
        0 => "Not published",
        1 => places[0],
        2 => $"{places[0]} and {places[1]}",
        _ => $"{places[0]} and {places.Count - 1} more",
    };
}
