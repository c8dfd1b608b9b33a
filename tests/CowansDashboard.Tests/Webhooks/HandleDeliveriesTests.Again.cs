using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

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
        var heard = (await shop.Host.Get<ReadDeliveries>().Read(shop.Store, id, default))!.Row.HeardAt;
        (await new ReplayFiltered(shop.Host.Get<ReadDeliveries>(), replay).Replay(shop.Store, new() { Topic = "products/update", EntityId = Number(product), Since = heard }, Mara, default)).ShouldBe(1);
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

    [Fact]
    public async Task While_Shopify_answers_with_an_error_an_event_says_what_it_is_about_what_was_tried_and_when_again()
    {
        var (reading, troubles) = (shop.Host.Get<ReadDeliveries>(), new ReadWebhookTroubles(shop.Database.Source, new ReadSubscriptions(shop.Database.Source)));
        var product = (await shop.Demo.State("products"))[16];
        await shop.Demo.Fault("http-status", new { status = 500, operation = "ProductsById" });
        DeliveryRow waiting;
        try
        {
            await shop.Demo.Edit("product", Id(product), new { title = "Edited while Shopify was away" });
            await Patience.Until(async () => await Waiting() is { Tries: >= 3, Error: not null });
            waiting = (await Waiting())!;
            (waiting.Error, waiting.ProductId is null, waiting.Lag).ShouldBe(("Shopify answered with status 500.", false, null));
            await shop.Database.Scalar<long>("update webhook_deliveries set heard_at = heard_at - interval '1 minute' where id = $1 returning id", waiting.Id);
            await Patience.Until(async () => (await troubles.Read(shop.Store, default)).HeldUp is { Events: >= 1, Tries: >= 3 });
            (await troubles.Read(shop.Store, default)).Lag!.Value.ShouldBeGreaterThanOrEqualTo(ReadWebhookTroubles.ToldAfter, "what waits counts");
        }
        finally
        {
            await shop.Demo.ClearFaults();
        }
        await shop.IsQuiet();
        (await troubles.Read(shop.Store, default)).HeldUp.ShouldBeNull();
        var done = (await reading.Read(shop.Store, waiting.Id, default))!.Row;
        (done.Outcome, done.Error, done.Title, done.Tries >= 3).ShouldBe((DeliveryOutcome.Changed, null, "Edited while Shopify was away", true));

        async Task<DeliveryRow?> Waiting() => (await reading.Find(shop.Store, new() { State = DeliveryState.Queued, EntityId = Number(product) }, null, 1, default)).Rows is [var row, ..] ? row : null;
    }

    [Fact]
    public async Task A_product_that_has_grown_beyond_what_the_copy_knew_is_read_to_its_end()
    {
        var (product, variants) = (await shop.Database.Scalar<long>("select product_id from variants group by 1 having count(*) > 8 order by count(*), 1 limit 1"), 0L);
        var shopifyId = await shop.Database.Scalar<long>("select shopify_id from products where id = $1", product);
        variants = await shop.Database.Scalar<long>("with gone as (update variants set deleted_at = now(), ticket = 0 where product_id = $1 returning 1) select count(*) from gone", product);
        await shop.Database.Scalar<long>("with gone as (update metafields set deleted_at = now(), ticket = 0 where owner_kind = 'product' and owner_id = $1 returning 1) select count(*) from gone", product);

        await shop.Post("products/update", "grown", $$$"""{"id":{{{shopifyId}}}}""");
        await shop.IsQuiet();

        (await shop.Database.Scalar<long>("select count(*) from variants where product_id = $1 and deleted_at is null", product)).ShouldBe(variants);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
    }

    [Fact]
    public async Task What_waits_and_was_not_looked_at_yet_says_what_it_is_about()
    {
        await shop.Database.Scalar<long>("""
            with waits as (insert into webhook_deliveries (store_id, webhook_id, topic, body, try_at)
                values ($1, 'not looked at yet', 'products/create', convert_to('{"id":424242,"title":"Linen \u0022Shirt\u0022"}', 'UTF8'), now() + interval '1 hour') returning 1)
            select count(*) from waits
            """, shop.Store);
        try
        {
            var row = (await shop.Host.Get<ReadDeliveries>().Find(shop.Store, new() { State = DeliveryState.Queued, Topic = "products/create" }, null, 1, default)).Rows.ShouldHaveSingleItem();
            (row.Entity, row.EntityId, row.Title, row.Tries).ShouldBe(("product", 424242, "Linen \"Shirt\"", 0));
        }
        finally
        {
            await shop.Database.Scalar<long>("with gone as (delete from webhook_deliveries where webhook_id = 'not looked at yet' returning 1) select count(*) from gone");
        }
    }
}
