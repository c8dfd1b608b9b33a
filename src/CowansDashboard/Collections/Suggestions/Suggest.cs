using System.Globalization;
using CowansDashboard.Catalog.ProductTypes;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>
/// Finds what could be done to types and collections from shared words, tags, types, categories and prices. Pure: the same shop
/// gives the same suggestions, and no model is asked. Where several would move a product to another type, only the first one does.
/// </summary>
public static class Suggest
{
    // More than a person reads; as these are done or declined others move up.
    private const int MostOfKind = 10;

    public static IReadOnlyList<Suggestion> From(SuggestedFrom from) => From(new ReadShop(from));

    internal static IReadOnlyList<Suggestion> From(ReadShop shop)
    {
        var moved = new HashSet<int>();
        List<Suggestion> found = [.. SuggestTypes.Set(shop, moved), .. SuggestTypes.Split(shop, moved), .. SuggestTypes.Retire(shop, moved), .. SuggestCollections.Shared(shop), .. SuggestCollections.PriceBands(shop), .. SuggestMappings.Categories(shop), .. SuggestMappings.Types(shop)];
        // The best of each kind first: five splits in a row would hide the rest.
        return [.. found.GroupBy(one => one.Kind)
            .SelectMany(kind => kind.OrderByDescending(one => one.Sure).ThenByDescending(one => one.Products).ThenBy(one => one.Key, StringComparer.Ordinal).Take(MostOfKind).Select((one, place) => (Place: place, One: one)))
            .OrderBy(each => each.Place).ThenByDescending(each => each.One.Sure).ThenBy(each => each.One.Key, StringComparer.Ordinal).Select(each => each.One)];
    }

    internal static string Count(long count, string one = "product", string many = "products") => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    internal static string Figure(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Listed(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "",
        1 => words[0],
        <= 4 => $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}",
        _ => $"{words[0]}, {words[1]} and {words.Count - 2} more",
    };

    internal static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>A shop's products with their words and types read once, for every kind of suggestion.</summary>
internal sealed class ReadShop
{
    public ReadShop(SuggestedFrom from)
    {
        From = from;
        Words = TitleWords.Read(from.Products);
        Types = TypeGroups.Read(from.Products);
        ByCollection = from.Products.SelectMany(product => product.Collections).CountBy(id => id).ToDictionary();
        CollectionKeys = [.. from.Collections.Select(one => NearDuplicates.Key(one.Title))];
        ByTag = new(() => Index(from.Products.SelectMany((product, at) => product.Tags.Distinct(StringComparer.OrdinalIgnoreCase).Select(tag => (tag, at)))));
        ByType = new(() => Index(from.Products.Select((product, at) => (product.Type, at))));
        Names = [.. Types.Names.SelectMany(TitleWords.KeysOf), .. from.Products.Select(product => product.Vendor).Distinct(StringComparer.Ordinal).Select(NearDuplicates.Key), ""];
    }

    public SuggestedFrom From { get; }

    public IReadOnlyList<SuggestedProduct> Products => From.Products;

    public TitleWords Words { get; }

    public TypeGroups Types { get; }

    /// <summary>The products of each tag, whatever its case; the key is as the first of them spells it.</summary>
    public Lazy<ILookup<string, (string Spelling, int Product)>> ByTag { get; }

    /// <summary>As by tag.</summary>
    public Lazy<ILookup<string, (string Spelling, int Product)>> ByType { get; }

    private static ILookup<string, (string Spelling, int Product)> Index(IEnumerable<(string Value, int Product)> all) => all.ToLookup(one => one.Value, one => (one.Value, one.Product), StringComparer.OrdinalIgnoreCase);

    /// <summary>How many products each collection holds.</summary>
    public Dictionary<long, int> ByCollection { get; }

    /// <summary>What collections are called.</summary>
    public HashSet<string> CollectionKeys { get; }

    /// <summary>Words of types, and vendors: pages of a shop join these already.</summary>
    public HashSet<string> Names { get; }
}
