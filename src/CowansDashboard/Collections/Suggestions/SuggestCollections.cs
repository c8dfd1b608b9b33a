using System.Globalization;
using System.Runtime.InteropServices;
using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>Which collections a shop could have by a condition, and has not. Pure.</summary>
internal static class SuggestCollections
{
    // A word or tag joins products that types keep apart: three types at least, none of which has most of them.
    private const int FewestTypes = 3;
    private const int FewestOfType = 3;
    private const double MostOfOneType = 0.7;

    // Enough for a page of the shop; and what nearly everything has joins nothing.
    private const int FewestProducts = 12;
    private const double LeastPart = 0.002;
    private const double MostPart = 0.4;
    private const int MostShared = 5;

    // "Art" is a part of "party": where the condition would find many more than the word does, it is no good.
    private const double MostStray = 1.1;

    // A collection has them already when it holds nearly all of them and is not much more than they are.
    private const double NearlyAll = 0.9;
    private const double MostlyThem = 0.5;

    private const int FewestPriced = 50;
    private const int MostBands = 3;
    private const double LeastBelow = 0.2, BestBelow = 0.33, MostBelow = 0.5;
    private static readonly decimal[] RoundAmounts = [5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000, 100_000];
    private static readonly Dictionary<string, string> Signs = new() { ["EUR"] = "€", ["GBP"] = "£", ["USD"] = "$", ["JPY"] = "¥" };

    public static IEnumerable<Suggestion> Shared(ReadShop shop)
    {
        var found = new Dictionary<string, Suggestion>(StringComparer.Ordinal);
        foreach (var one in ByTag(shop).Concat(ByWord(shop)))
            // A tag and a word may say the same; the tag was given on purpose.
            found.TryAdd(NearDuplicates.Key(((SuggestedAction.NewCollection)one.Action).Title), one);
        return found.Values.OrderByDescending(one => one.Products).ThenBy(one => one.Key, StringComparer.Ordinal).Take(MostShared);
    }

    private static IEnumerable<Suggestion> ByTag(ReadShop shop)
    {
        var tags = new Dictionary<string, (List<int> Products, Dictionary<string, int> Forms)>(StringComparer.Ordinal);
        foreach (var (at, product) in shop.Products.Index())
            foreach (var tag in product.Tags)
            {
                var lower = tag.ToLowerInvariant();
                if (!tags.TryGetValue(lower, out var held))
                    tags[lower] = held = ([], []);
                if (held.Products.Count == 0 || held.Products[^1] != at)
                    held.Products.Add(at);
                CollectionsMarshal.GetValueRefOrAddDefault(held.Forms, tag, out _)++;
            }
        foreach (var (lower, (products, forms)) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            // Tags of programs: "filter:wool", "sync_2024".
            if (lower.Any(letter => letter is ':' or '_' or '=') || lower.All(letter => !char.IsLetter(letter)) || Evenness(shop, products) is not { } even || shop.Names.Contains(NearDuplicates.Key(lower)))
                continue;
            var tag = forms.OrderByDescending(form => form.Value).ThenBy(form => form.Key, StringComparer.Ordinal).First().Key;
            if (shop.From.Collections.SelectMany(Conditions).Any(condition => condition is Condition.Tag { Is: true } held && held.Values.Contains(tag, StringComparer.OrdinalIgnoreCase))
                || IsThere(shop, tag, products))
                continue;
            yield return New(SuggestionKind.SharedWord, Suggest.Capital(tag), $"{Spread(shop, products)} have the tag “{tag}”, and no collection has them.", products.Count, even.Share,
                new Condition.Tag(true, false, [tag]), ["tag", lower]);
        }
    }

    private static IEnumerable<Suggestion> ByWord(ReadShop shop)
    {
        var words = shop.Words;
        var products = new List<int>?[words.Count];
        foreach (var (at, held) in words.Of.Index())
            foreach (var word in held)
                (products[word] ??= []).Add(at);
        for (var word = 0; word < words.Count; word++)
        {
            if (products[word] is not { } said || words.KeyOf(word).Length < 4 || Evenness(shop, said) is null)
                continue;
            var form = words.ShortestOf(word);
            // What the condition finds, which is what the collection would hold.
            var held = Enumerable.Range(0, words.Lower.Length).Where(at => words.Lower[at].Contains(form, StringComparison.Ordinal)).ToList();
            if (held.Count > MostStray * said.Count || Evenness(shop, held) is not { } even || shop.Names.Contains(words.KeyOf(word)))
                continue;
            if (shop.From.Collections.SelectMany(Conditions).Any(condition => condition is Condition.Text { Field: TextField.Title, Relation: TextRelation.Contains } text && text.Values.Contains(form, StringComparer.OrdinalIgnoreCase))
                || IsThere(shop, form, held))
                continue;
            yield return New(SuggestionKind.SharedWord, Suggest.Capital(words.FormOf(word)), $"{Spread(shop, held)} say “{form}” in their titles, and no collection has them.", held.Count, even.Share,
                new Condition.Text(TextField.Title, TextRelation.Contains, false, [form]), ["word", words.KeyOf(word)]);
        }
    }

