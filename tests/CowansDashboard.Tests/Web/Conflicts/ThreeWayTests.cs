using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using CowansDashboard.Conflicts;
using CowansDashboard.Conflicts.Differences;
using CowansDashboard.Web.Components.Conflicts;

namespace CowansDashboard.Tests.Web.Conflicts;

public sealed class ThreeWayTests : IDisposable
{
    private readonly Rendered _page = new();

    public void Dispose() => _page.Dispose();

    [Fact]
    public async Task The_three_values_stand_side_by_side_with_what_each_side_changed()
    {
        var card = await Show(Row("title", "Jumper", "Guernsey Jumper", "Jumper, blue"));

        card.QuerySelectorAll(".v .lab").Select(label => label.TextContent).ShouldBe(["Base", "Ours", "Shopify"]);
        card.QuerySelector(".v.ours ins")!.TextContent.ShouldBe("Guernsey ");
        card.QuerySelector(".v.theirs ins")!.TextContent.ShouldBe(", blue");
        card.QuerySelector(".v.base ins, .v.base del").ShouldBeNull();
        card.QuerySelectorAll("[data-key]").Select(button => button.GetAttribute("data-key")).ShouldBe(["1", "2", "3", "e"]);
        card.QuerySelector(".res .txt")!.TextContent.Trim().ShouldBe("Guernsey Jumper, blue");
    }

    [Fact]
    public async Task Where_both_do_not_fit_together_another_value_is_offered()
    {
        var card = await Show(Row("price", 98m, 78.40m, 91m));

        card.QuerySelector(".v.ours .whole")!.TextContent.Trim().ShouldContain("£78.40");
        card.QuerySelector("[data-key='3']")!.TextContent.ShouldContain("Another value");
        card.QuerySelector("[data-key='e']").ShouldBeNull();
    }

    [Fact]
    public async Task A_viewer_and_a_settled_conflict_have_no_buttons()
    {
        var row = Row("title", "a", "b", "c");

        (await Show(row, mayAct: false)).QuerySelectorAll("button").ShouldBeEmpty();
        var settled = await Show(row with { End = new(DateTimeOffset.UnixEpoch, "other", "Ann", "d", 4, null) }, mayAct: false);
        settled.QuerySelector(".pill")!.TextContent.ShouldBe("Ann chose another value");
        settled.QuerySelector(".res")!.TextContent.ShouldContain("d");
    }

    [Fact]
    public async Task What_a_shop_wrote_is_shown_as_text()
    {
        var hostile = "<p onclick=x>Soft</p><script>alert(1)</script><img src=x onerror=alert(1)>";

        var card = await Show(Row("description_html", "<p>Soft</p>", hostile, "<p>Hard</p>"));
        var line = await _page.Show<ConflictLine>(("Row", Row("title", "a", "b", "c") with { Title = hostile }), ("Href", "/conflicts?open=1"), ("MaySelect", true));

        card.QuerySelectorAll("script, img, [onclick], [onerror]").ShouldBeEmpty();
        line.QuerySelectorAll("script, [onclick], [onerror]").ShouldBeEmpty();
        line.TextContent.ShouldContain(hostile);
    }

    [Fact]
    public async Task A_bar_over_many_says_what_it_would_touch()
    {
        SelectedConflict[] selected = [new(new(1, 1), "price", 7), new(new(2, 1), "price", 7), new(new(3, 1), "title", 8)];

        var bar = await _page.Show<ResolveBar>(("Selected", selected), ("Matching", 120L));

        bar.TextContent.ShouldContain("3 selected");
        bar.QuerySelector("[data-select-all]")!.TextContent.ShouldBe("Select all 120 matching");
        bar.QuerySelectorAll("button").Count(button => button.TextContent is "Keep ours" or "Take Shopify’s" or "Let the rules decide").ShouldBe(3);
    }

    [Theory]
    [InlineData("price", JsonValueKind.Number, "71.20", "71.20")]
    [InlineData("price", JsonValueKind.Number, "abc", null)]
    [InlineData("price", JsonValueKind.Number, "", null)]
    [InlineData("price", JsonValueKind.Number, "-1", null)]
    [InlineData("compare_at_price", JsonValueKind.Number, "", "null")]
    [InlineData("taxable", JsonValueKind.True, "no", "false")]
    [InlineData("taxable", JsonValueKind.True, "perhaps", null)]
    [InlineData("status", JsonValueKind.String, "draft", "\"DRAFT\"")]
    [InlineData("status", JsonValueKind.String, "gone", null)]
    public void What_is_typed_becomes_the_fields_kind_of_value_or_says_what_would_be_right(string field, JsonValueKind kind, string typed, string? value)
    {
        var (read, wrong) = TypedValue.Read(field, FieldShape.Whole, kind, typed);

        (wrong is null).ShouldBe(value is not null);
        if (value is not null)
            (read?.ToJsonString() ?? "null").ShouldBe(value);
    }

    [Fact]
    public void A_list_is_typed_as_it_is_printed()
    {
        var values = new JsonArray(new JsonObject { ["name"] = "Größe \"L\"" });

        JsonNode.DeepEquals(TypedValue.Read("option_values", FieldShape.List, JsonValueKind.Array, TypedValue.Print(FieldShape.List, values)).Value, values).ShouldBeTrue();
        TypedValue.Read("option_values", FieldShape.List, JsonValueKind.Array, "{}").Wrong.ShouldNotBeNull();
        TypedValue.Read("tags", FieldShape.Set, JsonValueKind.Array, " b, a ,a,").Value!.ToJsonString().ShouldBe("[\"a\",\"b\"]");
    }

    [Fact]
    public void The_page_stands_in_its_address()
    {
        var state = new ConflictsState(new ConflictFilter { Field = "price", State = ConflictState.Settled, Vendor = "A & B" }, Open: 7);

        ConflictsState.Read("http://here" + state.ToUrl()).ShouldBe(state);
        ConflictsState.Read("http://here/conflicts?show=figures&days=7").ShouldBe(new ConflictsState(ConflictFilter.Everything, null, ShowsFigures: true, 7));
        new ConflictsState(ConflictFilter.Everything).ToUrl().ShouldBe("/conflicts");
    }

    private Task<IElement> Show(ConflictRow row, bool mayAct = true) =>
        _page.Show<ThreeWay>(("Conflict", new ConflictDetails(row, null, 0, [row])), ("Currency", "GBP"), ("MayAct", mayAct));

    private static ConflictRow Row(string field, JsonNode? agreed, JsonNode? ours, JsonNode? shopifys) => new()
    {
        Id = 1, Revision = 1, Entity = field == "price" ? "variant" : "product", EntityId = 5, Field = field, ProductId = 5, Title = "Guernsey Jumper", Part = null, Vendor = "V", ThumbnailUrl = null,
        Base = agreed, Ours = ours, Shopifys = shopifys, DetectedAt = DateTimeOffset.UnixEpoch, HeardAt = DateTimeOffset.UnixEpoch, RunId = 3, End = null,
    };
}
