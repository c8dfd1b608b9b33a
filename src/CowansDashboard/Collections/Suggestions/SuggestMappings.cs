using CowansDashboard.Catalog.ProductTypes;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>
/// Which category of Shopify's taxonomy suits one of the team's own, or a type: the one that nearly all products have that have any,
/// else the one of its name, where names above tell apart those that share it. Where two suit as well none is suggested. Pure.
/// </summary>
internal static class SuggestMappings
{
    private const int FewestProducts = 3;
    private const int FewestTelling = 5;
    private const double NearlyAll = 0.8;
    private const double SureOfName = 0.7;
    private const double SureOfPath = 0.85;

    public static IEnumerable<Suggestion> Categories(ReadShop shop)
    {
        var taxonomy = new Names(shop.From.Taxonomy);
        foreach (var own in shop.From.Unmapped)
        {
            var full = string.Join(" › ", own.Names);
            if (Common(own.Products.OfType<string>(), taxonomy) is var (held, told, have))
                yield return New(own, held, $"{Suggest.Figure(have)} of the {Suggest.Figure(told)} products in {full} that have a category in Shopify have this one.", (double)have / told);
            else if (taxonomy.Of(own.Names) is var (named, telling))
                yield return New(own, named, telling is null ? "No other category of Shopify’s is called so." : $"It is called so, and {telling} stands above it too.", telling is null ? SureOfName : SureOfPath);
        }

        static Suggestion New(OwnCategory own, TaxonomyEntry to, string why, double sure) => new(Suggestion.KeyOf(SuggestionKind.MapCategory, $"{own.Id}", to.Id), SuggestionKind.MapCategory,
            $"Map {string.Join(" › ", own.Names)} to {to.FullName}", why, own.Products.Count, sure, new SuggestedAction.Map(own, to));
    }

    public static IEnumerable<Suggestion> Types(ReadShop shop)
    {
        var taxonomy = new Names(shop.From.Taxonomy);
        for (var type = 0; type < shop.Types.Count; type++)
        {
            var without = shop.Types.Products[type].Where(at => shop.Products[at].Category is null).ToList();
            if (!shop.Types.Says(type) || without.Count < FewestProducts)
                continue;
            var name = shop.Types.Names[type];
            if (Common(shop.Types.Products[type].Select(at => shop.Products[at].Category).OfType<string>(), taxonomy) is var (held, told, have))
                yield return New(held, $"{Suggest.Figure(have)} of the {Suggest.Figure(told)} products of type {name} that have a category in Shopify have this one.", (double)have / told);
            else if (taxonomy.Of([name]) is var (named, _))
                yield return New(named, "No other category of Shopify’s is called like the type.", SureOfName);

            Suggestion New(TaxonomyEntry to, string why, double sure) => new(Suggestion.KeyOf(SuggestionKind.SetCategory, shop.Types.Keys[type], to.Id), SuggestionKind.SetCategory,
                $"Give {Suggest.Count(without.Count)} of type {name} the category {to.FullName}", why, without.Count, sure,
                new SuggestedAction.SetCategories([.. without.Select(at => shop.Products[at].Id)], to));
        }
    }

    /// <summary>What nearly all have, of how many, and how many have it; null where they are too few or do not agree.</summary>
    private static (TaxonomyEntry To, int Told, int Have)? Common(IEnumerable<string> categories, Names taxonomy)
    {
        var counted = categories.CountBy(id => id).OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).ToList();
        var told = counted.Sum(one => one.Value);
        return told >= FewestTelling && counted[0].Value >= NearlyAll * told && taxonomy.Find(counted[0].Key) is { } to ? (to, told, counted[0].Value) : null;
    }

    /// <summary>Shopify's taxonomy by the names of its categories.</summary>
    private sealed class Names(IReadOnlyList<TaxonomyEntry> all)
    {
        private readonly Dictionary<string, TaxonomyEntry> _byId = all.ToDictionary(one => one.Id, StringComparer.Ordinal);
        private readonly ILookup<string, TaxonomyEntry> _byName = all.ToLookup(one => NearDuplicates.Key(one.FullName[(one.FullName.LastIndexOf('>') + 1)..]), StringComparer.Ordinal);

        public TaxonomyEntry? Find(string id) => _byId.GetValueOrDefault(id);

        /// <summary>The only one of this name, or the only one of it of which a name above stands above here too; that name is told.</summary>
        public (TaxonomyEntry To, string? Telling)? Of(IReadOnlyList<string> names)
        {
            if (NearDuplicates.Key(names[^1]) is not { Length: > 0 } key)
                return null;
            var called = _byName[key].ToList();
            if (called.Count == 1)
                return (called[0], null);
            var above = names.SkipLast(1).Select(name => (Name: name, Keys: Words(name))).ToList();
            var told = called.Select(one => (One: one, Name: above.FirstOrDefault(name => name.Keys.Overlaps(one.FullName.Split(" > ").SkipLast(1).SelectMany(Words))).Name)).Where(one => one.Name is not null).ToList();
            return told.Count == 1 ? (told[0].One, told[0].Name) : null;
        }

        private static HashSet<string> Words(string name) => [.. TitleWords.KeysOf(name).Where(word => word.Length > 2 && word != "and")];
    }
}
