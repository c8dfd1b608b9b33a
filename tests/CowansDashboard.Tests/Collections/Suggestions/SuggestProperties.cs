using CowansDashboard.Collections.Conditions;
using CowansDashboard.Collections.Suggestions;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Collections.Suggestions;

public sealed class SuggestProperties
{
    private static readonly string[] Types = ["", "", "Misc", "Bags", "bags", "Hats", "Mugs", "Socks", "Gilet"];
    private static readonly string[] Words = ["tote", "backpack", "hat", "mug", "sock", "merino", "linen", "Art", "party", "red"];

    private static Arbitrary<SuggestedFrom> Shops => (
        from seed in Gen.Choose(0, 1_000_000)
        from size in Gen.Choose(0, 300)
        from habit in Gen.Choose(0, 10)
        select Shop(new Random(seed), size, habit)).ToArbitrary();

    [Fact]
    public void No_suggestion_is_made_twice_no_product_is_moved_by_two_and_none_to_what_it_has() => Prop.ForAll(Shops, shop =>
    {
        var found = Suggest.From(shop);
        var moves = found.SelectMany(one => one.Action is SuggestedAction.SetTypes types ? types.Moves : []).ToList();
        var types = shop.Products.ToDictionary(product => product.Id, product => product.Type);
        return found.DistinctBy(one => one.Key).Count() == found.Count && found.DistinctBy(one => one.Title).Count() == found.Count
            && moves.DistinctBy(move => move.ProductId).Count() == moves.Count
            && moves.All(move => move.From == types[move.ProductId] && move.To != move.From && move.To.Trim().Length > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Counts_are_true() => Prop.ForAll(Shops, shop => Suggest.From(shop).All(one => one.Sure is > 0 and <= 1 && one.Products == (one.Action switch
    {
        SuggestedAction.SetTypes types => types.Moves.Count,
        SuggestedAction.NewCollection collection => shop.Products.Count(product => Holds(collection.Source, product)),
        _ => -1,
    }))).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_accepted_is_not_suggested_again() => Prop.ForAll(Shops, shop =>
    {
        var found = Suggest.From(shop);
        var moves = found.SelectMany(one => one.Action is SuggestedAction.SetTypes types ? types.Moves : []).ToDictionary(move => move.ProductId, move => move.To);
        var collections = found.Select(one => one.Action).OfType<SuggestedAction.NewCollection>().Select((one, at) => new StandingCollection(1_000 + at, one.Title, [one.Source])).ToList();
        var after = Suggest.From(shop with
        {
            Products = [.. shop.Products.Select(product => moves.TryGetValue(product.Id, out var type) ? product with { Type = type } : product)],
            Collections = [.. shop.Collections, .. collections],
        });
        return !after.Select(one => one.Action).OfType<SuggestedAction.NewCollection>().Any(one => collections.Any(made => made.Title == one.Title))
            && !after.Any(one => one.Action is SuggestedAction.SetTypes types && types.Moves.Any(move => moves.GetValueOrDefault(move.ProductId) == move.To));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_products_changes_nothing() => Prop.ForAll(Shops, shop =>
    {
        var turned = shop with { Products = [.. shop.Products.Reverse()] };
        return Suggest.From(shop).Select(one => (one.Key, one.Products)).SequenceEqual(Suggest.From(turned).Select(one => (one.Key, one.Products)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_shops_of_these_tests_give_reason_for_every_kind_of_suggestion() =>
        Enumerable.Range(0, 80).SelectMany(seed => Suggest.From(Shop(new Random(seed), 320, 9))).Select(one => one.Kind).Distinct()
            .ShouldBe([SuggestionKind.SetType, SuggestionKind.SplitType, SuggestionKind.RetireType, SuggestionKind.SharedWord, SuggestionKind.PriceBand], ignoreOrder: true);

    private static bool Holds(CollectionSource.ByConditions source, SuggestedProduct product)
    {
        var fits = source.Included.Conditions.Select(condition => condition switch
        {
            Condition.Tag tag => product.Tags.Any(held => tag.Values.Contains(held, StringComparer.OrdinalIgnoreCase)),
            Condition.Text { Field: TextField.Title } text => text.Values.Any(value => product.Title.Contains(value, StringComparison.OrdinalIgnoreCase)),
            Condition.Text text => text.Values.Contains(product.Type, StringComparer.OrdinalIgnoreCase),
            Condition.Number number => product.Price < number.Value,
            _ => false,
        });
        return source.Included.All ? fits.All(fit => fit) : fits.Any(fit => fit);
    }

    // A habit is how often a title says what its type is: without any there would be nothing to suggest.
    private static SuggestedFrom Shop(Random random, int size, int habit) => new(
        [.. Enumerable.Range(1, size).Select(id =>
        {
            // A type of very few products lies where the hats lie.
            var drawn = Types[random.Next(Types.Length)];
            var type = id * 150 <= size ? "Beanies" : drawn;
            var own = type.ToLowerInvariant() switch { "bags" => Words[random.Next(2)], "hats" => "hat", "mugs" => "mug", "socks" => "sock", _ => Words[random.Next(5)] };
            var word = random.Next(10) < habit ? own : Words[random.Next(Words.Length)];
            return new SuggestedProduct(id, $"{Words[random.Next(5, Words.Length)]} {word}{(random.Next(3) == 0 ? ", red" : "")}", type, random.Next(8) == 0 ? "Merino Mills" : "Aran")
            {
                Price = random.Next(10) == 0 ? null : random.Next(1, 120),
                Category = (random.Next(3) == 0 ? null : $"aa-{random.Next(3)}") is var category && type is "Beanies" or "Hats" ? "aa-9" : category,
                Tags = random.Next(3) == 0 ? ["Winter"] : random.Next(3) == 0 ? ["winter", "sale:1"] : [],
                Collections = random.Next(4) == 0 ? [random.Next(1, 4)] : [],
            };
        })],
        [new(1, "Hand-picked", []), new(2, "Linen", []), new(3, "All", [])], random.Next(2) == 0 ? "EUR" : "SEK");
}