    public static IEnumerable<Suggestion> PriceBands(ReadShop shop)
    {
        var (types, made) = (shop.Types, 0);
        foreach (var type in Enumerable.Range(0, types.Count).Where(types.Says).OrderByDescending(type => types.Products[type].Count).ThenBy(type => types.Keys[type], StringComparer.Ordinal))
        {
            if (made == MostBands || types.Products[type].Count < FewestPriced)
                yield break;
            var priced = types.Products[type].Where(at => shop.Products[at].Price is not null).ToList();
            if (priced.Count < FewestPriced)
                continue;
            var bands = RoundAmounts.Select(amount => (Amount: amount, Below: priced.Count(at => shop.Products[at].Price < amount)))
                .Where(band => band.Below >= Math.Max(FewestProducts, LeastBelow * priced.Count) && band.Below <= MostBelow * priced.Count).ToList();
            if (bands.Count == 0)
                continue;
            var (limit, below) = bands.MinBy(band => Math.Abs(BestBelow - (double)band.Below / priced.Count));
            // Shopify compares types without case: these are all spellings that there are.
            string[] spellings = [.. types.Products[type].Select(at => shop.Products[at].Type).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
            var held = priced.Where(at => shop.Products[at].Price < limit).ToList();
            var title = $"{types.Names[type]} under {Money(limit, shop.From.Currency)}";
            if (shop.From.Collections.Any(one => Conditions(one).Any(condition => condition is Condition.Number { Field: NumberField.Price, Relation: NumberRelation.Below })
                    && Conditions(one).Any(condition => condition is Condition.Text { Field: TextField.ProductType } text && text.Values.Intersect(spellings, StringComparer.OrdinalIgnoreCase).Any()))
                || IsThere(shop, title, held))
                continue;
            made++;
            yield return New(SuggestionKind.PriceBand, title, $"{Suggest.Count(below)} of the {Suggest.Count(types.Products[type].Count)} of type {types.Names[type]} cost less than {Money(limit, shop.From.Currency)}, and no collection has these.",
                below, 0.6, new CollectionSource.ByConditions(false, new(true, [new Condition.Text(TextField.ProductType, TextRelation.Is, false, spellings), new Condition.Number(NumberField.Price, NumberRelation.Below, limit)], []), Exclusion.Nothing),
                [types.Keys[type], limit.ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private static Suggestion New(SuggestionKind kind, string title, string why, int products, double sure, Condition condition, string[] key) =>
        New(kind, title, why, products, sure, new CollectionSource.ByConditions(false, new(false, [condition], []), Exclusion.Nothing), key);

    private static Suggestion New(SuggestionKind kind, string title, string why, int products, double sure, CollectionSource.ByConditions source, string[] key) =>
        new(Suggestion.KeyOf(kind, key), kind, $"New collection: {title}", why, products, sure, new SuggestedAction.NewCollection(title, source));

    /// <summary>How evenly products lie over types that hold enough of them; null where types hold them together already, or they are too few or too many.</summary>
    private static (int Types, double Share)? Evenness(ReadShop shop, List<int> products)
    {
        if (products.Count < Math.Max(FewestProducts, LeastPart * shop.Products.Count) || products.Count > MostPart * shop.Products.Count)
            return null;
        var types = products.Select(at => shop.Types.Of[at]).Where(shop.Types.Says).CountBy(type => type).Where(type => type.Value >= FewestOfType).ToList();
        return types.Count >= FewestTypes && types.Max(type => type.Value) is var most && most <= MostOfOneType * products.Count ? (types.Count, 1 - (double)most / products.Count) : null;
    }

    private static string Spread(ReadShop shop, List<int> products) =>
        $"{Suggest.Count(products.Count)} of {products.Select(at => shop.Types.Of[at]).Where(type => type != TypeGroups.None).Distinct().Count()} types";

    /// <summary>Enough for a page of the shop, and not nearly everything.</summary>
    public static bool IsOfUse(ReadShop shop, List<int> products) => products.Count >= FewestProducts && products.Count <= MostPart * shop.Products.Count;

    /// <summary>Whether a collection is called so, or holds these products and not many others.</summary>
    public static bool IsThere(ReadShop shop, string name, List<int> products) => shop.CollectionKeys.Contains(NearDuplicates.Key(name))
        || products.SelectMany(at => shop.Products[at].Collections).CountBy(id => id)
            .Any(held => held.Value >= NearlyAll * products.Count && held.Value >= MostlyThem * shop.ByCollection[held.Key]);

    private static IEnumerable<Condition> Conditions(StandingCollection collection) => collection.Sources.OfType<CollectionSource.ByConditions>().SelectMany(source => source.Included.Conditions);

    private static string Money(decimal amount, string currency) => Signs.TryGetValue(currency, out var sign)
        ? string.Create(CultureInfo.InvariantCulture, $"{sign}{amount:N0}") : string.Create(CultureInfo.InvariantCulture, $"{amount:N0} {currency}");
}
