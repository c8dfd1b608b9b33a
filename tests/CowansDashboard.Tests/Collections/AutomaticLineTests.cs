using CowansDashboard.Collections.Automatic;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Tests.Collections;

public sealed class AutomaticLineTests
{
    private static readonly AutomaticRule Rule = new(GroupedBy.ProductType, "{name}", 12, 5);

    [Theory]
    [InlineData(20, 20, 20, null, AutomaticStep.New)]
    [InlineData(20, 12, 5, null, AutomaticStep.New)]
    [InlineData(20, 11, 11, null, AutomaticStep.Below)]
    [InlineData(20, 20, 4, null, AutomaticStep.Below)]
    [InlineData(20, 20, 20, 20, AutomaticStep.Stays)]
    [InlineData(20, 20, 20, 13, AutomaticStep.Grows)]
    [InlineData(20, 20, 20, 21, AutomaticStep.Shrinks)]
    [InlineData(20, 20, 4, 20, AutomaticStep.Below)]
    public void A_value_gets_a_collection_from_the_limits_on_and_keeps_the_one_it_has(int products, int active, int inStock, int? members, AutomaticStep step)
    {
        ValueCollection[] held = members is { } some ? [new(7, "Gilets", "GILETS", some)] : [];

        var line = AutomaticLine.Decide(Rule, [new("Gilets", "Gilets", products, active, inStock)], held).ShouldHaveSingleItem();

        (line.Step, line.Collection?.Id).ShouldBe((step, members is null ? null : 7L));
        line.Moves.ShouldBe(members is { } now ? Math.Abs(products - now) : 0);
    }

    [Fact]
    public void What_a_person_leaves_out_gets_none_and_the_pattern_names_the_others()
    {
        var lines = AutomaticLine.Decide(Rule with { NamePattern = "All {name}", LeftOut = ["misc"] }, [new("Misc", "Misc", 90, 90, 90), new("Belts", "Belts", 30, 30, 30), new("Bags", "Bags", 40, 40, 40)], []);

        lines.Select(line => (line.Step, line.Title)).ShouldBe([(AutomaticStep.New, "All Bags"), (AutomaticStep.New, "All Belts"), (AutomaticStep.LeftOut, "All Misc")]);
    }

    [Fact]
    public void Two_categories_of_one_name_get_two_names() =>
        AutomaticLine.Decide(Rule with { By = GroupedBy.Category }, [new("aa-1", "Pants", 20, 20, 20), new("bb-2", "Pants", 30, 30, 30)], []).Select(line => line.Title).ShouldBe(["Pants (bb-2)", "Pants (aa-1)"]);

    [Fact]
    public void A_collection_is_the_one_of_a_value_only_when_it_says_nothing_else()
    {
        foreach (var by in Enum.GetValues<GroupedBy>())
        {
            var source = (CollectionSource.ByConditions)AutomaticLine.SourceOf(by, "aa-1-13");
            AutomaticLine.ValueOf(by, source).ShouldBe("aa-1-13");
            Enum.GetValues<GroupedBy>().Where(other => other != by).ShouldAllBe(other => AutomaticLine.ValueOf(other, source) == null);
            AutomaticLine.ValueOf(by, source with { Excluded = new Exclusion(false, [new Condition.Tag(true, false, ["sale"])], []) }).ShouldBeNull();
            AutomaticLine.ValueOf(by, source with { Included = source.Included with { Selections = [new Selection(1, [])] } }).ShouldBeNull();
            AutomaticLine.ValueOf(by, source with { Included = source.Included with { Conditions = [.. source.Included.Conditions, .. source.Included.Conditions] } }).ShouldBeNull();
        }
        AutomaticLine.ValueOf(GroupedBy.ProductType, new CollectionSource.OfCollections([1])).ShouldBeNull();
    }

    [Theory]
    [InlineData("All", 12, 5, "namePattern")]
    [InlineData("{name}\u0000", 12, 5, "namePattern")]
    [InlineData("{name}", 0, 5, "fewestProducts")]
    [InlineData("{name}", 12, -1, "fewestInStock")]
    public void A_rule_says_what_is_wrong_with_it(string pattern, int products, int inStock, string field) =>
        new AutomaticRule(GroupedBy.Tag, pattern, products, inStock).Problem!.Value.Field.ShouldBe(field);
}
