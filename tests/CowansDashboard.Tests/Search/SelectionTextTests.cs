using CowansDashboard.Search;

namespace CowansDashboard.Tests.Search;

public sealed class SelectionTextTests
{
    [Theory]
    [InlineData(null, new long[] { 3, 9_007_199_254_740_993 }, new long[0])]
    [InlineData("", new long[0], new long[0])]
    [InlineData("q=crew%20neck&vendor=A%26B&vendor=%0A", new long[] { 7 }, new long[] { 8, 9 })]
    public void Reading_what_was_printed_gives_the_same_selection(string? filter, long[] ids, long[] also)
    {
        var selection = new ProductSelection(filter is null ? null : FilterText.Read(filter).Filter, [.. ids]) { Also = [.. also] };

        var read = SelectionText.Read(SelectionText.Print(selection));

        read.AllMatching.ShouldBe(selection.AllMatching);
        read.Ids.SetEquals(ids).ShouldBeTrue();
        read.Also.SetEquals(also).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("?price.min=cheap\n1\n")]
    [InlineData("\n1,x\n")]
    public void Nonsense_is_no_selection(string? text) => SelectionText.Read(text).IsEmpty.ShouldBeTrue();

    [Fact]
    public void More_than_a_browser_should_keep_is_not_kept() =>
        SelectionText.Print(ProductSelection.Nothing.Set(Enumerable.Range(1, 20_001).Select(id => (long)id), true)).ShouldBe("");
}
