using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Tests.Web.Kit;

public sealed class KitTests : IDisposable
{
    readonly Rendered page = new();

    public void Dispose() => page.Dispose();

    [Fact]
    public async Task A_state_reads_without_colour()
    {
        foreach (var tone in Enum.GetValues<Tone>())
        {
            var body = await page.Show<StatusWord>(("Tone", tone), ("ChildContent", Rendered.Words("Held back")));

            body.QuerySelector("svg path, svg circle").ShouldNotBeNull($"{tone} has no icon");
            body.QuerySelector("svg")!.GetAttribute("aria-hidden").ShouldBe("true");
            body.TextContent.Trim().ShouldBe("Held back");
        }
        Enum.GetValues<Tone>().Select(tone => tone.Icon()).ShouldBeUnique();
    }

    [Fact]
    public async Task A_bar_is_heard_in_quarters_and_at_its_end()
    {
        async Task<string?> Heard(double value) =>
            (await page.Show<Bar>(("Value", value), ("Label", "Pull"))).QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuenow");

        (await Heard(.24)).ShouldBe("0");
        (await Heard(.26)).ShouldBe("25");
        (await Heard(.999)).ShouldBe("75");
        (await Heard(1)).ShouldBe("100");
    }

    [Fact]
    public async Task A_bar_is_as_wide_as_its_share_and_never_wider()
    {
        var body = await page.Show<Bar>(("Value", 1.4), ("Label", "Pull"));

        body.QuerySelector("i")!.GetAttribute("style").ShouldBe("width:100%");
    }

    [Fact]
    public async Task Without_a_total_there_is_no_bar() =>
        (await page.Show<Bar>(("Value", null), ("Label", "Pull"))).ChildElementCount.ShouldBe(0);

    [Fact]
    public async Task A_page_has_one_first_heading_and_its_line_of_context()
    {
        var body = await page.Show<PageHeader>(("Title", "Products"), ("Context", "18,406 in the copy"), ("Actions", Rendered.Words("Pull now")));

        body.QuerySelectorAll("h1").Length.ShouldBe(1);
        body.QuerySelector(".title p")!.TextContent.ShouldBe("18,406 in the copy");
        body.QuerySelector(".acts")!.TextContent.ShouldBe("Pull now");
    }

    [Fact]
    public async Task A_failure_says_what_happened_and_folds_the_technical_part()
    {
        var body = await page.Show<FailedState>(
            ("Title", "The list could not be read"), ("Text", "Nothing was changed."), ("Detail", "57014: canceling statement <b>"),
            ("OnRetry", EventCallback.Factory.Create(this, () => { })));

        body.QuerySelector("[role=alert] h2")!.TextContent.ShouldBe("The list could not be read");
        body.QuerySelector("button")!.TextContent.ShouldBe("Try again");
        body.QuerySelector("details:not([open]) pre")!.TextContent.ShouldBe("57014: canceling statement <b>");
    }

    [Fact]
    public async Task A_failure_that_cannot_be_tried_again_has_no_button() =>
        (await page.Show<FailedState>(("Title", "Gone"))).QuerySelector("button").ShouldBeNull();

    [Fact]
    public async Task Loading_is_told_to_those_who_do_not_see_it()
    {
        var body = await page.Show<SkeletonRows>(("Rows", 6), ("Label", "Loading 486 products"));

        body.QuerySelectorAll(".skr").Length.ShouldBe(6);
        body.QuerySelector("[role=status]")!.GetAttribute("aria-label").ShouldBe("Loading 486 products");
    }

    [Fact]
    public async Task The_chosen_tab_is_marked_and_every_tab_is_an_address()
    {
        IReadOnlyList<Tabs.Tab> tabs = [new("All", "/products", true, 18406), new("Low stock", "/products?view=3", false, 284)];
        var body = await page.Show<Tabs>(("Items", tabs), ("Label", "Views"));

        body.QuerySelector("[aria-current=page]")!.GetAttribute("href").ShouldBe("/products");
        body.QuerySelectorAll("a .n").Select(count => count.TextContent).ShouldBe(["18,406", "284"]);
    }

    [Fact]
    public async Task A_filter_that_can_be_taken_away_says_which_one()
    {
        var body = await page.Show<Chip>(("Name", "Price"), ("Value", "£40 – 180"), ("OnRemove", EventCallback.Factory.Create(this, () => { })));

        body.QuerySelector("button")!.GetAttribute("aria-label").ShouldBe("Remove Price £40 – 180");
        body.TextContent.Trim().ShouldBe("Price £40 – 180");
    }

    [Fact]
    public async Task A_value_that_is_missing_is_a_dash()
    {
        IReadOnlyList<(string, string?)> pairs = [("Vendor", "Aran Mills"), ("Barcode", null)];
        var body = await page.Show<KeyValues>(("Items", pairs));

        body.QuerySelectorAll("dd").Select(value => value.TextContent).ShouldBe(["Aran Mills", "–"]);
    }

    [Fact]
    public async Task A_card_is_named_by_its_title()
    {
        var body = await page.Show<Card>(("Title", "Runs"));

        var id = body.QuerySelector("section")!.GetAttribute("aria-labelledby");
        body.QuerySelector($"#{id}")!.TextContent.ShouldBe("Runs");
    }

    [Fact]
    public async Task An_unknown_icon_is_a_failure_not_a_hole() =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => page.Html<Icon>(("Name", "unicorn")));

    [Fact]
    public async Task A_chart_speaks_begins_at_zero_and_writes_its_last_value()
    {
        var start = new DateTimeOffset(2026, 11, 20, 9, 36, 0, TimeSpan.Zero);
        IReadOnlyList<ChartSeries> series =
        [
            new("rows/s", [new(start, 0), new(start.AddMinutes(1), 5342), new(start.AddMinutes(7), 3252)]),
            new("expected", [new(start.AddMinutes(7), 3252), new(start.AddMinutes(11), 0)], ChartLine.Forecast),
        ];
        var body = await page.Show<LineChart>(("Series", series), ("Title", "Speed"), ("Unit", "rows/s"), ("Limit", 6000d));

        body.QuerySelector("[role=img]")!.GetAttribute("aria-label").ShouldBe("Speed, between 0 and 5,342 rows/s, last 3,252, limit 6,000");
        body.QuerySelector(".value")!.TextContent.ShouldBe("0");
        body.QuerySelector(".now")!.TextContent.ShouldBe("3,252 rows/s");
        body.QuerySelectorAll("polyline").Select(line => line.GetAttribute("stroke-dasharray")).ShouldBe(["none", "6 4"]);
        body.QuerySelector("line.limit").ShouldNotBeNull();
        body.QuerySelector("figcaption")!.TextContent.ShouldContain("09:36");
    }
}
