using CowansDashboard.Catalog.ProductTypes;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>The types of products with all spellings that differ by case, spaces or a plural taken together; the most used one names them.</summary>
internal sealed class TypeGroups
{
    public const int None = -1;

    // They say where something was put because nobody knew better.
    private static readonly HashSet<string> CatchAll = [.. ((string[])
        ["misc", "miscellaneous", "other", "others", "general", "various", "default", "uncategorized", "uncategorised", "unknown", "none", "n/a", "product", "item", "goods", "test",
        "sonstiges", "sonstige", "diverses", "verschiedenes", "allgemein", "divers", "autre", "otros", "varios", "altro"]).Select(NearDuplicates.Key)];

    private TypeGroups(int products) => Of = new int[products];

    /// <summary>The type of each product; None for one without.</summary>
    public int[] Of { get; }

    public List<string> Keys { get; } = [];

    public List<List<int>> Products { get; } = [];

    /// <summary>The most used spelling.</summary>
    public List<string> Names { get; } = [];

    public int Count => Keys.Count;

    /// <summary>Whether it says what a product is.</summary>
    public bool Says(int type) => type != None && !CatchAll.Contains(Keys[type]);

    public int Find(string key) => Keys.IndexOf(key);

    /// <summary>The most used spelling of the type that is written so.</summary>
    public string NameOf(string spelling) => Find(NearDuplicates.Key(spelling)) is >= 0 and var type ? Names[type] : spelling;

    public static TypeGroups Read(IReadOnlyList<SuggestedProduct> products)
    {
        var types = new TypeGroups(products.Count);
        var (bySpelling, byKey) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (at, product) in products.Index())
        {
            if (!bySpelling.TryGetValue(product.Type, out var type))
            {
                var key = NearDuplicates.Key(product.Type);
                if (key.Length == 0)
                    type = None;
                else if (!byKey.TryGetValue(key, out type))
                {
                    byKey[key] = type = types.Keys.Count;
                    types.Keys.Add(key);
                    types.Products.Add([]);
                }
                bySpelling[product.Type] = type;
            }
            types.Of[at] = type;
            if (type != None)
                types.Products[type].Add(at);
        }
        types.Names.AddRange(types.Products.Select(all => all.GroupBy(at => products[at].Type.Trim(), StringComparer.Ordinal)
            .OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal).First().Key));
        return types;
    }
}
