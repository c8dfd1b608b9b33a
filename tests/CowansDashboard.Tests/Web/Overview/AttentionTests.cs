using CowansDashboard.Conflicts;
using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Web.Sync;
using CowansDashboard.Web.Components.Overview;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Tests.Web.Overview;

public sealed class AttentionTests
{
    private static readonly DuplicateSkus None = new(0, []);

    [Fact]
    public void When_all_is_well_nothing_waits_for_a_person() =>
        Attention.Of([A.Run(RunStatus.Succeeded)], None, A.Noon.AddMinutes(-10), everPulled: true, A.Noon).ShouldBeEmpty();

    [Fact]
    public void A_failure_counts_until_the_same_kind_succeeds_again()
    {
        var failed = A.Run(RunStatus.Failed, 1) with { Error = "Shopify said no." };

        Attention.Of([failed], None, A.Noon, true, A.Noon).ShouldHaveSingleItem().Text.ShouldBe("Shopify said no.");
        Attention.Of([failed, A.Run(RunStatus.Succeeded, 2)], None, A.Noon, true, A.Noon).ShouldBeEmpty();
        Attention.Of([A.Run(RunStatus.Succeeded, 1), failed with { Id = 2 }], None, A.Noon, true, A.Noon).Count.ShouldBe(1);
    }

    [Fact]
    public void A_push_plan_that_waits_for_a_second_person_is_named_with_who_made_it()
    {
        var work = new WaitingWork(0, [], []) { Plans = [new(12, "Autumn prices", 4_000, "Ann", A.Noon.UtcDateTime)] };

        var item = Attention.Of([], None, A.Noon, true, A.Noon, work: work).ShouldHaveSingleItem();

        (item.Title, item.Text, item.Href).ShouldBe(("The push plan “Autumn prices” waits for a second person", "Ann made it: 4,000 products. Nothing of it is sent before.", "/sync/push/12"));
    }

    [Fact]
    public void What_a_push_could_not_bring_to_Shopify_is_named_with_the_reason_and_not_as_unreadable()
    {
        var work = new WaitingWork(0, [], []) { Refused = new(2, 1, 7, "The variant “Rose” already exists.", A.Noon.UtcDateTime) };
        var push = A.Run(RunStatus.Succeeded) with { Kind = "push", Counters = new() { Failed = 2 } };

        var item = Attention.Of([push], None, A.Noon, true, A.Noon, work: work).ShouldHaveSingleItem();

        (item.Title, item.Href).ShouldBe(("Shopify has not taken 2 rows that were pushed", "/sync/push/7?show=held"));
        item.Text.ShouldStartWith("The variant “Rose” already exists.");
    }

    [Fact]
    public void Paused_schedules_and_fields_that_differ_are_named_with_the_way_there()
    {
        var work = new WaitingWork(0, [], []) { Paused = (A.Noon.AddHours(-1), "Ann"), Differing = 7 };

        Attention.Of([], None, A.Noon, true, A.Noon, work: work).Select(item => (item.Title, item.Href))
            .ShouldBe([("All recurring work is paused", "/schedules"), ("7 fields differ from Shopify", "/drift")]);
    }

    [Fact]
    public void A_run_that_paused_itself_shows_its_question()
    {
        var paused = A.Run(RunStatus.Paused) with { Reason = "Shopify now names far fewer rows." };

        var item = Attention.Of([paused], None, A.Noon, true, A.Noon).ShouldHaveSingleItem();

        item.Text.ShouldBe("Shopify now names far fewer rows.");
        item.Href.ShouldBe("/sync/runs/1");
    }

    [Fact]
    public void Old_data_is_named_unless_a_run_is_repairing_it()
    {
        var old = A.Noon.AddHours(-3);

        Attention.Of([], None, old, true, A.Noon).ShouldHaveSingleItem().Title.ShouldBe("The copy is out of date");
        Attention.Of([A.Run(RunStatus.Running) with { Heartbeat = A.Noon, ProgressedAt = A.Noon }], None, old, true, A.Noon).ShouldBeEmpty();
        Attention.Of([], None, old, everPulled: false, A.Noon).ShouldBeEmpty();
    }

    [Fact]
    public void Shared_skus_lead_to_their_list() =>
        Attention.Of([], new(2, [new("A B-1", 3)]), A.Noon, true, A.Noon).ShouldHaveSingleItem().Href.ShouldBe("/skus");

    [Fact]
    public void Conflicts_come_first_and_lead_to_the_queue()
    {
        var items = Attention.Of([A.Run(RunStatus.Failed)], None, A.Noon, true, A.Noon, new OpenConflicts(3, A.Noon.AddHours(-1)));

        items.Count.ShouldBe(2);
        (items[0].Title, items[0].Href, items[0].Since).ShouldBe(("3 fields were changed on both sides", "/conflicts", A.Noon.AddHours(-1)));
        Attention.Of([], None, A.Noon, true, A.Noon, new OpenConflicts(0, null)).ShouldBeEmpty();
    }

    [Fact]
    public void Webhooks_that_do_not_work_ask_for_a_person()
    {
        var gap = new GapRow(1, ["products/update"], Loss.Vanished, A.Noon.AddMinutes(-20), A.Noon.AddMinutes(-13), 7, null, null, null);
        var webhooks = new WebhookTroubles
        {
            StalledSince = A.Noon.AddMinutes(-5),
            Queued = 812,
            HeldUp = new(5, A.Noon.AddSeconds(-40), 4, A.Noon.AddSeconds(12), "Shopify answered with status 500."),
            Gaps = [gap],
            Refused = [new("orders/create", SubscriptionState.Refused, null, null, null, null, "This topic requires read_orders.", A.Noon)],
            GaveUp = [new("products/update", 2, A.Noon.AddHours(-1), "Shopify answered with status 502.")],
            Failing = [new("collections/update", 12, A.Noon, "It does not answer.")],
        };

        var items = Attention.Of([], None, A.Noon, true, A.Noon, webhooks: webhooks, zone: TimeZoneInfo.Utc);

        items.Select(item => item.Title).ShouldBe(
        [
            "812 events from Shopify are not handled", "5 events wait for Shopify to answer", "Shopify had dropped products/update", "Shopify refuses to post orders/create",
            "2 events from Shopify could not be handled", "collections/update fails again and again",
        ]);
        items[1].Text.ShouldBe("Shopify answered with status 500. Tried 4 times, again at 12:00:12 by itself.");
        Attention.Of([], None, A.Noon.AddMinutes(1), true, A.Noon.AddMinutes(1), webhooks: new() { HeldUp = webhooks.HeldUp }, zone: TimeZoneInfo.Utc)
            .ShouldHaveSingleItem().Text.ShouldBe("Shopify answered with status 500. Tried 4 times, and being tried now.");
        items[2].Text.ShouldBe("Not everything was heard from 11:40 to 11:47. It is registered again. A pull from before it is under way.");
        items.ShouldAllBe(item => item.Href.StartsWith("/webhooks"));
        webhooks.Count.ShouldBe(6);
        Attention.Of([], None, A.Noon, true, A.Noon, webhooks: WebhookTroubles.None).ShouldBeEmpty();
    }
}
