using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Tests.Webhooks.Subscriptions;

public sealed class SubscriptionPlanTests
{
    private const string Name = "cowans-dashboard-1a2b3c4d";
    private static readonly Uri Here = new("https://dashboard.example/webhooks/shopify");
    private static readonly DateTimeOffset Seen = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly WebhookTopic Update = WebhookTopic.Of("products/update")!;

    [Fact]
    public void Everything_is_asked_for_once_and_what_only_the_app_can_ask_for_is_not()
    {
        var steps = SubscriptionPlan.Of(WebhookTopic.All, Here, Name, new Dictionary<string, KnownSubscription>(), []);

        steps.ShouldAllBe(step => step is SubscriptionStep.Register && step.Loss == Loss.None);
        steps.Select(step => step.Topic.InApi).Distinct().Count().ShouldBe(WebhookTopic.All.Count(topic => topic.InApi is not null));
        steps.ShouldNotContain(step => step.Topic.Name == "shop/redact");
    }

    [Fact]
    public void What_is_as_it_should_be_stays() =>
        Plan([There(5, Here.ToString())], Known(5)).ShouldBe([new SubscriptionStep.Keep(Update, Id(5), Loss.None)]);

    [Fact]
    public void What_vanished_is_registered_again_and_counts_as_lost() =>
        Plan([], Known(5)).ShouldBe([new SubscriptionStep.Register(Update, Loss.Vanished)]);

    [Fact]
    public void What_was_never_registered_is_no_loss() =>
        Plan([], new KnownSubscription("products/update", null, null, null)).ShouldBe([new SubscriptionStep.Register(Update, Loss.None)]);

    [Fact]
    public void What_was_refused_after_it_had_vanished_is_still_lost() =>
        Plan([], new KnownSubscription("products/update", null, null, Seen)).ShouldBe([new SubscriptionStep.Register(Update, Loss.Vanished)]);

    [Fact]
    public void A_new_subscription_that_a_dead_check_left_behind_still_counts_as_lost() =>
        Plan([There(6, Here.ToString())], Known(5)).ShouldBe([new SubscriptionStep.Keep(Update, Id(6), Loss.Vanished)]);

    [Fact]
    public void What_was_pointed_elsewhere_is_pointed_back() =>
        Plan([There(5, "https://elsewhere.example/hooks")], Known(5)).ShouldBe([new SubscriptionStep.Point(Update, Id(5), Loss.Elsewhere)]);

    [Fact]
    public void What_was_narrowed_is_widened()
    {
        var narrowed = There(5, Here.ToString());

        Plan([narrowed with { Filter = "vendor:Acme" }], Known(5)).ShouldBe([new SubscriptionStep.Point(Update, Id(5), Loss.Elsewhere)]);
        Plan([narrowed with { IncludeFields = ["id"] }], Known(5)).ShouldBe([new SubscriptionStep.Point(Update, Id(5), Loss.Elsewhere)]);
    }

    [Fact]
    public void A_change_of_our_own_address_is_told_apart() =>
        Plan([There(5, "https://old.example/webhooks/shopify")], Known(5) with { Uri = "https://old.example/webhooks/shopify" })
            .ShouldBe([new SubscriptionStep.Point(Update, Id(5), Loss.Moved)]);

    [Fact]
    public void Ours_are_known_by_name_by_address_and_by_id()
    {
        Plan([There(7, "https://old.example/", Name)]).ShouldBe([new SubscriptionStep.Point(Update, Id(7), Loss.None)]);
        Plan([There(7, Here.ToString(), "renamed")]).ShouldBe([new SubscriptionStep.Keep(Update, Id(7), Loss.None)]);
        Plan([There(5, "https://old.example/", "renamed")], Known(5)).ShouldBe([new SubscriptionStep.Point(Update, Id(5), Loss.Elsewhere)]);
    }

    [Fact]
    public void A_strangers_subscription_is_not_touched() =>
        Plan([There(5, Here.ToString()), There(9, "https://warehouse.example/hooks", "warehouse"), There(10, "https://other.example/webhooks/shopify", "cowans-dashboard-ffffffff")], Known(5))
            .ShouldBe([new SubscriptionStep.Keep(Update, Id(5), Loss.None)]);

    [Fact]
    public void A_second_one_of_ours_is_dropped_and_the_right_one_kept() =>
        Plan([There(4, "https://old.example/webhooks/shopify", Name), There(5, Here.ToString(), Name)], Known(5))
            .ShouldBe([new SubscriptionStep.Keep(Update, Id(5), Loss.None), new SubscriptionStep.Drop(Update, Id(4))]);

    [Fact]
    public void A_gap_begins_with_the_last_thing_heard_or_seen_and_the_pull_looks_back_over_the_failed_attempts()
    {
        SubscriptionGap.Of(Seen, Seen.AddMinutes(12)).ShouldBe(new(Seen.AddMinutes(12), Seen.AddHours(-4)), "what was heard says nothing of what failed before it");
        SubscriptionGap.Of(Seen, Seen.AddHours(-1)).ShouldBe(new(Seen, Seen.AddHours(-4)));
        SubscriptionGap.Of(Seen, null).ShouldBe(new(Seen, Seen.AddHours(-4)));
        SubscriptionGap.Together([new(Seen, Seen.AddHours(-1)), new(Seen.AddHours(1), Seen.AddHours(-4))]).ShouldBe(new(Seen, Seen.AddHours(-4)));
    }

    private static IReadOnlyList<SubscriptionStep> Plan(IReadOnlyList<WebhookSubscriptionNode> there, KnownSubscription? known = null) =>
        SubscriptionPlan.Of([Update], Here, Name, known is null ? new Dictionary<string, KnownSubscription>() : new() { [known.Topic] = known }, there);

    private static KnownSubscription Known(long id) => new("products/update", id, Here.ToString(), Seen);

    private static WebhookSubscriptionNode There(long id, string uri, string? name = Name) =>
        new() { Id = Id(id), Topic = "PRODUCTS_UPDATE", Uri = uri, Name = name, Format = "JSON" };

    private static ShopifyId Id(long number) => new("WebhookSubscription", number);
}
