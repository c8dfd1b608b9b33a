using System.Net;
using CowansDashboard.Stores;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;
using Npgsql;

namespace CowansDashboard.Tests.Webhooks;

[Trait("Category", "Integration")]
public sealed class WebhookDoorTests(DoorApp door) : IClassFixture<DoorApp>
{
    private static readonly byte[] Body = """{"id":1}"""u8.ToArray();

    [Fact]
    public async Task Captured_deliveries_are_kept_to_the_byte()
    {
        foreach (var captured in Captured.All)
        {
            var id = captured.Headers["x-shopify-webhook-id"];
            using var answer = await door.Post(captured.Body,
            [
                .. captured.Headers.Where(header => header.Key is not ("x-shopify-hmac-sha256" or "x-shopify-shop-domain" or "content-type" or "content-length")).Select(header => (header.Key, header.Value)),
                ("X-Shopify-Shop-Domain", DoorApp.Shop), ("X-Shopify-Hmac-Sha256", WebhookSignature.Of(captured.Body, SigningKeys.Bytes(DoorApp.Secret))),
            ]);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, captured.Topic);
            (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
            (await door.Count("webhook_id = $1 and body = $2 and topic = $3 and api_version = $4 and is_test and triggered_at > '2024-08-01' and store_id = $5 and state = 'queued'",
                id, captured.Body, captured.Topic, captured.Headers["x-shopify-api-version"], door.Store)).ShouldBe(1, captured.Topic);
        }
    }

    [Fact]
    public async Task Whoever_cannot_sign_stays_outside()
    {
        var right = WebhookSignature.Of(Body, SigningKeys.Bytes(DoorApp.Secret));

        foreach (var (headers, status) in new ((string, string)[], HttpStatusCode)[]
        {
            ([("X-Shopify-Shop-Domain", DoorApp.Shop)], HttpStatusCode.Unauthorized),
            ([("X-Shopify-Shop-Domain", DoorApp.Shop), ("X-Shopify-Hmac-Sha256", "")], HttpStatusCode.Unauthorized),
            ([("X-Shopify-Shop-Domain", DoorApp.Shop), ("X-Shopify-Hmac-Sha256", WebhookSignature.Of("""{"id":2}"""u8, SigningKeys.Bytes(DoorApp.Secret)))], HttpStatusCode.Unauthorized),
            ([("X-Shopify-Shop-Domain", DoorApp.Shop), ("X-Shopify-Hmac-Sha256", WebhookSignature.Of(Body, SigningKeys.Bytes("another")))], HttpStatusCode.Unauthorized),
            ([("X-Shopify-Shop-Domain", "nobody.myshopify.com"), ("X-Shopify-Hmac-Sha256", right)], HttpStatusCode.NotFound),
            ([("X-Shopify-Shop-Domain", "'; drop table stores"), ("X-Shopify-Hmac-Sha256", right)], HttpStatusCode.NotFound),
            ([("X-Shopify-Hmac-Sha256", right)], HttpStatusCode.NotFound),
        })
        {
            using var answer = await door.Post(Body, [.. headers, ("X-Shopify-Webhook-Id", "outside"), ("X-Shopify-Topic", "products/update")]);
            answer.StatusCode.ShouldBe(status);
        }
        (await door.Count("webhook_id = 'outside'")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_no_webhook_is_turned_away()
    {
        (string, string)[] headers = [("X-Shopify-Shop-Domain", DoorApp.Shop), ("X-Shopify-Hmac-Sha256", WebhookSignature.Of(Body, SigningKeys.Bytes(DoorApp.Secret)))];

        using var form = await door.Post(Body, headers, "application/x-www-form-urlencoded");
        form.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using var large = await door.Post(new byte[new WebhookOptions().LongestBody + 1], headers);
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var got = await door.App.Stranger().GetAsync("/webhooks/shopify");
        got.StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_delivery_fifty_times_at_once_is_kept_once_among_neighbours_that_are_no_text()
    {
        byte[][] neighbours = [[.. "{\"id\":1,\"title\":\"\0\0"u8, 0], [.. "{\"id\":2,\"title\":\""u8, 0xff, 0xfe, 0xc0, 0x80], "{\"id\":3,\"title\":\"\\ud800\\udfff\\ud800\"}"u8.ToArray(), []];

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(i => new[]
        {
            door.Post(Body, "fifty-times"),
            door.Post(neighbours[i % 4], $"neighbour {i}"),
        }));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(100);
        (await door.Count("webhook_id = 'fifty-times' and repeats = 49 and repeated_at is not null")).ShouldBe(1);
        (await door.Count("webhook_id like 'neighbour %' and repeats = 0")).ShouldBe(50);
        (await door.Count("body = $1 and webhook_id like 'neighbour %'", neighbours[1])).ShouldBe(13);
    }

    [Fact]
    public async Task A_refused_row_does_not_sink_its_neighbours()
    {
        await using (var check = door.App.Database.Source.CreateCommand("alter table webhook_deliveries add constraint no_poison check (event_id is distinct from 'poison') not valid"))
            await check.ExecuteNonQueryAsync();
        var receive = door.App.Get<ReceiveDelivery>();

        var kept = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => receive.Receive(
            new Delivery(door.Store, $"beside poison {i}", "products/update", Body) { EventId = i % 20 == 7 ? "poison" : null }, default)));

        kept.Count(one => !one).ShouldBe(3);
        (await door.Count("webhook_id like 'beside poison %'")).ShouldBe(57);
    }

