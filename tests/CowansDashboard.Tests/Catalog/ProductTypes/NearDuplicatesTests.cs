using CowansDashboard.Catalog.ProductTypes;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Catalog.ProductTypes;

public sealed class NearDuplicatesTests
{
    [Theory]
    [InlineData("T-shirts", "T-Shirt", "tshirt", "Tees", "T Shirts ", "TEE")]
    [InlineData("Beanies", "Beanie", "Beanies ")]
    [InlineData("Dresses", "Dress")]
    [InlineData("Crème brûlée sets", "Creme Brulee Set")]
    [InlineData("Accessories", "Accessory", "Acessories", "Accesosries")]
    public void Spellings_of_one_type_are_one_group_and_the_most_used_stays(string kept, params string[] others)
    {
        TypeSpelling[] all = [new("Lamps", 50), .. others.Select((other, at) => new TypeSpelling(other, at + 1)), new(kept, 90)];

        var group = NearDuplicates.Find(all, (_, _) => false).ShouldHaveSingleItem();

        (group.Kept.Name, group.Products).ShouldBe((kept, all.Sum(one => one.Products) - 140));
        group.Others.Select(other => other.Name).ShouldBe(others, ignoreOrder: true);
    }

    [Theory]
    [InlineData("Caps", "Cups")]
    [InlineData("Poster 50x70", "Poster 60x70")]
    [InlineData("Cat toys", "Car toys")]
    [InlineData("Glass", "Gloss")]
    [InlineData("Bus", "Bu")]
    [InlineData("!!", "??")]
    [InlineData("", "-")]
    [InlineData("毛衣", "毛巾")]
    public void Types_that_mean_two_things_are_left_alone(string one, string other) =>
        NearDuplicates.Find([new(one, 5), new(other, 7)], (_, _) => false).ShouldBeEmpty();

    [Fact]
    public void What_somebody_keeps_apart_comes_together_by_no_third_spelling_either()
    {
        TypeSpelling[] all = [new("Tees", 9), new("T-shirts", 20), new("tshirt", 3)];

        var group = NearDuplicates.Find(all, (one, other) => (one, other) is ("Tees", "T-shirts") or ("T-shirts", "Tees")).ShouldHaveSingleItem();

        (group.Kept.Name, group.Others.Single().Name).ShouldBe(("T-shirts", "tshirt"));
        NearDuplicates.Find(all, (_, _) => true).ShouldBeEmpty();
    }

    [Fact]
    public void Each_spelling_stands_in_one_group_at_most_and_none_is_made_up() =>
        Prop.ForAll((from words in Gen.Elements("Tee", "tees", "T-shirt", "Accessory", "accessories", "Acessories", "Lamp", "lamps ", "Mug", "MUGS", "").ListOf() select words.Distinct().ToArray()).ToArbitrary(), names =>
        {
            TypeSpelling[] all = [.. names.Select((name, at) => new TypeSpelling(name, at % 3))];
            string[] grouped = [.. NearDuplicates.Find(all, (one, other) => one.Length + other.Length == 11).SelectMany(group => group.Others.Prepend(group.Kept)).Select(one => one.Name)];
            return grouped.Distinct().Count() == grouped.Length && grouped.All(names.Contains);
        }).QuickCheckThrowOnFailure();
}
