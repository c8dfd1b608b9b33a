using CowansDashboard.Collections.Conditions;
using CowansDashboard.Collections.Suggestions;

namespace CowansDashboard.Tests.Collections.Suggestions;

public sealed class SuggestTests
{
    [Fact]
    public void Products_without_a_type_get_the_one_that_their_titles_name()
    {
        var shop = Shop([.. Titled(20, "Knitted hats", "hat"), .. Titled(20, "Mugs", "mug"), .. Titled(4, "", "Hat"), .. Titled(2, "Misc", "hats"), .. Titled(5, "", "lamp"), .. Titled(2, "", "mug")]);

        var one = Only(shop, SuggestionKind.SetType);

        (one.Title, one.Products).ShouldBe(("Set the type of 6 products to Knitted hats", 6));
        one.Why.ShouldBe("Their titles say “hat”. So do 20 of the 20 products of type Knitted hats, and none of another type.");
        Moves(one).Select(move => (move.From, move.To)).Distinct().ShouldBe([("", "Knitted hats"), ("Misc", "Knitted hats")]);
    }

    [Fact]
    public void A_title_that_names_two_types_and_a_word_that_several_types_say_set_nothing()
    {
        var shop = Shop([.. Titled(20, "Hats", "winter hat"), .. Titled(20, "Boxes", "winter box"), .. Titled(5, "", "hat box"), .. Titled(5, "", "winter thing")]);

        Of(shop, SuggestionKind.SetType).ShouldBeEmpty();
    }

    [Fact]
    public void A_type_whose_titles_end_in_two_words_is_split_and_the_rest_stays()
    {
        var shop = Shop([.. Titled(30, "Bags", "canvas tote, black"), .. Titled(20, "Bags", "leather backpack in brown"), .. Titled(5, "Bags", "hip thing"), .. Titled(5, "Bags", "bum affair"), .. Titled(40, "Lamps", "canvas lamp"), .. Titled(3, "backpack", "city backpack")]);

        var one = Only(shop, SuggestionKind.SplitType);

        (one.Title, one.Products).ShouldBe(("Split Bags into Totes and backpack", 50));
        one.Why.ShouldBe("60 products: 30 are called tote and 20 are called backpack. 10 stay Bags.");
        Moves(one).CountBy(move => move.To).ShouldBe([new("Totes", 30), new("backpack", 20)], ignoreOrder: true);
    }

    [Fact]
    public void Colours_materials_and_the_name_of_the_type_split_nothing()
    {
        var shop = Shop([.. Titled(30, "Shirts", "shirt red"), .. Titled(30, "Shirts", "shirt blue"), .. Titled(30, "Jumpers", "jumper merino"), .. Titled(30, "Jumpers", "jumper alpaca"), .. Titled(30, "Socks", "sock merino"), .. Titled(30, "Socks", "sock alpaca")]);

        Of(shop, SuggestionKind.SplitType).ShouldBeEmpty();
    }

    [Fact]
    public void A_word_that_another_type_is_called_by_but_does_not_say_splits_nothing_nor_does_another_plural()
    {
        var shop = Shop([.. Titled(30, "Backpacks", "roll top"), .. Titled(30, "Backpacks", "hip pack"), .. Titled(30, "Tops", "blouse"), .. Titled(20, "Scarves", "scarf"), .. Titled(20, "Scarves", "bandana")]);

        Of(shop, SuggestionKind.SplitType).ShouldBeEmpty();
    }

    [Fact]
    public void A_type_of_few_products_goes_where_its_category_goes()
    {
        var shop = Shop([.. Titled(190, "Vests", "vest", category: "aa-1"), .. Titled(3, "Gilet", "warm thing", category: "aa-1"), .. Titled(300, "Mugs", "mug", category: "hg-2"), .. Titled(2, "Vestes", "vest thing", category: "aa-1")])
            with { Categories = new Dictionary<string, string> { ["aa-1"] = "Apparel > Vests" } };

        var one = Of(shop, SuggestionKind.RetireType).Single(each => each.Title == "Retire the type Gilet into Vests");

        one.Why.ShouldBe("3 products of 495. All sit in the category Apparel > Vests, where 190 of 192 others are Vests.");
        Moves(one).Select(move => (move.From, move.To)).Distinct().ShouldBe([("Gilet", "Vests")]);
    }

    [Fact]
    public void What_shares_a_word_or_a_tag_over_types_becomes_a_collection_that_the_shop_has_not()
    {
        SuggestedProduct[] products = [.. new[] { "Hats", "Socks", "Jumpers", "Scarves" }.SelectMany(type => Titled(20, type, $"{type} alpine thing {type}", tags: ["Winter", "sync:1"]).Concat(Titled(40, type, $"{type} other", tags: []))).Select((product, at) => product with { Id = at + 1 })];

        var found = Of(Shop(products), SuggestionKind.SharedWord);

        found.Select(one => one.Title).ShouldBe(["New collection: Alpine", "New collection: Thing", "New collection: Winter"], ignoreOrder: true);
        found.ShouldAllBe(one => one.Products == 80);
        Conditions(found.Single(one => one.Title.EndsWith("Winter", StringComparison.Ordinal))).ShouldBe([new Condition.Tag(true, false, ["Winter"])], Same);
        Conditions(found.Single(one => one.Title.EndsWith("Alpine", StringComparison.Ordinal))).ShouldBe([new Condition.Text(TextField.Title, TextRelation.Contains, false, ["alpine"])], Same);
        var asked = new StandingCollection(1, "Cold days", [new CollectionSource.ByConditions(false, new(false, [new Condition.Tag(true, false, ["winter"])], []), Exclusion.Nothing)]);
        var held = products.Select(product => product.Title.Contains("alpine", StringComparison.Ordinal) ? product with { Collections = [2] } : product);
        Of(Shop([.. held], asked), SuggestionKind.SharedWord).ShouldBeEmpty();
        Of(Shop(products, new StandingCollection(3, "ALPINE", [])), SuggestionKind.SharedWord).Select(one => one.Title).ShouldNotContain("New collection: Alpine");
    }

