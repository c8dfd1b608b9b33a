using System.Runtime.InteropServices;
using CowansDashboard.Catalog.ProductTypes;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>Which products should have another type. Pure.</summary>
internal static class SuggestTypes
{
    // A word stands for a type when nearly all titles of the type say it, and nearly no title of another type does.
    private const double NearlyAllOfType = 0.8;
    private const double NearlyOnlyThere = 0.9;
    private const int FewestOfType = 5;

    // Fewer are typed by hand sooner than a suggestion is read.
    private const int FewestToSet = 3;

    // Two words that together name most of a type, each on its own a good part of it, and neither said of other types.
    private const int FewestToSplit = 20;
    private const int FewestOfPart = 8;
    private const double LeastPart = 0.15;
    private const double MostPart = 0.85;
    private const double LeastCovered = 0.6;
    private const double MostlyThere = 0.8;
    private const int MostParts = 4;

    // Few products in a shop that has many: at most ten, and at most one in a hundred, beside a type at least five times as large.
    private const int MostToRetire = 10;
    private const double SmallPart = 0.01;
    private const int TimesLarger = 5;
    private const double MostOfCategory = 0.8;
    private const int FewestOfCategory = 10;

    /// <param name="shop">What is looked at.</param>
    /// <param name="moved">Products that a suggestion moves; those of later ones come to it.</param>
    public static IEnumerable<Suggestion> Set(ReadShop shop, HashSet<int> moved)
    {
        var owners = Owners(shop);
        var (words, types) = (shop.Words, shop.Types);
        var byTarget = new SortedDictionary<int, (List<int> Products, Dictionary<int, int> Words)>();
        for (var at = 0; at < shop.Products.Count; at++)
        {
            if (types.Says(types.Of[at]) || TargetOf(words.Of[at], owners) is not { } target)
                continue;
            if (!byTarget.TryGetValue(target, out var held))
                byTarget[target] = held = ([], []);
            held.Products.Add(at);
            foreach (var word in words.Of[at].Where(owners.ContainsKey))
                CollectionsMarshal.GetValueRefOrAddDefault(held.Words, word, out _)++;
        }
        foreach (var (target, (products, said)) in byTarget)
        {
            if (products.Count < FewestToSet)
                continue;
            var name = types.Names[target];
            int[] by = [.. said.OrderByDescending(word => word.Value).ThenBy(word => words.KeyOf(word.Key), StringComparer.Ordinal).Select(word => word.Key)];
            var (own, all) = (owners[by[0]].Own, owners[by[0]].All);
            moved.UnionWith(products);
            yield return new(Suggestion.KeyOf(SuggestionKind.SetType, types.Keys[target]), SuggestionKind.SetType,
                $"Set the type of {Suggest.Count(products.Count)} to {name}",
                $"{(products.Count == 1 ? "Its title says" : "Their titles say")} {Suggest.Listed([.. by.Take(3).Select(word => $"“{words.FormOf(word)}”")])}. So do {Suggest.Figure(own)} of the {Suggest.Count(types.Products[target].Count)} of type {name}, and {(all == own ? "none" : Suggest.Figure(all - own))} of another type.",
                products.Count, by.Min(word => owners[word].Sure), new SuggestedAction.SetTypes([.. products.Select(at => Move(shop, at, name))]));
        }
    }

