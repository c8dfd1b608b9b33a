using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Products;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Tests.Web.Products;

public sealed class BulkEditViewTests
{
    [Theory]
    [InlineData("10", 10)]
    [InlineData("−7,5 %", -7.5)]
    [InlineData(" -3.25 ", -3.25)]
    public void Amounts_are_read_as_people_type_them(string text, double amount) =>
        new BulkDraft { Amount = text }.Read().Action.ShouldBe(new PriceAction(false, PriceMove.Percent, (decimal)amount));

    [Theory]
    [InlineData(BulkKind.Price, "")]
    [InlineData(BulkKind.CompareAt, "ten")]
    [InlineData(BulkKind.Stock, "1.5")]
    public void What_is_no_number_is_said_at_its_field(BulkKind kind, string text)
    {
        var (action, problem) = new BulkDraft { Kind = kind, Amount = text }.Read();

        action.ShouldBeNull();
        problem!.Value.ShouldBe("amount");
    }

    [Fact]
    public async Task A_bad_value_stands_at_its_box()
    {
        using var page = new Rendered();

        var fields = await page.Show<BulkFields>(("Draft", new BulkDraft()), ("Currency", "EUR"), ("Wrong", new ActionProblem("amount", "A change by 0 changes nothing.")));

        var box = fields.QuerySelector("input[aria-invalid=true]").ShouldNotBeNull();
        box.ParentElement!.QuerySelector("[role=alert]")!.TextContent.ShouldBe("A change by 0 changes nothing.");
    }

    [Fact]
    public async Task Rows_show_before_and_after_and_can_be_left_out_until_they_are_applied()
    {
        using var page = new Rendered();
        BulkRow[] rows =
        [
            new(1, 5, "Jumper", "Small", "variant", "price", 10.00m, 11.00m, false, "waiting", null),
            new(2, 5, "Jumper", "Large", "variant", "price", 10.00m, 11.00m, true, "done", null),
            new(3, 6, "Scarf", null, "product", "tags", new JsonArray("a", "b"), new JsonArray("b", "c"), false, "waiting", null),
            new(4, 7, "Hat", "S", "variant", "price", 1.00m, null, false, "refused", "1.00 less 2 would be below 0."),
        ];

        var list = await page.Show<BulkRowsTable>(("Rows", rows), ("Currency", "EUR"), ("OnToggle", EventCallback.Factory.Create<BulkRow>(this, _ => { })));

        list.QuerySelectorAll("li").Select(row => row.QuerySelectorAll("input").Length).ShouldBe([1, 0, 1, 0]);
        (list.QuerySelector("s")!.TextContent, list.QuerySelector("b")!.TextContent).ShouldBe(("€10.00", "€11.00"));
        var tags = list.QuerySelectorAll("li")[2];
        (tags.QuerySelector("s")!.TextContent, tags.QuerySelector("b")!.TextContent).ShouldBe(("a", "c"));
        list.QuerySelectorAll("li")[3].TextContent.ShouldContain("1.00 less 2 would be below 0.");
    }

    [Fact]
    public void Of_a_long_description_only_the_part_that_differs_is_shown()
    {
        var text = new string('x', 300);

        var (before, after) = BulkWords.Change(new(1, 1, "P", null, "product", "description_html", $"{text}wool{text}", $"{text}cotton{text}", false, "waiting", null), "EUR");

        before.ShouldBe($"…{new string('x', 24)}wool{new string('x', 24)}…");
        after.ShouldBe($"…{new string('x', 24)}cotton{new string('x', 24)}…");
    }

    [Fact]
    public async Task The_selection_bar_offers_to_edit_to_those_who_may()
    {
        using var page = new Rendered();
        var chosen = ProductSelection.Nothing.Toggle(7);

        (await page.Html<SelectionBar>(("Selection", chosen), ("CanPull", true))).ShouldContain("Edit…");
        (await page.Html<SelectionBar>(("Selection", chosen), ("CanPull", false))).ShouldNotContain("Edit…");
    }

    [Fact]
    public async Task The_selection_bar_says_how_many_of_the_chosen_products_this_page_shows()
    {
        using var page = new Rendered();
        var chosen = ProductSelection.Nothing.Set([7, 8, 9], true);

        (await Words(3)).ShouldBe("3 selected");
        (await Words(1)).ShouldBe("3 selected, 1 of them on this page");
        (await Words(0)).ShouldBe("3 selected, none of them on this page");

        async Task<string> Words(int shown) => (await page.Show<SelectionBar>(("Selection", chosen), ("CanPull", true), ("Shown", shown))).QuerySelector("[role=status]")!.TextContent;
    }

    [Fact]
    public void What_is_removed_has_a_selection_of_its_own()
    {
        var kept = new KeptSelection();
        kept.Keep(1, removed: false, ProductSelection.Nothing.Toggle(7));

        kept.In(1, removed: true).ShouldBeNull();
        kept.In(1, removed: false)!.Contains(7).ShouldBeTrue();
    }
}
