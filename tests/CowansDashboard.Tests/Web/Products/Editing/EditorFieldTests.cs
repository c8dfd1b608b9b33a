using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

/// <summary>What a person sees of a field: that it is unsaved, wrong, pending, or saved by somebody else meanwhile.</summary>
public sealed class EditorFieldTests
{
    private static readonly FieldKey Title = FieldKey.Product(1, "title");

    [Fact]
    public async Task An_unsaved_field_is_marked_and_keeps_wrong_text_with_what_would_be_right()
    {
        await using var rendered = new Rendered();
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "");

        var field = await rendered.Show<TextField>(("Edits", edits), ("Key", Title), ("Label", "Title"));

        field.QuerySelector(".fe")!.ClassList.ShouldContain("typed");
        field.QuerySelector(".wrong")!.TextContent.ShouldContain("Title must not be empty");
        field.QuerySelector("input")!.GetAttribute("aria-invalid").ShouldBe("true");
    }

    [Fact]
    public async Task A_pending_field_names_the_value_that_both_sides_last_agreed_on()
    {
        await using var rendered = new Rendered();
        using var json = System.Text.Json.JsonDocument.Parse("\"Agreed\"");
        var edits = new ProductEdits(A.Product() with { Pending = [new("title", json.RootElement.Clone())] }, "GBP");

        var field = await rendered.Show<TextField>(("Edits", edits), ("Key", Title), ("Label", "Title"));

        field.QuerySelector(".agreed s")!.TextContent.ShouldBe("Agreed");
        field.QuerySelector(".agreed")!.GetAttribute("title")!.ShouldContain("Agreed");
    }

    [Fact]
    public async Task Two_values_stand_side_by_side_with_both_choices()
    {
        await using var rendered = new Rendered();
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(Title, "Mine");
        edits.Name(Title, "Kaja", DateTimeOffset.UnixEpoch);
        edits.Reread(A.Product() with { Title = "Theirs" });

        var field = await rendered.Show<TextField>(("Edits", edits), ("Key", Title), ("Label", "Title"));

        field.QuerySelectorAll(".offer .val").Select(value => value.TextContent).ShouldBe(["Theirs", "Mine"]);
        field.QuerySelector(".offer")!.TextContent.ShouldContain("Kaja");
        field.QuerySelectorAll(".offer button").Select(button => button.TextContent).ShouldBe(["Take theirs", "Keep mine"]);
    }

    [Fact]
    public async Task A_row_of_variants_shows_what_stood_there_before_and_says_what_is_wrong()
    {
        await using var rendered = new Rendered();
        var edits = new ProductEdits(A.Product(), "GBP");
        edits.Type(FieldKey.Variant(11, "price"), "12.50");
        edits.Type(FieldKey.Variant(11, "compare_at_price"), "much");

        var row = await rendered.Show<VariantRow>(("Edits", edits), ("Variant", edits.Product.Variants[0]));

        row.TextContent.ShouldContain("10.00");
        row.InnerHtml.ShouldContain("value=\"12.50\"");
        row.TextContent.ShouldContain("“much” is no amount");
    }
}
