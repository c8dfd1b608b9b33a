using CowansDashboard.Catalog;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class StructureDraftTests
{
    [Fact]
    public void Variants_that_are_there_are_wanted_and_what_is_missing_is_offered()
    {
        var draft = Draft();

        draft.Combinations().Select(one => (one.Title, one.Variant is not null, one.IsWanted)).ShouldBe([("S", true, true), ("M", true, true)]);
        draft.IsChanged.ShouldBeFalse();
        draft.Options[0].Values.Add(new ValueDraft(null, "L"));
        draft.Combinations()[2].ShouldSatisfyAllConditions(one => one.Title.ShouldBe("L"), one => one.IsWanted.ShouldBeFalse());
        draft.WantAll();
        draft.Options[0].Values[2].Name = "XL";

        draft.IsChanged.ShouldBeTrue();
        var added = draft.Changes().OfType<StructureChange.AddVariants>().ShouldHaveSingleItem().Variants.ShouldHaveSingleItem();
        added["option_values"]!.ToJsonString().ShouldBe("""["XL"]""");
        added.ContainsKey("sku").ShouldBeFalse("SKUs are never doubled");
    }

    [Fact]
    public void A_removed_value_takes_its_variants_along_and_a_further_option_gives_all_its_first_value()
    {
        var draft = Draft();
        draft.AddOption();
        (draft.Options[1].Name, draft.Options[1].Values[0].Name) = ("Colour", "Red");
        draft.Options[1].Values.Add(new ValueDraft(null, "Blue"));
        draft.Move(draft.Options, draft.Options[1], -1);
        draft.Options[1].Values.RemoveAt(1);

        draft.Lost().Select(variant => variant.Title).ShouldBe(["M"]);
        draft.Combinations().Select(one => (one.Title, one.IsWanted)).ShouldBe([("Red / S", true), ("Blue / S", false)]);
        var set = draft.Changes().OfType<StructureChange.SetOptions>().ShouldHaveSingleItem().Options;
        set.Select(option => (option.Id is null, option.Name)).ShouldBe([(true, "Colour"), (false, "Size")]);
        set[1].Values.ShouldBe([new WantedValue("S", "S")]);
    }

    [Fact]
    public void An_unticked_variant_goes()
    {
        var draft = Draft();

        draft.Toggle(draft.Combinations()[1]);

        draft.Changes().OfType<StructureChange.RemoveVariants>().ShouldHaveSingleItem().Ids.ShouldBe([12L]);
    }

    [Fact]
    public void More_combinations_than_a_product_can_have_are_counted_not_listed()
    {
        var draft = Draft();
        for (var i = 0; i < 2; i++)
        {
            draft.AddOption();
            draft.Options[^1].Values.AddRange(Enumerable.Range(0, 99).Select(value => new ValueDraft(null, $"V{value}")));
        }
        draft.AddOption();

        (draft.Options.Count, draft.Possible, draft.IsTooWide).ShouldBe((3, 20_000L, true));
        draft.Combinations().Count.ShouldBe(2);
    }

    private static StructureDraft Draft() => new(A.Product() with
    {
        HasOnlyDefaultVariant = false,
        Options = [new ProductOption(5, 50, "Size", 1, ["S", "M"])],
        Variants = [A.Variant(11, "S"), A.Variant(12, "M")],
    });
}
