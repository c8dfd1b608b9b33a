using System.Text;
using CowansDashboard.Tests.Web.Sync;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Webhooks;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Tests.Web.Webhooks;

/// <summary>The parts of the Webhooks page, as people read them.</summary>
public sealed class WebhookViewsTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly Rendered page = new();

    public void Dispose() => page.Dispose();

    [Fact]
    public async Task Topics_that_are_quiet_and_right_share_a_row_and_what_is_wrong_has_its_own()
    {
        var known = Subscriptions(
            Row("products/update", SubscriptionState.Registered), Row("orders/create", SubscriptionState.Refused) with { Refusal = "This topic requires read_orders." },
            Row("products/delete", SubscriptionState.Registered) with { BackAt = Now.AddMinutes(-5) });

        var body = await page.Show<TopicsTable>(("Topics", new[] { new TopicCount("products/update", 1_201, 3, 900, 0, 0, TimeSpan.FromSeconds(1.1), Now) }), ("Subscriptions", known),
            ("Lately", new[] { new TopicCount("products/update", 200, 0, 0, 0, 0, null, Now) }));

        var rows = body.QuerySelectorAll("tbody tr").Select(row => string.Join(' ', row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()))).ToList();
        rows[0].ShouldStartWith("products/update 20.0 1,201 1.1 s Registered");
        rows.ShouldContain(row => row.StartsWith("orders/create") && row.Contains("Refused: This topic requires read_orders."));
        rows.ShouldContain(row => row.StartsWith("products/delete") && row.Contains("Back since"));
        rows.ShouldContain(row => row.EndsWith("3 topics about personal data 0 0 – By the app’s configuration"));
    }

    [Fact]
    public async Task Without_an_address_no_topic_pretends_to_be_registered()
    {
        var body = await page.Show<TopicsTable>(("Topics", Array.Empty<TopicCount>()), ("Subscriptions", Subscriptions()), ("Lately", Array.Empty<TopicCount>()), ("NoAddress", true));

        body.TextContent.ShouldContain("No address set");
        body.TextContent.ShouldNotContain("Registered");
    }

    [Fact]
    public async Task A_gap_says_from_when_to_when_why_and_that_it_was_repaired()
    {
        var gap = new GapRow(1, ["inventory_levels/update"], Loss.Vanished, Now.AddMinutes(-20), Now.AddMinutes(-13), 7, Now.AddMinutes(-12), 41, null);

        var text = (await page.Show<GapNotes>(("Gaps", new[] { gap }))).TextContent;

        text.ShouldContain("Shopify had dropped inventory_levels/update");
        text.ShouldContain($"Not everything was heard from {When.Clock(gap.From, Now, null)} to {When.Clock(gap.To, Now, null)}.");
        text.ShouldContain($"repaired that at {When.Clock(gap.RepairedAt!.Value, Now, null)}: 41 rows changed.");
        (await page.Show<GapNotes>(("Gaps", Array.Empty<GapRow>()))).TextContent.Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_event_says_what_became_of_it()
    {
        DeliveryRow[] rows =
        [
            Delivery(5) with { Outcome = DeliveryOutcome.Own }, Delivery(4) with { Outcome = DeliveryOutcome.Conflict, Repeats = 1 },
            Delivery(3) with { State = DeliveryState.Dead, Attempts = 8, Error = "Shopify answered with status 502.", DoneAt = null }, Delivery(2) with { State = DeliveryState.Queued, DoneAt = null },
            Delivery(1) with { Title = null, Entity = "order", EntityId = 48211, Outcome = DeliveryOutcome.Noted },
        ];

        var body = await page.Show<EventsTable>(("State", new WebhooksState(new DeliveryFilter())), ("Rows", rows), ("Next", 1L),
            ("Outcomes", new Dictionary<string, long> { ["own"] = 1, ["conflict"] = 1, ["dead"] = 1, ["queued"] = 1, ["noted"] = 1, ["again"] = 9 }),
            ("Find", (Func<string, Task<IReadOnlyList<NamedEntity>>>)(_ => Task.FromResult<IReadOnlyList<NamedEntity>>([]))));

        var said = body.QuerySelectorAll("td.out").Select(cell => cell.TextContent.Trim()).ToList();
        said.ShouldBe(["Our own write, confirmed", "Conflict, came twice", "Gave up after 8 tries: Shopify answered with status 502.", "Waiting", "Noted"]);
        body.QuerySelectorAll("td.prod .ell").Last(each => !each.ClassList.Contains("small")).TextContent.ShouldBe("Order 48211");
        body.QuerySelector(".chip.on")!.TextContent.ShouldBe("All 5");
        body.QuerySelectorAll(".chip").Select(chip => chip.TextContent).ShouldContain("Gave up 1");
        body.QuerySelector("a[href='/webhooks?after=1']").ShouldNotBeNull();
    }

    [Fact]
    public async Task An_empty_list_says_how_to_fill_it_and_an_empty_filter_how_to_leave_it()
    {
        async Task<string> Text(DeliveryFilter filter) => (await page.Show<EventsTable>(("State", new WebhooksState(filter)), ("Rows", Array.Empty<DeliveryRow>()),
            ("Find", (Func<string, Task<IReadOnlyList<NamedEntity>>>)(_ => Task.FromResult<IReadOnlyList<NamedEntity>>([]))))).TextContent;

        (await Text(new())).ShouldContain("Nothing was heard yet");
        (await Text(new() { Topic = "products/update" })).ShouldContain("No event matches");
    }

    [Fact]
    public async Task A_payload_is_readable_and_kept_from_those_who_may_not_read_it()
    {
        var body = Encoding.UTF8.GetBytes("""{"id":9007199254740993,"title":"Shirt <b>","tags":"","variants":[1,2],"option":{"a":1},"gone":null}""");

        var shown = await page.Show<EventPanel>(("Row", Delivery(1)), ("Body", body), ("Changes", Array.Empty<CowansDashboard.History.ChangeLine>()), ("MayRead", true), ("Shop", "harlow.myshopify.com"));
        var hidden = await page.Show<EventPanel>(("Row", Delivery(1)), ("Body", body), ("Changes", Array.Empty<CowansDashboard.History.ChangeLine>()), ("MayRead", false));

        shown.TextContent.ShouldContain("Payload, 6 fields");
        shown.QuerySelectorAll("dd").Select(each => each.TextContent).ShouldContain("9007199254740993");
        shown.QuerySelectorAll("dd").Select(each => each.TextContent).ShouldContain("2 entries");
        shown.QuerySelector("pre")!.TextContent.ShouldBe(Encoding.UTF8.GetString(body));
        hidden.TextContent.ShouldNotContain("Shirt");
        hidden.TextContent.ShouldContain("Merchandisers and administrators can read it.");
    }

    [Fact]
    public void Bytes_that_are_no_JSON_are_shown_as_they_came()
    {
        WebhookWords.Fields("not json\0"u8.ToArray()).ShouldBeEmpty();
        WebhookWords.Fields("[1,2]"u8.ToArray()).ShouldBeEmpty();
        WebhookWords.Fields("""{"title":"\ud800"}"""u8.ToArray()).ShouldBeEmpty();
        WebhookWords.Raw([0x61, 0x00, 0xff]).ShouldBe("a␀\ufffd");
    }

    [Fact]
    public void What_the_page_shows_stands_in_its_address()
    {
        var state = new WebhooksState(new DeliveryFilter { Topic = "products/update", State = DeliveryState.Dead, Entity = "product", EntityId = 7 }, After: 90, Open: 5) { About = "Shirt & tie" };

        WebhooksState.Read("http://here" + state.ToUrl()).ShouldBe(state);
        state.WithOutcome(DeliveryOutcome.Own).ToUrl().ShouldBe("/webhooks?topic=products%2Fupdate&outcome=own&entity=product&entityId=7&about=Shirt%20%26%20tie");
        WebhooksState.Read("http://here/webhooks?outcome=nothing&open=x").ShouldBe(new WebhooksState(new DeliveryFilter()));
    }

    [Fact]
    public async Task Arrivals_are_drawn_for_every_ten_minutes_with_the_last_value_and_the_gap()
    {
        var from = Now.AddHours(-2);
        var slots = Enumerable.Range(0, 12).Select(index => new HeardInTenMinutes(from.AddMinutes(index * 10), index == 11 ? 213 : 50, 0, null)).ToList();
        var gap = new GapRow(1, ["products/update"], Loss.Vanished, from.AddMinutes(62), from.AddMinutes(69), null, null, null, null);

        var body = await page.Show<ArrivalsChart>(("Slots", slots), ("Gaps", new[] { gap }));

        body.QuerySelectorAll("rect").Length.ShouldBe(12);
        body.QuerySelector(".now")!.TextContent.ShouldBe("213");
        body.QuerySelector(".gap b")!.TextContent.ShouldContain("not certain");
        body.QuerySelector("figure")!.GetAttribute("aria-label").ShouldBe("Arrivals, events per ten minutes: most 213, last 213");
    }

    private static StoreSubscriptions Subscriptions(params SubscriptionRow[] rows) => new(null,
        [.. WebhookTopic.All.Select(topic => rows.FirstOrDefault(row => row.Topic == topic.Name)
            ?? Row(topic.Name, topic.InApi is null ? SubscriptionState.ByApp : rows.Length == 0 ? SubscriptionState.Missing : SubscriptionState.Registered))], []);

    private static SubscriptionRow Row(string topic, SubscriptionState state) => new(topic, state, null, null, null, null, null, null);

    private static DeliveryRow Delivery(long id) => new()
    {
        Id = id, WebhookId = $"w-{id}", Topic = "products/update", HeardAt = Now.AddSeconds(-id), DoneAt = Now, State = DeliveryState.Done, Outcome = DeliveryOutcome.Changed,
        Entity = "product", EntityId = 70 + id, Title = "Lambswool Crew Jumper", Attempts = 1,
    };
}
