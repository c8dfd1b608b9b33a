using CowansDashboard.Search;
using CowansDashboard.Web.Components.Products;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Web.Products;

public sealed class FilterEditorTests
{
    [Theory]
    [InlineData("2026-11-20", "2026-11-20")]
    [InlineData("7d", "")]
    public async Task A_dates_box_holds_only_what_it_can_show(string since, string shown)
    {
        using var page = new Rendered(services => services.AddSearch());

        var editor = await page.Show<FilterEditor>(
            ("Field", FilterField.Updated), ("Filter", ProductFilter.Everything.With(FilterField.Updated, "since", since)), ("Store", 1L), ("Currency", "GBP"));

        (editor.QuerySelector("input[type=date]")!.GetAttribute("value") ?? "").ShouldBe(shown);
    }
}
