using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Tests.Web.Products;

public sealed class ProductWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 48, "Waits for the next push; deleted 48 hours after it")]
    [InlineData(48.0, 48, "Archived, deleted in 48 hours")]
    [InlineData(71.0, 72, "Archived, deleted in 71 hours")]
    [InlineData(100.0, 168, "Archived, deleted in 4 days")]
    [InlineData(null, 168, "Waits for the next push; deleted 7 days after it")]
    public void A_window_is_said_in_one_word_before_and_after_it_has_begun(double? left, int window, string words) =>
        ProductWords.Removed(Removed(left is { } hours ? Now.AddHours(hours) : null, window), Now).ShouldBe(words);

    private static RemovedProduct Removed(DateTimeOffset? ends, int window) => new(1, new Removal(window), 1, "Ann", Now, null) { EndsAt = ends };
}