    public static IEnumerable<Suggestion> Split(ReadShop shop, HashSet<int> moved)
    {
        var (words, types) = (shop.Words, shop.Types);
        var (everywhere, typed) = (new int[words.Count], new Dictionary<(int Word, int Type), int>());
        foreach (var (at, held) in words.Of.Index())
            if (types.Of[at] is >= 0 and var type)
                foreach (var word in held)
                {
                    everywhere[word]++;
                    CollectionsMarshal.GetValueRefOrAddDefault(typed, (word, type), out _)++;
                }
        for (var type = 0; type < types.Count; type++)
        {
            var products = types.Products[type];
            if (!types.Says(type) || products.Count < FewestToSplit)
                continue;
            var own = TitleWords.KeysOf(types.Names[type]);
            var parts = products.Where(at => words.Heads[at] != TitleWords.None).GroupBy(at => words.Heads[at])
                .Where(part => part.Count() >= Math.Max(FewestOfPart, LeastPart * products.Count) && part.Count() <= MostPart * products.Count
                    && !Names(own, words.KeyOf(part.Key)) && IsMeant(part.Key) && typed[(part.Key, type)] >= MostlyThere * everywhere[part.Key])
                .OrderByDescending(part => part.Count()).ThenBy(part => words.KeyOf(part.Key), StringComparer.Ordinal).Take(MostParts).ToList();
            var covered = parts.Sum(part => part.Count());
            if (parts.Count < 2 || covered < LeastCovered * products.Count)
                continue;
            var named = parts.Select(part => (Name: NameOf(shop, part.Key, types.Names[type]), Part: part)).ToList();
            moved.UnionWith(parts.SelectMany(part => part));
            yield return new(Suggestion.KeyOf(SuggestionKind.SplitType, [types.Keys[type], .. parts.Select(part => words.KeyOf(part.Key)).Order(StringComparer.Ordinal)]), SuggestionKind.SplitType,
                SplitTitle(types.Names[type], named.Select(one => one.Name)),
                $"{Suggest.Count(products.Count)}: {Suggest.Listed([.. named.Select(one => $"{Suggest.Figure(one.Part.Count())} are called {words.FormOf(one.Part.Key)}")])}. {(covered == products.Count ? "None is left over." : $"{Suggest.Figure(products.Count - covered)} stay {types.Names[type]}.")}",
                covered, (double)covered / products.Count,
                new SuggestedAction.SetTypes([.. named.SelectMany(one => one.Part.Select(at => Move(shop, at, one.Name))).OrderBy(move => move.ProductId)]));
        }

        // "Roll top" among backpacks is no top: a type that is there takes them in only where its own titles say the word.
        bool IsMeant(int word) => types.Find(words.KeyOf(word)) is var other && (other == TypeGroups.None || typed.GetValueOrDefault((word, other)) >= LeastCovered * types.Products[other].Count);
    }

    public static string SplitTitle(string type, IEnumerable<string> into) => $"Split {type} into {Suggest.Listed([.. into])}";

    // Scarves are scarfs.
    private static bool Names(HashSet<string> own, string key) => own.Contains(key) || own.Any(name => name.EndsWith("ve", StringComparison.Ordinal) && key == $"{name[..^2]}f");

    public static IEnumerable<Suggestion> Retire(ReadShop shop, HashSet<int> moved)
    {
        var (words, types) = (shop.Words, shop.Types);
        var owners = Owners(shop);
        var categories = shop.Products.Index().Where(each => each.Item.Category is not null && types.Says(types.Of[each.Index]))
            .GroupBy(each => each.Item.Category!, each => types.Of[each.Index]).ToDictionary(same => same.Key, same => same.CountBy(type => type).ToDictionary(), StringComparer.Ordinal);
        for (var type = 0; type < types.Count; type++)
        {
            var products = types.Products[type];
            if (products.Count > MostToRetire || products.Count > SmallPart * shop.Products.Count || products.Any(moved.Contains))
                continue;
            int?[] by = [.. products.Select(at => ByCategory(shop.Products[at].Category, type)).Distinct()];
            var ofCategory = by is [{ } common] && !Alike(types, type, common) ? common : (int?)null;
            int?[] said = [.. products.Select(at => TargetOf(words.Of[at], owners)).Distinct()];
            var target = ofCategory ?? (said is [{ } word] && word != type && !Alike(types, type, word) && types.Products[word].Count >= TimesLarger * products.Count ? word : null);
            if (target is not { } into)
                continue;
            var (name, goal) = (types.Names[type], types.Names[into]);
            string[] held = [.. products.Select(at => shop.Products[at].Category!).Distinct(StringComparer.Ordinal)];
            var why = ofCategory is null
                ? $"{(products.Count == 1 ? "Its title says" : "Their titles say")} what titles of {goal} say."
                : held.Length == 1
                ? $"{(products.Count == 1 ? "It sits" : "All sit")} in the category {CategoryName(held[0])}, where {Suggest.Figure(categories[held[0]].GetValueOrDefault(into))} of {Suggest.Figure(categories[held[0]].Where(one => one.Key != type).Sum(one => one.Value))} others are {goal}."
                : $"In each of their {held.Length} categories nearly all others are {goal}.";
            moved.UnionWith(products);
            yield return new(Suggestion.KeyOf(SuggestionKind.RetireType, types.Keys[type], types.Keys[into]), SuggestionKind.RetireType,
                $"Retire the type {name} into {goal}", $"{Suggest.Count(products.Count)} of {Suggest.Figure(shop.Products.Count)}. {why}", products.Count,
                ofCategory is null ? 0.7 : held.Min(one => (double)categories[one].GetValueOrDefault(into) / categories[one].Where(each => each.Key != type).Sum(each => each.Value)),
                new SuggestedAction.SetTypes([.. products.Select(at => Move(shop, at, goal))]));
        }

        int? ByCategory(string? category, int but)
        {
            if (category is null || !categories.TryGetValue(category, out var held))
                return null;
            var others = held.Where(one => one.Key != but).ToList();
            var all = others.Sum(one => one.Value);
            return others.Count > 0 && others.MaxBy(one => one.Value) is var most && most.Value >= FewestOfCategory && most.Value >= MostOfCategory * all
                && types.Products[most.Key].Count >= TimesLarger * types.Products[but].Count ? most.Key : null;
        }

        string CategoryName(string code) => shop.From.Categories.GetValueOrDefault(code, code);
    }

