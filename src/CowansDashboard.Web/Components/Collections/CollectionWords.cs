using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Web.Components.Kit;

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

    /// <summary>Shopify's nine orders.</summary>
    public static readonly IReadOnlyList<string> Orders = ["MANUAL", "BEST_SELLING", "ALPHA_ASC", "ALPHA_DESC", "PRICE_ASC", "PRICE_DESC", "CREATED_DESC", "CREATED", "MOST_RELEVANT"];

    /// <summary>What a source says, in one sentence.</summary>
    public static string Definition(JsonNode? definition, ReferenceNames names, string currency)
    {
        if (definition is not JsonObject)
            return "nothing";
        return Source(definition) switch
        {
            CollectionSource.OfCollections { ShopifyIds.Count: > 0 } of => "What is in " + ConditionWords.Titles(of.ShopifyIds, names),
            CollectionSource.ByConditions by => string.Join("; ", Parts(by)) is { Length: > 0 } words ? words : "nothing yet",
            _ => "nothing yet",
        };

        IEnumerable<string> Parts(CollectionSource.ByConditions by)
        {
            if (by.Included.Conditions.Count > 0)
                yield return string.Join(by.Included.All ? " and " : " or ", by.Included.Conditions.Select(one => ConditionWords.Of(one, names, currency)));
            if (by.Included.Selections.Count > 0)
                yield return ConditionWords.Picked(by.Included.Selections);
            if (by.Excluded.Conditions.Count > 0)
                yield return "but not " + string.Join(by.Excluded.All ? " and at once " : " nor ", by.Excluded.Conditions.Select(one => ConditionWords.Of(one, names, currency)));
            if (by.Excluded.Products.Count > 0)
                yield return $"without {Figure.Count(by.Excluded.Products.Count, "product")} kept out by hand";
        }
    }

    /// <summary>A definition as it is kept, read.</summary>
    public static CollectionSource Source(JsonNode definition) =>
        SourceReading.Read(definition["collections"] is JsonArray ? "CollectionSubCollectionsSource" : "CollectionConditionsSource", JsonSerializer.SerializeToElement(definition));

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

    /// <summary>How far a removal is: "Removed, deleted in Shopify Mon 23 Nov 09:41".</summary>
    public static string Removed(CollectionRemoval removal, DateTimeOffset now, TimeZoneInfo? zone) => removal switch
    {
        { Changed: { Count: > 0 } changed } => $"Removed here and changed in Shopify since ({string.Join(", ", changed)}): not deleted",
        { IsGoing: true } => "Shopify is deleting it",
        { Problem: { } problem } => $"Shopify did not delete it: {problem}",
        { EndsAt: { } end } when end <= now => "Its time is over: Shopify deletes it in a moment",
        { EndsAt: { } end } => $"Removed, deleted in Shopify {When.Clock(end, now, zone)}",
        _ => $"Removed here; taken off its places by the next push, deleted {Figure.Count(removal.Hours)} h after that",
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
