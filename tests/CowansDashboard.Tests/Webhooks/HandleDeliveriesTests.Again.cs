using CowansDashboard.Webhooks;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>Deliveries that are handled once more, because somebody asked for it or because Shopify was away.</summary>
public sealed partial class HandleDeliveriesTests
{
    [Fact]
    public async Task A_replay_leaves_what_an_event_did_the_first_time_and_stands_below_it()
    {
        const string First = "select concat_ws(' ', state, outcome, change_set_id, done_at, attempts, error) from webhook_deliveries where id = $1";
        var product = (await shop.Demo.State("products"))[14];
        await shop.Demo.Edit("product", Id(product), new { title = "Told once, looked at twice" }, touch: false);
        await shop.Post("products/update", "replayed", $$$"""{"id":{{{Number(product)}}}}""");
        await shop.IsQuiet();
        var id = await shop.Database.Scalar<long>("select id from webhook_deliveries where webhook_id = 'replayed'");
        var (replay, count, since) = (shop.Host.Get<ReplayDeliveries>(), shop.Host.Get<CountDeliveries>(), TimeProvider.System.GetUtcNow().AddDays(-1));
        var (first, counted) = (await shop.Database.Scalar<string>(First, id), await count.ByTopic(shop.Store, since, default));

        (await replay.Of(shop.Store, [id], Mara, default)).ShouldBe(1);
        await shop.IsQuiet();
        await shop.Demo.Edit("product", Id(product), new { title = "Changed without a word" }, touch: false);
        (await replay.Of(shop.Store, [id], Mara, default)).ShouldBe(1);
        await shop.IsQuiet();

        (await shop.Database.Scalar<string>(First, id)).ShouldBe(first);
        (await count.ByTopic(shop.Store, since, default)).ShouldBe(counted);
        var replays = await shop.Host.Get<ReadReplays>().Of(shop.Store, id, default);
        replays.Select(one => (one.AskedBy, one.Outcome, one.ChangeSetId is null)).ShouldBe([("Mara", DeliveryOutcome.Unchanged, true), ("Mara", DeliveryOutcome.Changed, false)]);
        (await replay.Unknown(shop.Store, [id, 999_999_999], default)).ShouldBe([999_999_999]);
        (await shop.Host.Get<ReadDeliveries>().Read(shop.Store, id, default))!.Row.Replays.ShouldBe(2);

        // One that had been given up is done when a replay gets through, and says nothing of how late events are.
        await shop.Database.Scalar<long>("update webhook_deliveries set state = 'dead', outcome = null, change_set_id = null, error = 'Shopify was away.' where id = $1 returning id", id);
        (await replay.Dead(shop.Store, Mara, default)).ShouldBe(1);
        await shop.IsQuiet();
        (await shop.Count("id = $1 and state = 'done' and outcome = 'unchanged'", id)).ShouldBe(1);
        (await shop.Host.Get<ReadDeliveries>().Read(shop.Store, id, default))!.Row.Lag.ShouldBeNull();
    }
}
