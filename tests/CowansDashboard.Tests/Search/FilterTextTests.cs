using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Search;

public sealed class FilterTextTests
{
    [Fact]
    public void Reading_what_was_printed_gives_the_same_filter() =>
        Prop.ForAll(Filters(), filter =>
        {
            var (read, problems) = FilterText.Read(FilterText.Print(filter));
            return problems.Count == 0 && read.Equals(filter);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Printing_what_was_read_is_stable_whatever_was_typed() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text =>
        {
            var printed = FilterText.Print(FilterText.Read(text).Filter);
            return FilterText.Print(FilterText.Read(printed).Filter) == printed;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("colour=red", "colour")]
    [InlineData("price.min=cheap", "price.min")]
    [InlineData("price.about=3", "price.about")]
    [InlineData("stock.max=1.5", "stock.max")]
    [InlineData("status=lost", "status")]
    [InlineData("collection=knitwear", "collection")]
    [InlineData("updated.since=yesterday", "updated.since")]
    [InlineData("vendor.=x", "vendor.")]
    [InlineData("image=maybe", "image")]
    public void A_wrong_parameter_is_named_and_the_rest_still_holds(string query, string parameter)
    {
        var (filter, problems) = FilterText.Read("vendor=Aran&" + query);

        problems.ShouldHaveSingleItem().Parameter.ShouldBe(parameter);
        filter.Values(FilterField.Vendor).ShouldBe(["Aran"]);
        filter.Conditions.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("price.min=90&price.max=50", "price.max", "No price is both at least 90 and at most 50. Give the smaller one first.")]
    [InlineData("stock.max=2&stock.min=3", "stock.max", "No stock is both at least 3 and at most 2. Give the smaller one first.")]
    [InlineData("updated.since=2026-11-20&updated.before=2026-11-20", "updated.before", "No moment is both since 2026-11-20 and before 2026-11-20. Give the earlier one first.")]
    [InlineData("updated.since=7d&updated.before=30d", "updated.before", "No moment is both since 7d and before 30d. Give the earlier one first.")]
    public void A_range_with_its_ends_the_wrong_way_round_is_refused(string query, string parameter, string message)
    {
        var (filter, problems) = FilterText.Read("vendor=Aran&" + query);

        problems.ShouldHaveSingleItem().ShouldBe(new FilterProblem(parameter, message));
        filter.Conditions.ShouldHaveSingleItem().Field.ShouldBe(FilterField.Vendor);
    }

    [Theory]
    [InlineData("price.min=50&price.max=50")]
    [InlineData("price.min=9&price.max=50")]
    [InlineData("updated.since=2026-11-20&updated.before=2026-11-21")]
    [InlineData("updated.since=30d&updated.before=7d")]
    [InlineData("updated.since=30d&updated.before=2026-11-21")]
    public void A_range_that_can_hold_something_is_kept(string query)
    {
        var (filter, problems) = FilterText.Read(query);

        problems.ShouldBeEmpty();
        filter.Conditions.Count.ShouldBe(2);
    }

    [Fact]
    public void Values_keep_their_spelling_and_fixed_words_lose_their_case()
    {
        var (filter, problems) = FilterText.Read("?vendor=A%26B+Mills&vendor=%D7%A9%D7%9C%D7%95%D7%9D&status=ACTIVE&price.min=0040.50&updated.since=2026-11-20T10:00:00%2B01:00");

        problems.ShouldBeEmpty();
        filter.Values(FilterField.Vendor).ShouldBe(["A&B Mills", "שלום"]);
        filter.Values(FilterField.Status).ShouldBe(["active"]);
        filter.Values(FilterField.Price, "min").ShouldBe(["40.50"]);
        filter.Values(FilterField.Updated, "since").ShouldBe(["2026-11-20T09:00:00Z"]);
    }

    [Fact]
    public void A_cursor_survives_its_text_and_nonsense_is_no_cursor()
    {
        var cursor = new ProductCursor(2, "Café “x” \u05d0", 9_007_199_254_740_993);

        ProductCursor.Read(cursor.Text).ShouldBe(cursor);
        ProductCursor.Read(new ProductCursor(1, null, 3).Text).ShouldBe(new ProductCursor(1, null, 3));
        foreach (var nonsense in new[] { null, "", "???", "AAAA", "WzFd", "bnVsbA" })
            ProductCursor.Read(nonsense).ShouldBeNull();
    }

    private static Arbitrary<ProductFilter> Filters()
    {
        var words = Gen.Elements("Aran", "", "a&b=c", "50% + 3_x\\", "שלום", "é\"' ", "新着");
        var gens =
            from search in Gen.Elements("", "crew jumper", "50%_", "שלום עולם")
            from conditions in Gen.CollectToList(FilterField.All, field => Condition(field, words))
            select conditions.SelectMany(each => each).Aggregate(ProductFilter.Everything with { Search = search }, (filter, each) => filter.With(each.Field, each.Operator, each.Values));
        return gens.ToArbitrary();
    }

    private static Gen<FilterCondition[]> Condition(FilterField field, Gen<string> words)
    {
        var values = field.Kind switch
        {
            _ when field.HoldsIds => Gen.Choose(1, 900).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            _ when field.Values is { } fixedWords => Gen.Elements(fixedWords.ToArray()),
            FilterKind.Number => Gen.Choose(-5, 900).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            FilterKind.Money => Gen.Choose(0, 90_000).Select(cents => (cents / 100m).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            FilterKind.Moment => Gen.Elements("7d", "12h", "2026-11-20", "2026-11-20T09:30:00Z"),
            _ => words,
        };
        var several = field.Kind is FilterKind.Choice ? Gen.ListOf(values).Select(list => list.Distinct().Take(20).ToArray()) : values.Select(value => new[] { value });
        return from chosen in Gen.Elements(field.Operators.ToArray())
               from present in Gen.Elements(true, false)
               from given in several
               select present && given.Length > 0 ? new[] { new FilterCondition(field, chosen, given) } : [];
    }
}
