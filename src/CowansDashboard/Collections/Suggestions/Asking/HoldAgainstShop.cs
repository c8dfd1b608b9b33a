using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Suggestions.Asking;

/// <summary>Holds what a model proposed against the catalogue: what that does not know is dropped, and every count is counted here. Pure.</summary>
internal static class HoldAgainstShop
{
    /// <param name="made">What the engine here suggests.</param>
    /// <param name="proposals">What the model proposed.</param>
    /// <param name="shop">The catalogue.</param>
    /// <param name="model">Who thought of it.</param>
    /// <returns>The suggestions with the better names, and behind them the groups that hold.</returns>
    public static IReadOnlyList<Suggestion> Hold(IReadOnlyList<Suggestion> made, ModelProposals proposals, ReadShop shop, string model)
    {
        var names = proposals.Names.ToLookup(one => one.Key, StringComparer.Ordinal);
        List<Suggestion> all = [.. made.Select(one => names[one.Key].Aggregate(one, (sofar, name) => Named(sofar, name, shop, model)))];
        var titles = all.Select(one => NearDuplicates.Key(one.Title)).ToHashSet(StringComparer.Ordinal);
        var keys = all.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var group in proposals.Groups)
            if (Group(group, shop, model) is { } found && keys.Add(found.Key) && titles.Add(NearDuplicates.Key(found.Title)))
                all.Add(found);
        return all;
    }

    private static Suggestion Named(Suggestion one, ProposedName name, ReadShop shop, string model) => one.Action switch
    {
        SuggestedAction.NewCollection collection when name.Was is null || name.Was == collection.Title || name.Was == one.Title => shop.CollectionKeys.Contains(NearDuplicates.Key(name.Name)) || collection.Title == name.Name ? one
            : one with { Title = $"New collection: {name.Name}", Action = collection with { Title = name.Name }, By = model },
        // Only a type that would be new is named anew: one that is there has its name.
        SuggestedAction.SetTypes types when one.Kind == SuggestionKind.SplitType && name.Was is { } was && types.Targets.Contains(was) && !types.Targets.Contains(name.Name)
            && shop.Types.Find(NearDuplicates.Key(was)) == TypeGroups.None && shop.Types.Find(NearDuplicates.Key(name.Name)) == TypeGroups.None && NearDuplicates.Key(name.Name).Length > 0
            => one with { Title = SuggestTypes.SplitTitle(shop.Types.NameOf(types.Moves[0].From), types.Moves.CountBy(move => move.To == was ? name.Name : move.To).OrderByDescending(part => part.Value).Select(part => part.Key)), Action = new SuggestedAction.SetTypes([.. types.Moves.Select(move => move.To == was ? move with { To = name.Name } : move)]), By = model },
        _ => one,
    };

    private static Suggestion? Group(ProposedGroup group, ReadShop shop, string model)
    {
        var counted = group.Values.Select(value => Holding(group.By, value, shop)).Where(one => one.Products.Count > 0).ToList();
        var products = counted.SelectMany(one => one.Products).Distinct().Order().ToList();
        if (!SuggestCollections.IsOfUse(shop, products) || SuggestCollections.IsThere(shop, group.Name, products))
            return null;
        string[] values = [.. counted.Select(one => one.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Condition condition = group.By switch
        {
            ModelProposals.ByTag => new Condition.Tag(true, false, values),
            ModelProposals.ByType => new Condition.Text(TextField.ProductType, TextRelation.Is, false, values),
            _ => new Condition.Text(TextField.Title, TextRelation.Contains, false, values),
        };
        var said = group.By switch { ModelProposals.ByTag => "have the tag", ModelProposals.ByType => "are of type", _ => "say" };
        return new(Suggestion.KeyOf(SuggestionKind.Grouping, [group.By, .. values]), SuggestionKind.Grouping, $"New collection: {group.Name}",
            $"{Suggest.Count(products.Count)}: {Suggest.Listed([.. counted.Select(one => $"{Suggest.Figure(one.Products.Count)} {said} “{one.Value}”")])}.",
            products.Count, 0.5, new SuggestedAction.NewCollection(group.Name, new(false, new(false, [condition], []), Exclusion.Nothing))) { By = model };
    }

    /// <summary>The value as the catalogue spells it, with the products that have it; none where no product does. Words are compared without case.</summary>
    private static (string Value, List<int> Products) Holding(string by, string value, ReadShop shop)
    {
        if (by is ModelProposals.ByTag or ModelProposals.ByType)
        {
            var held = (by == ModelProposals.ByTag ? shop.ByTag : shop.ByType).Value[value].ToList();
            return (held.Count == 0 ? value : held[0].Spelling, [.. held.Select(one => one.Product)]);
        }
        var lower = value.ToLowerInvariant();
        return (lower, value.Length < 3 ? [] : [.. Enumerable.Range(0, shop.Words.Lower.Length).Where(at => shop.Words.Lower[at].Contains(lower, StringComparison.Ordinal))]);
    }
}