    [Fact]
    public async Task A_new_secret_is_taken_at_once_and_the_old_one_for_a_while()
    {
        const string Shop = "rotating.myshopify.com";
        var store = (await door.App.Get<AddStore>().Add(new NewStore(Shop, TypedCredentials.Client("client", "old-secret")), default)).ShouldBeOfType<StoreChange.Done>().Store.Id;
        (await door.Post(Body, "rotation 1", secret: "old-secret", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await door.App.Get<ChangeStore>().Change(store, new StoreEdit(Credentials: TypedCredentials.Client("client", "new-secret")), default);

        await Support.Patience.Until(async () => (await door.Post(Body, "rotation 2", secret: "new-secret", shop: Shop)).StatusCode == HttpStatusCode.OK);
        (await door.Post(Body, "rotation 3", secret: "old-secret", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await door.Post(Body, "rotation 4", secret: "another", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var state = (await door.App.Get<WebhookSecrets>().State(store, default))!;
        (state.IsClients, state.IsKnown, state.PreviousUntil is not null).ShouldBe((true, true, true));
    }

    [Fact]
    public async Task A_shop_with_a_token_signs_with_the_secret_that_somebody_typed()
    {
        const string Shop = "token.myshopify.com";
        var store = (await door.App.Get<AddStore>().Add(new NewStore(Shop, TypedCredentials.Token("shpat_1")), default)).ShouldBeOfType<StoreChange.Done>().Store.Id;
        (await door.Post(Body, "typed 1", secret: "typed-secret", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await door.App.Get<WebhookSecrets>().Type(store, "two words", default)).ShouldNotBeNull();
        (await door.App.Get<WebhookSecrets>().Type(store, " typed-secret ", default)).ShouldBeNull();

        (await door.Post(Body, "typed 2", secret: "typed-secret", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await door.App.Get<WebhookSecrets>().Type(door.Store, "typed-secret", default)).ShouldNotBeNull("that shop signs with its client secret");
        (await PostgresDump()).ShouldNotContain("typed-secret");
    }

    [Fact]
    public async Task Of_a_shop_that_was_removed_here_only_the_demands_of_privacy_laws_are_heard()
    {
        const string Shop = "removed.myshopify.com";
        var store = (await door.App.Get<AddStore>().Add(new NewStore(Shop, TypedCredentials.Client("client", "its-secret")), default)).ShouldBeOfType<StoreChange.Done>().Store.Id;
        (await door.Post(Body, "before removal", secret: "its-secret", shop: Shop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await door.App.Get<RemoveStore>().Remove(store, default)).ShouldBeOfType<StoreChange.Done>();

        await Support.Patience.Until(async () => (await door.Post(Body, "after removal", secret: "its-secret", shop: Shop)).StatusCode == HttpStatusCode.NotFound);
        (await door.Post(Body, "two days later", "shop/redact", "its-secret", Shop)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await door.Post(Body, "forged", "shop/redact", "another", Shop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await door.Count("store_id = $1 and topic = 'shop/redact'", store)).ShouldBe(1);
    }

    [Fact]
    public async Task A_crowd_of_strangers_puts_no_connected_shop_out_of_mind()
    {
        const string Late = "connected-meanwhile.myshopify.com";
        var secrets = door.App.Get<WebhookSecrets>();
        foreach (var stranger in Enumerable.Range(0, 1_200))
            (await secrets.Of($"stranger-{stranger}.myshopify.com", default)).ShouldBeNull();

        (await secrets.Of(DoorApp.Shop, default)).ShouldNotBeNull();
        secrets.Strangers.ShouldBeLessThanOrEqualTo(1_000);
        await door.App.Get<AddStore>().Add(new NewStore(Late, TypedCredentials.Client("client", "late-secret")), default);
        await Support.Patience.Until(async () => await secrets.Of(Late, default) is not null);
    }

    [Fact]
    public async Task The_door_stays_open_while_a_migration_holds_the_table()
    {
        await using var migrating = await door.App.Database.Source.OpenConnectionAsync();
        await using var transaction = await migrating.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table webhook_deliveries in access exclusive mode", migrating))
            await hold.ExecuteNonQueryAsync();

        var posted = door.Post(Body, "during a migration");
        await Support.Patience.Until(() => door.App.Database.Scalar<bool>("select exists (select from pg_locks where not granted)"));
        await transaction.CommitAsync();

        // On a machine that is slower than Shopify's patience it is told to come again, and then it is kept.
        var status = (await posted).StatusCode;
        status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
        await Support.Patience.Until(async () => (await door.Post(Body, "during a migration")).StatusCode == HttpStatusCode.OK);
        (await door.Count("webhook_id = 'during a migration'")).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_heard_is_listed_counted_and_put_back_in_line()
    {
        const string Topic = "carts/update";
        foreach (var i in Enumerable.Range(0, 5))
            await door.Post(Body, $"listed {i}", Topic);
        await door.Post(Body, "listed 0", Topic);
        await door.App.Database.Scalar<long>("with done as (update webhook_deliveries set state = 'done', outcome = 'ignored', done_at = heard_at + interval '2 seconds' where topic = $1 returning 1) select count(*) from done", Topic);
        var (read, count) = (door.App.Get<ReadDeliveries>(), door.App.Get<CountDeliveries>());
        var filter = new DeliveryFilter { Topic = Topic, State = DeliveryState.Done };

        var first = await read.Find(door.Store, filter, null, 3, default);
        var second = await read.Find(door.Store, filter, first.Next, 3, default);

        first.Rows.Concat(second.Rows).Select(row => row.WebhookId).ShouldBe(["listed 4", "listed 3", "listed 2", "listed 1", "listed 0"]);
        second.Next.ShouldBeNull();
        (await read.Read(door.Store, second.Rows[^1].Id, default))!.Body.ShouldBe(Body);
        var hourAgo = second.Rows[^1].HeardAt.AddHours(-1);
        var counted = (await count.ByTopic(door.Store, hourAgo, default)).Single(one => one.Topic == Topic);
        (counted.Heard, counted.Repeats, counted.LagP95).ShouldBe((5, 1, TimeSpan.FromSeconds(2)));
        (await count.ByTime(door.Store, hourAgo, default)).Sum(one => one.Heard).ShouldBe(await door.Count("store_id = $1", door.Store));
        (await count.Now(door.Store, default)).LastHeardAt.ShouldNotBeNull();

        var (replay, by) = (door.App.Get<ReplayDeliveries>(), new CowansDashboard.Runs.AskedBy(null, "Mara"));
        (await replay.Of(door.Store, [first.Rows[0].Id], by, default)).ShouldBe(1);
        (await replay.Since(door.Store, hourAgo, Topic, by, default)).ShouldBe(5);
        var again = await read.Find(door.Store, filter, null, 5, default);
        again.Rows.ShouldAllBe(row => row.Replays == 1 && row.ReplayWaits && row.Outcome == DeliveryOutcome.Ignored, "one that waits to be replayed is not put in line twice");
    }

    [Fact]
    public async Task A_queue_that_stands_still_and_a_topic_that_fails_are_troubles_that_people_are_told()
    {
        var store = (await door.App.Get<AddStore>().Add(new NewStore("troubled.myshopify.com", TypedCredentials.Client("client", "secret")), default)).ShouldBeOfType<StoreChange.Done>().Store.Id;
        var troubles = door.App.Get<ReadWebhookTroubles>();
        await Insert("queued", 0, "", "now()");
        var fresh = await troubles.Read(store, default);
        (fresh.Queued, fresh.StalledSince).ShouldBe((1, null), "it has only just come");

        await Insert("queued", 0, "", "now() - interval '5 minutes'");
        await Insert("queued", 4, "It does not answer.", "now() + interval '5 minutes'");
        await Insert("dead", 10, "Shopify said no.", "now()");

        var known = await troubles.Read(store, default);
        (known.Queued, known.StalledSince is not null, known.GaveUpEvents).ShouldBe((3, true, 1));
        known.Failing.ShouldHaveSingleItem().Error.ShouldBe("It does not answer.");
        known.GaveUp.ShouldHaveSingleItem().Error.ShouldBe("Shopify said no.");

        Task<long> Insert(string state, int attempts, string error, string tryAt) => door.App.Database.Scalar<long>($"""
            insert into webhook_deliveries (store_id, webhook_id, topic, body, state, attempts, error, try_at)
            values ($1, gen_random_uuid()::text, 'carts/update', '', $2, $3, nullif($4, ''), {tryAt}) returning id
            """, store, state, attempts, error);
    }

    private Task<string> PostgresDump() => Support.PostgresServer.Dump(door.App.Database.ConnectionString);
}