    [Fact]
    public void A_word_that_is_a_part_of_other_words_makes_no_collection_since_the_condition_would_find_those()
    {
        SuggestedProduct[] products = [.. new[] { "Hats", "Socks", "Jumpers", "Scarves" }.SelectMany(type => Titled(20, type, "fine linen").Concat(Titled(20, type, "underlinens")).Concat(Titled(60, type, "other")))];

        Of(Shop(products), SuggestionKind.SharedWord).Select(one => one.Title).ShouldNotContain("New collection: Linen");
    }

    [Fact]
    public void The_cheaper_third_of_a_large_type_becomes_a_collection()
    {
        var shop = Shop([.. Enumerable.Range(1, 90).Select(n => new SuggestedProduct(n, $"Lamp {n}", n % 2 == 0 ? "Lamps" : "lamps", "V") { Price = n })]);

        var one = Only(shop, SuggestionKind.PriceBand);

        (one.Title, one.Products).ShouldBe(("New collection: Lamps under €30", 29));
        Conditions(one).ShouldBe([new Condition.Text(TextField.ProductType, TextRelation.Is, false, ["lamps"]), new Condition.Number(NumberField.Price, NumberRelation.Below, 30)], Same);
    }

    [Fact]
    public void A_category_is_mapped_by_what_its_products_have_else_by_its_name_and_not_where_two_suit()
    {
        TaxonomyEntry[] taxonomy = [new("aa-1", "Apparel > Clothing > Hats"), new("to-1", "Toys > Costumes > Hats"), new("ho-1", "Home > Lamps"), new("ho-2", "Home > Mugs")];
        var shop = Shop([.. Titled(6, "Lamp", "lamp"), .. Titled(8, "Mugs", "mug", "ho-2"), .. Titled(3, "Mugs", "mug"), .. Titled(4, "Hats", "hat")]) with
        {
            Taxonomy = taxonomy,
            Unmapped =
            [
                new(1, 1, ["Women", "Clothing", "Hat"], []), new(2, 1, ["Sale", "Hats"], []), new(3, 4, ["Lights"], ["ho-1", "ho-1", "ho-1", "ho-1", "ho-1", "ho-2", null]),
                new(4, 1, ["Lights", "Lamps"], ["ho-1", "ho-2"]),
            ],
        };

        Of(shop, SuggestionKind.MapCategory).Select(one => (one.Title, one.Why)).ShouldBe(
        [
            ("Map Women › Clothing › Hat to Apparel > Clothing > Hats", "It is called so, and Clothing stands above it too."),
            ("Map Lights to Home > Lamps", "5 of the 6 products in Lights that have a category in Shopify have this one."),
            ("Map Lights › Lamps to Home > Lamps", "No other category of Shopify’s is called so."),
        ], ignoreOrder: true);
        Of(shop, SuggestionKind.SetCategory).Select(one => (one.Title, ((SuggestedAction.SetCategories)one.Action).ProductIds.Count)).ShouldBe(
            [("Give 3 products of type Mugs the category Home > Mugs", 3), ("Give 6 products of type Lamp the category Home > Lamps", 6)], ignoreOrder: true);
    }

    [Fact]
    public void The_name_of_a_vendor_is_no_word_of_a_title() =>
        Suggest.From(Shop([.. Titled(20, "Hats", "hat"), .. Titled(20, "", "aran thing", vendor: "Aran Hat")])).ShouldNotContain(one => one.Kind == SuggestionKind.SetType);

    internal static SuggestedFrom Shop(IReadOnlyList<SuggestedProduct> products, params StandingCollection[] collections) =>
        new([.. products.Select((product, at) => product with { Id = at + 1 })], collections, "EUR");

    internal static IEnumerable<SuggestedProduct> Titled(int count, string type, string title, string? category = null, string vendor = "V", params string[] tags) =>
        Enumerable.Range(1, count).Select(n => new SuggestedProduct(n, $"{title}", type, vendor) { Category = category, Tags = tags });

    internal static IReadOnlyList<TypeMove> Moves(Suggestion suggestion) => ((SuggestedAction.SetTypes)suggestion.Action).Moves;

    private static IReadOnlyList<Condition> Conditions(Suggestion suggestion) => ((SuggestedAction.NewCollection)suggestion.Action).Source.Included.Conditions;

    private static IReadOnlyList<Suggestion> Of(SuggestedFrom shop, SuggestionKind kind) => [.. Suggest.From(shop).Where(one => one.Kind == kind)];

    private static Suggestion Only(SuggestedFrom shop, SuggestionKind kind) => Of(shop, kind).ShouldHaveSingleItem();

    private static readonly IEqualityComparer<Condition> Same = EqualityComparer<Condition>.Create((one, other) => Text(one) == Text(other), one => 0);

    private static string Text(Condition? condition) => condition switch
    {
        Condition.Tag tag => $"tag {tag.Is} {string.Join(',', tag.Values)}",
        Condition.Text text => $"{text.Field} {text.Relation} {string.Join(',', text.Values)}",
        _ => $"{condition}",
    };
}
