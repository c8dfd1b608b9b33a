using System.Text;
using System.Text.Json;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Handling;

namespace CowansDashboard.Tests.Webhooks;

public sealed class DeliveryMeaningTests
{
    [Theory]
    [InlineData("2024-10.products.create", DeliveryAction.Product, "product", 788032119674292922)]
    [InlineData("2024-10.products.update", DeliveryAction.Product, "product", 788032119674292922)]
    [InlineData("2026-07.products.update", DeliveryAction.Product, "product", 788032119674292922)]
    [InlineData("2024-10.products.delete", DeliveryAction.Product, "product", 788032119674292900)]
    [InlineData("2024-10.collections.update", DeliveryAction.Collection, "collection", 408372092144951419)]
    [InlineData("2024-10.inventory_levels.update", DeliveryAction.Level, "inventory_item", 271878346596884015)]
    [InlineData("2026-07.inventory_levels.update", DeliveryAction.Level, "inventory_item", 271878346596884015)]
    [InlineData("2024-10.orders.create", DeliveryAction.Note, "order", 820982911946154508)]
    [InlineData("2024-10.bulk_operations.finish", DeliveryAction.BulkEnded, "bulk_operation", 147595010)]
    public void Captured_deliveries_are_understood_to_the_last_digit(string name, DeliveryAction action, string entity, long id)
    {
        var captured = Captured.Read(name);

        var meaning = DeliveryMeaning.Of(captured.Topic, captured.Body);

        (meaning.Action, meaning.Entity, meaning.EntityId).ShouldBe((action, entity, id));
    }

    [Fact]
    public void Stock_is_told_with_its_place_and_time()
    {
        var captured = Captured.Read("2026-07.inventory_levels.update");

        DeliveryMeaning.Of(captured.Topic, captured.Body).Level
            .ShouldBe(new HeardLevel(271878346596884015, 24826418, 10, new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Every_topic_that_is_heard_is_understood() =>
        WebhookTopic.All.Where(topic => DeliveryMeaning.Of(topic.Name, "{}"u8).Action == DeliveryAction.Ignore).Select(topic => topic.Name).ShouldBeEmpty();

    [Fact]
    public void A_topic_that_nobody_knows_is_left_alone() => DeliveryMeaning.Of("carts/update", """{"id":1}"""u8).Action.ShouldBe(DeliveryAction.Ignore);

    [Fact]
    public void Broken_text_and_what_is_nested_are_no_hindrance()
    {
        byte[] broken = [.. Encoding.UTF8.GetBytes("""{"image":{"id":7,"admin_graphql_api_id":"gid://shopify/ProductImage/7"},"title":"\ud800 """), 0xff, 0xc0, .. Encoding.UTF8.GetBytes("\",\"id\":12,\"body\":\""), 0, 1, 2];

        (DeliveryMeaning.Of("products/update", broken) is { Action: DeliveryAction.Product, EntityId: 12 }).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""{"id":1.5}""")]
    [InlineData("""{"variants":[{"id":5}]}""")]
    public void A_body_that_names_nothing_says_so(string body) =>
        DeliveryMeaning.Of("products/update", Encoding.UTF8.GetBytes(body)).Action.ShouldBe(DeliveryAction.Unreadable);

    [Fact]
    public void A_demand_to_erase_counts_for_the_shop_in_the_signed_body()
    {
        var meaning = DeliveryMeaning.Of("customers/redact", """{"shop_id":954889,"shop_domain":"one.myshopify.com","customer":{"id":1},"orders_to_redact":[299938,280263]}"""u8);

        (meaning.Action, meaning.Shop).ShouldBe((DeliveryAction.Redact, "one.myshopify.com"));
        meaning.Orders.ShouldBe([299938, 280263]);
    }

    [Fact]
    public void Stock_is_data_only_when_it_is_certainly_newer()
    {
        var now = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        var heard = new HeardLevel(1, 2, 5, now);

        LevelDecision.IsData(heard, now.AddSeconds(2), now.AddSeconds(-1), now.AddHours(-1)).ShouldBeTrue();
        LevelDecision.IsData(heard, now.AddSeconds(2), now, now.AddHours(-1)).ShouldBeFalse("the same second says nothing");
        LevelDecision.IsData(heard, now.AddSeconds(2), now.AddSeconds(1), now.AddHours(-1)).ShouldBeFalse("the copy knows better");
        LevelDecision.IsData(heard, now.AddSeconds(2), null, null).ShouldBeFalse("nothing is known of the level");
        LevelDecision.IsData(heard, now.AddSeconds(2), now.AddDays(-9), now).ShouldBeFalse("a pull has seen that moment");
        LevelDecision.IsData(heard, now.AddHours(2), now.AddDays(-9), now.AddHours(-1)).ShouldBeFalse("it was retried, or waited here, for two hours");
        LevelDecision.IsData(heard with { Available = null }, now, now.AddDays(-9), null).ShouldBeFalse("stock that is not counted");
    }

    [Fact]
    public void The_outcome_says_what_the_read_did()
    {
        var known = new ProductSeen(Existed: true, IsGone: false, Written: false, Recorded: false, Conflicts: false, Pushed: false);

        known.Outcome.ShouldBe(DeliveryOutcome.Unchanged);
        (known with { Pushed = true }).Outcome.ShouldBe(DeliveryOutcome.Own);
        (known with { Written = true, Pushed = true }).Outcome.ShouldBe(DeliveryOutcome.Own);
        (known with { Written = true }).Outcome.ShouldBe(DeliveryOutcome.Changed);
        (known with { Written = true, Recorded = true, Pushed = true }).Outcome.ShouldBe(DeliveryOutcome.Changed);
        (known with { Written = true, Conflicts = true }).Outcome.ShouldBe(DeliveryOutcome.Conflict);
        (known with { IsGone = true }).Outcome.ShouldBe(DeliveryOutcome.Deleted);
        (known with { IsGone = true, Existed = false }).Outcome.ShouldBe(DeliveryOutcome.Unchanged);
        (known with { Existed = false, Written = true }).Outcome.ShouldBe(DeliveryOutcome.Changed);
    }
}