    // Two spellings of one type are cleaned up elsewhere on the page, by the spelling that a person chooses.
    private static bool Alike(TypeGroups types, int one, int other) => NearDuplicates.Find([new(types.Names[one], 1), new(types.Names[other], 1)], (_, _) => false).Count > 0;

    private sealed record Owner(int Type, int Own, int All, double Sure);

    /// <summary>Words that stand for a type.</summary>
    private static Dictionary<int, Owner> Owners(ReadShop shop)
    {
        var (words, types) = (shop.Words, shop.Types);
        var (all, byType) = (new int[words.Count], new Dictionary<(int Word, int Type), int>());
        foreach (var (at, held) in words.Of.Index())
            if (types.Of[at] is var type && types.Says(type))
                foreach (var word in held)
                {
                    all[word]++;
                    CollectionsMarshal.GetValueRefOrAddDefault(byType, (word, type), out _)++;
                }
        var owners = new Dictionary<int, Owner>();
        foreach (var ((word, type), own) in byType)
            if (types.Products[type].Count is >= FewestOfType and var size && own >= NearlyAllOfType * size && own >= NearlyOnlyThere * all[word])
                owners[word] = new(type, own, all[word], Math.Min((double)own / size, (double)own / all[word]));
        return owners;
    }

    /// <summary>The one type for which words of a title stand; null where none does, or two do.</summary>
    private static int? TargetOf(int[] words, Dictionary<int, Owner> owners)
    {
        int? target = null;
        foreach (var word in words)
            if (owners.TryGetValue(word, out var owner))
            {
                if (target is { } other && other != owner.Type)
                    return null;
                target = owner.Type;
            }
        return target;
    }

    /// <summary>As an existing type is spelled, else as the type that is split: in the plural when that is.</summary>
    private static string NameOf(ReadShop shop, int word, string like)
    {
        if (shop.Types.Find(shop.Words.KeyOf(word)) is >= 0 and var type)
            return shop.Types.Names[type];
        var form = shop.Words.FormOf(word);
        var plural = like.EndsWith('s') && !like.EndsWith("ss", StringComparison.Ordinal);
        return Suggest.Capital(!plural || form.EndsWith('s') ? form
            : form.EndsWith('y') && form.Length > 2 && !"aeiou".Contains(form[^2]) ? $"{form[..^1]}ies"
            : form.EndsWith('x') || form.EndsWith("ch", StringComparison.Ordinal) || form.EndsWith("sh", StringComparison.Ordinal) ? $"{form}es" : $"{form}s");
    }

    private static TypeMove Move(ReadShop shop, int at, string to) => new(shop.Products[at].Id, shop.Products[at].Type, to);
}
