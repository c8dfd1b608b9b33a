using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Handling;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>What the copy makes of what Shopify posts. All of one class share a shop that is quiet between them.</summary>
[Trait("Category", "Integration")]
public sealed partial class HandleDeliveriesTests(HearingShop shop) : IClassFixture<HearingShop>
{
    private static readonly AskedBy Mara = new("7", "Mara");

    [Fact]
    public async Task What_changes_in_the_shop_soon_stands_in_the_copy()
    {
        await shop.Demo.EditMany("product", 20, 3, true, "title", "tags");
        await shop.Demo.EditMany("variant", 20, 4, true, "price");
        await shop.Demo.EditMany("metafield", 5, 5, true, "value");
        await shop.Demo.EditMany("inventory-level", 15, 6, true, "available");
        await shop.Demo.Create(3);
        // What is found gone by an earlier event, or by what that led to, is not told by its own.
        await shop.IsQuiet();
        var products = await shop.Demo.State("products");
        var gone = products.Skip(30).Take(2).Select(Id).ToArray();
        await shop.Demo.Delete("product", gone);
        await shop.IsQuiet();
        var collections = await shop.Demo.State("collections");
        await shop.Demo.Delete("collection", Id(collections[1]));
        await shop.IsQuiet();
        await shop.Demo.Edit("collection", Id(collections[0]), new { title = "Renamed in the shop" });
        await shop.IsQuiet();

        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
        (await shop.Count("state = 'dead'")).ShouldBe(0);
        (await shop.Count("outcome = 'changed' and topic = 'products/update' and change_set_id in (select id from change_sets where kind = 'remote' and run_id is null)")).ShouldBeGreaterThan(20);
        (await shop.Count("outcome = 'deleted' and entity = 'product' and topic = 'products/delete'")).ShouldBe(2);
        (await shop.Count("outcome = 'deleted' and entity = 'collection'")).ShouldBe(1);
        (await shop.Database.Scalar<long>("select count(*) from changes c join change_sets s on s.id = c.change_set_id where s.run_id is null and c.field = 'title' and c.entity = 'product'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Before_the_first_pull_an_event_is_noted_and_makes_no_product()
    {
        var pulled = await shop.Database.Scalar<DateTime>("select last_full_pull_at from stores where id = $1", shop.Store);
        await shop.Database.Scalar<long>("update stores set last_full_pull_at = null where id = $1 returning id", shop.Store);
        try
        {
            var before = await shop.Database.Scalar<long>("select count(*) from products");
            await shop.Demo.Create(1);
            await shop.IsQuiet();

            (await shop.Database.Scalar<long>("select count(*) from products")).ShouldBe(before);
            (await shop.Database.Scalar<string>("select outcome from webhook_deliveries where topic = 'products/create' order by id desc limit 1")).ShouldBe("noted");
        }
        finally
        {
            await shop.Database.Scalar<long>("update stores set last_full_pull_at = $2 where id = $1 returning id", shop.Store, pulled);
        }
        // The first pull would have brought it; here a later one does.
        await shop.Host.Pull(shop.Store);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
    }

    [Fact]
    public async Task Deliveries_that_come_twice_and_in_any_order_end_in_the_same_copy()
    {
        await shop.Demo.Webhooks(new { @double = 30, shuffle = 40, seed = 3 });
        foreach (var seed in Enumerable.Range(20, 4))
        {
            await shop.Demo.EditMany("product", 25, seed, true, "title");
            await shop.Demo.EditMany("inventory-level", 25, seed, true, "available");
        }
        await shop.IsQuiet();
        await shop.Demo.ResetWebhooks();

        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
        (await shop.Count("repeats > 0")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_same_delivery_fifty_times_at_once_is_applied_once()
    {
        var product = (await shop.Demo.State("products"))[12];
        await shop.Demo.Edit("product", Id(product), new { title = "Told fifty times" }, touch: false);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => shop.Post("products/update", "fifty", $$$"""{"id":{{{Number(product)}}}}""")));
        await shop.IsQuiet();

        (await shop.Count("webhook_id = 'fifty' and repeats = 49 and state = 'done' and attempts = 1 and outcome = 'changed'")).ShouldBe(1);
        (await shop.Database.Scalar<long>("select count(*) from changes c join products p on p.id = c.product_id where p.shopify_id = $1 and c.field = 'title' and c.new #>> '{}' = 'Told fifty times'", Number(product))).ShouldBe(1);
    }

    [Fact]
    public async Task Stock_writes_no_row_of_a_product()
    {
        const string Rows = "select md5((select string_agg(ctid::text || xmin::text, ',' order by id) from products) || (select string_agg(ctid::text || xmin::text, ',' order by id) from variants))";
        const string Orders = "topic = 'orders/create' and outcome = 'noted' and entity = 'order'";
        var before = await shop.Database.Scalar<string>(Rows);
        var orders = await shop.Count(Orders);

        await shop.Demo.EditMany("inventory-level", 60, 31, true, "available");
        await shop.Demo.Order(5, 32);
        await shop.IsQuiet();

        (await shop.Database.Scalar<string>(Rows)).ShouldBe(before);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
        (await shop.Count(Orders)).ShouldBe(orders + 5);
    }

    [Fact]
    public async Task An_old_event_after_a_newer_pull_changes_nothing_back()
    {
        var level = (await shop.Demo.State("inventory-levels")).First(one => one.GetProperty("isActive").GetBoolean() && one.GetProperty("available").ValueKind == JsonValueKind.Number);
        await shop.Demo.Webhooks(new { hold = true });
        await shop.Demo.Edit("inventory-level", Id(level), new { available = 98_111 });
        await shop.Demo.Edit("inventory-level", Id(level), new { available = 98_222 }, touch: false);
        await shop.Host.Pull(shop.Store);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);

        await shop.Demo.ResetWebhooks();
        await shop.IsQuiet();

        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
        (await shop.Database.Scalar<long>("select count(*) from inventory_levels where available = 98111 and deleted_at is null")).ShouldBe(0);
        (await shop.Database.Scalar<long>("select count(*) from changes where field = 'available' and new = '98111'")).ShouldBe(0);
    }

    [Fact]
    public async Task Both_sides_changed_a_title_and_a_person_is_asked()
    {
        var product = (await shop.Demo.State("products"))[5];
        await Edit(Id(product), "Ours");

        await shop.Demo.Edit("product", Id(product), new { title = "Theirs" });
        await shop.IsQuiet();

        (await shop.Count("outcome = 'conflict' and entity = 'product' and entity_id = $1", Number(product))).ShouldBe(1);
        (await shop.Database.Scalar<string>("select c.shopifys #>> '{}' from conflicts c join products p on p.id = c.product_id where p.shopify_id = $1 and c.closed_at is null", Number(product))).ShouldBe("Theirs");

        await shop.Demo.Edit("product", Id(product), new { title = "Ours" });
        await shop.IsQuiet();
        (await shop.Database.Scalar<long>("select count(*) from conflicts where closed_at is null")).ShouldBe(0);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
    }

    [Fact]
    public async Task What_this_dashboard_sent_comes_back_as_its_own()
    {
        var products = (await shop.Demo.State("products")).Skip(60).Take(20).ToArray();
        foreach (var product in products)
            await Edit(Id(product), $"Sent {Number(product)}");

        var plan = (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "Test", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;
        var run = (await shop.Host.Get<StartPush>().Start(shop.Store, plan, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
        await shop.Host.Until(run, done => done.Now.Status == RunStatus.Succeeded);
        await shop.IsQuiet();

        var ids = products.Select(Number).ToArray();
        (await shop.Count("entity_id = any($1) and outcome = 'own'", ids)).ShouldBeGreaterThanOrEqualTo(20);
        (await shop.Count("entity_id = any($1) and outcome = 'conflict'", ids)).ShouldBe(0);
        (await shop.Database.Scalar<long>("select count(*) from products where pending is not null")).ShouldBe(0);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
    }

    [Fact]
    public async Task What_cannot_be_handled_is_tried_again_and_given_up_only_when_nothing_helps()
    {
        var product = (await shop.Demo.State("products"))[8];
        await shop.Post("products/update", "says nothing", """{"title":"no id"}""");
        await shop.Post("products/update", "of nobody", """{"id":424242424242}""");
        await shop.Post("carts/update", "unknown topic", """{"id":1}""");
        await shop.IsQuiet();
        await shop.Demo.Fault("http-status", new { status = 403, operation = "ProductsById", times = 2 });
        await shop.Demo.Edit("product", Id(product), new { title = "Read at the third attempt" });
        await shop.IsQuiet();
        await shop.Demo.ClearFaults();

        (await shop.Count("webhook_id = 'says nothing' and state = 'dead' and attempts = 1 and error like '%no id%'")).ShouldBe(1);
        (await shop.Count("webhook_id = 'of nobody' and outcome = 'unchanged'")).ShouldBe(1);
        (await shop.Count("webhook_id = 'unknown topic' and outcome = 'ignored'")).ShouldBe(1);
        (await shop.Count("entity_id = $1 and attempts > 1 and outcome = 'changed' and error is null", Number(product))).ShouldBe(1);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);

        (await shop.Host.Get<ReplayDeliveries>().Dead(shop.Store, Mara, default)).ShouldBe(1);
        await shop.IsQuiet();
        (await shop.Count("webhook_id = 'says nothing' and state = 'dead' and id in (select delivery_id from webhook_replays where state = 'dead' and error like '%no id%')")).ShouldBe(1);
        await shop.Database.Scalar<long>("with gone as (delete from webhook_deliveries where state = 'dead' returning 1) select count(*) from gone");
    }

    [Fact]
    public async Task What_a_dead_node_had_taken_another_handles_when_its_claim_is_over()
    {
        var product = (await shop.Demo.State("products"))[9];
        await shop.Database.Scalar<long>("""
            with taken as (insert into webhook_deliveries (store_id, webhook_id, topic, body, attempts, claimed_until, claimed_by)
                values ($1, 'taken by a dead node', 'products/update', convert_to('{"id":' || $2 || '}', 'UTF8'), 1, now() + interval '1 hour', -1) returning id)
            select id from taken
            """, shop.Store, Number(product).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var two = await shop.Node("two");
        await shop.Demo.EditMany("product", 20, 51, true, "vendor");
        await shop.Demo.WebhooksAreOut();
        await Patience.Until(async () => await shop.Count("state = 'queued'") == 1);
        (await shop.Count("webhook_id = 'taken by a dead node' and state = 'queued' and attempts = 1")).ShouldBe(1);

        await shop.Database.Scalar<long>("with over as (update webhook_deliveries set claimed_until = now() - interval '1 second' where state = 'queued' returning 1) select count(*) from over");
        await shop.IsQuiet();

        (await shop.Count("webhook_id = 'taken by a dead node' and state = 'done' and attempts = 2")).ShouldBe(1);
        await shop.Database.ShouldEqual(shop.Store, shop.Demo);
    }

    [Fact]
    public async Task What_one_event_cannot_have_uses_up_no_attempt_of_the_others()
    {
        var (product, collection) = ((await shop.Demo.State("products"))[10], (await shop.Demo.State("collections"))[^1]);
        await shop.Demo.Fault("http-status", new { status = 403, operation = "LocationsPage", times = 2 });
        // One statement, so that one node takes all three at once.
        await shop.Database.Scalar<long>("""
            with together as (insert into webhook_deliveries (store_id, webhook_id, topic, body)
                select $1, 'together ' || topic, topic, convert_to('{"id":' || id || '}', 'UTF8')
                from (values ('locations/update', 1::bigint), ('products/update', $2), ('collections/update', $3)) e (topic, id) returning 1)
            select count(*) from together
            """, shop.Store, Number(product), Number(collection));
        await shop.IsQuiet();
        await shop.Demo.ClearFaults();

        (await shop.Count("webhook_id = 'together locations/update' and state = 'done' and attempts = 3")).ShouldBe(1);
        (await shop.Count("webhook_id in ('together products/update', 'together collections/update') and state = 'done' and attempts = 1")).ShouldBe(2);
    }

    [Fact]
    public async Task While_Shopify_answers_nobody_a_delivery_waits_and_uses_up_no_attempt()
    {
        var product = (await shop.Demo.State("products"))[11];
        await shop.Demo.Fault("http-status", new { status = 402, operation = "ProductsById", times = 3 });
        await shop.Demo.Edit("product", Id(product), new { title = "Read when the shop was paid for" });
        await shop.IsQuiet();
        await shop.Demo.ClearFaults();

        (await shop.Count("entity_id = $1 and state = 'done' and attempts = 1 and postponed = 3", Number(product))).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_that_was_too_slow_decides_nothing_about_what_another_has_taken()
    {
        var (mine, theirs) = (await Taken("mine", shop.Host.Get<RunLife>().Id), await Taken("theirs", -1));
        ClaimedDelivery[] both = [new(mine, shop.Store, "products/update", [], default, 1), new(theirs, shop.Store, "products/update", [], default, 1)];

        await shop.Host.Get<DeliveryQueue>().Fail(both, "too late", isHopeless: true, default);

        (await shop.Count("id = $1 and state = 'dead' and postponed = 0", mine)).ShouldBe(1, "it waits for Shopify no longer");
        (await shop.Count("id = $1 and state = 'queued' and postponed = 2 and claimed_until is not null and error is null and attempts = 1", theirs)).ShouldBe(1);
        await shop.Database.Scalar<long>("with gone as (delete from webhook_deliveries where id in ($1, $2) returning 1) select count(*) from gone", mine, theirs);

        Task<long> Taken(string id, int by) => shop.Database.Scalar<long>("""
            with taken as (insert into webhook_deliveries (store_id, webhook_id, topic, body, attempts, postponed, claimed_until, claimed_by)
                values ($1, 'taken ' || $2, 'products/update', '', 1, 2, now() + interval '3 hours', $3) returning id)
            select id from taken
            """, shop.Store, id, by);
    }

    [Fact]
    public async Task Whoever_watches_a_bulk_operation_looks_when_its_end_is_heard()
    {
        var admin = await shop.Host.Get<ConnectStore>().Connect(shop.Store, default);
        var never = TimeSpan.FromHours(1);
        var runner = new BulkQueryRunner(admin, new BulkOptions { FirstPoll = never, LongestPoll = never });
        var seen = new TaskCompletionSource();
        await shop.Demo.Fault("bulk-hold");

        var watched = runner.Run(BulkQuery.Products(), null, at =>
        {
            if (at.Stage is BulkStage.Created or BulkStage.Running)
                seen.TrySetResult();
        }, default);
        await seen.Task.WaitAsync(TimeSpan.FromMinutes(3));
        await shop.Demo.ClearFaults();

        (await watched.WaitAsync(TimeSpan.FromMinutes(3))).ShouldBeOfType<BulkOutcome.Completed>();
        await shop.IsQuiet();
        (await shop.Count("topic = 'bulk_operations/finish' and outcome = 'noted'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_was_noted_is_over_one_by_one()
    {
        var collection = (await shop.Demo.State("collections"))[^1];
        await shop.Demo.Fault("http-status", new { status = 403, operation = "CollectionsById" });
        await shop.Database.Scalar<long>("""
            with noted as (insert into webhook_rereads (store_id, entity, entity_id)
                select $1, 'collection', $2 union all (select $1, 'inventory_item', inventory_item_id from variants where inventory_item_id is not null limit 1) returning 1)
            select count(*) from noted
            """, shop.Store, Number(collection));

        await Patience.Until(async () => await shop.Database.Scalar<long>("select count(*) from webhook_rereads where entity = 'inventory_item'") == 0);
        (await shop.Database.Scalar<long>("select count(*) from webhook_rereads where entity = 'collection'")).ShouldBe(1);
        await shop.Demo.ClearFaults();
        await shop.Database.Scalar<long>("with now as (update webhook_rereads set due_at = now() returning 1) select count(*) from now");
        await shop.IsQuiet();
    }

    [Fact]
    public async Task A_redaction_erases_for_the_shop_in_the_signed_body_only()
    {
        await shop.Post("orders/create", "order of a person", """{"id":7001,"email":"jon@example.com"}""");
        await shop.Post("orders/create", "order of another", """{"id":7002,"email":"ann@example.com"}""");
        await shop.IsQuiet();

        await shop.Post("customers/redact", "for a stranger", """{"shop_domain":"someone-else.myshopify.com","orders_to_redact":[7001]}""");
        await shop.IsQuiet();
        (await shop.Count("webhook_id = 'for a stranger' and outcome = 'ignored'")).ShouldBe(1);
        (await shop.Count("entity = 'order' and entity_id in (7001, 7002) and redacted_at is null")).ShouldBe(2);

        await shop.Post("customers/redact", "for this shop", $$$"""{"shop_domain":"{{{shop.Demo.Shop}}}","customer":{"email":"jon@example.com"},"orders_to_redact":[7001]}""");
        await shop.IsQuiet();
        (await shop.Count("entity = 'order' and entity_id = 7001 and redacted_at is not null and body = ''")).ShouldBe(1);
        (await shop.Count("entity = 'order' and entity_id = 7002 and redacted_at is null")).ShouldBe(1);
        (await shop.Count("position(convert_to('jon@example.com', 'UTF8') in body) > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task A_redaction_waits_for_the_orders_that_came_before_it()
    {
        const string Soon = "with now as (update webhook_deliveries set try_at = now() where webhook_id = $1 returning 1) select count(*) from now";
        await shop.Database.Scalar<long>("""
            with waits as (insert into webhook_deliveries (store_id, webhook_id, topic, body, try_at)
                values ($1, 'order that waits', 'orders/create', convert_to('{"id":7003,"email":"eve@example.com"}', 'UTF8'), now() + interval '1 hour') returning 1)
            select count(*) from waits
            """, shop.Store);
        await shop.Post("customers/redact", "before its order", $$$"""{"shop_domain":"{{{shop.Demo.Shop}}}","orders_to_redact":[7003]}""");
        await Patience.Until(async () => await shop.Count("webhook_id = 'before its order' and state = 'queued' and error is not null") == 1);

        await shop.Database.Scalar<long>(Soon, "order that waits");
        await Patience.Until(async () => await shop.Count("webhook_id = 'order that waits' and state = 'done'") == 1);
        await shop.Database.Scalar<long>(Soon, "before its order");
        await shop.IsQuiet();

        (await shop.Count("webhook_id in ('order that waits', 'before its order') and redacted_at is not null and body = ''")).ShouldBe(2);
    }

    [Fact]
    public async Task An_uninstall_is_believed_when_Shopify_lets_us_in_no_more()
    {
        await shop.Post("app/uninstalled", "a lie", """{"id":1,"myshopify_domain":"demo-store.myshopify.com"}""");
        await shop.IsQuiet();
        (await shop.Host.Get<ConnectStore>().Connect(shop.Store, default)).ShouldNotBeNull();
        await shop.Demo.Fault("hold", new { operation = "BulkStart" });
        var run = await shop.Host.Enqueue(StartPull.Full, shop.Store);
        // Only then has it asked for the shop, as each pull does first.
        await shop.Demo.HasCaught("hold");
        await shop.Host.Until(run, now => now.Now.Status is RunStatus.Running or RunStatus.Waiting);
        await shop.Demo.Fault("http-status", new { status = 401, operation = "Shop" });

        await shop.Post("app/uninstalled", "the truth", """{"id":1,"myshopify_domain":"demo-store.myshopify.com"}""");
        await shop.IsQuiet();

        (await Should.ThrowAsync<StoreNotConnectedException>(() => shop.Host.Get<ConnectStore>().Connect(shop.Store, default))).Message.ShouldContain("taken out");
        await shop.Demo.ClearFaults();
        (await shop.Host.Until(run, now => now.Now.Status == RunStatus.Paused)).Now.Reason!.ShouldContain("taken out");

        await shop.Host.Get<TestConnection>().Test(shop.Store, default);
        (await shop.Host.Get<ConnectStore>().Connect(shop.Store, default)).ShouldNotBeNull();
        await shop.Host.Get<CancelRun>().Cancel(run, PullHost.Ann, default);
        await shop.Host.Until(run, now => now.Now.Status == RunStatus.Cancelled);
    }

    private async Task Edit(string id, string title) => await shop.Database.Scalar<long>("""
        with edited as (update products set pending = jsonb_build_object('title', title), title = $2, version = version + 1 where shopify_id = $1 returning 1)
        select count(*) from edited
        """, Number(id), title);

    private static string Id(JsonElement row) => row.GetProperty("id").GetString()!;

    private static long Number(JsonElement row) => Number(Id(row));

    private static long Number(string id) => long.Parse(id.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
