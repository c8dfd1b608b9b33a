using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Pull;
using CowansDashboard.Tests.Sync.Push;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>
/// Webhooks that tell nothing new: what is long overtaken, what this dashboard has just sent, and stock. WEBHOOK_EVENTS=10000 runs
/// them at full size: 1,000 products pushed, 10,000 events of stock.
/// </summary>
[Trait("Category", "Integration")]
public sealed class EchoTests(EchoingShop echoing, ITestOutputHelper output) : IClassFixture<EchoingShop>
{
    private readonly TestDatabase _database = echoing.Database;
    private readonly ChangingShop _shop = echoing.Shop;

    [Fact]
    public async Task A_payload_that_is_tried_again_after_a_newer_pull_changes_nothing_back()
    {
        var since = await LastDelivery();
        // Nobody takes these; each next try is held back.
        await echoing.Node.Kill();
        await _shop.Demo.ClearWebhookCounts();
        var products = await _shop.Demo.EditMany("product", 20, 1, true, "title", "vendor", "tags");
        var variants = await _shop.Demo.EditMany("variant", 10, 2, true, "price", "sku");
        var levels = await _shop.Demo.EditMany("inventory-level", 20, 3, true, "available");
        await Patience.Until(_shop.Demo.WebhookReport, report => report.GetProperty("topics").EnumerateObject().Sum(topic => topic.Value.GetProperty("attemptsFailed").GetInt32()) >= 50);
        await _shop.Demo.Webhooks(new { hold = true });
        await Patience.Until(_shop.Demo.WebhookReport, report => report.GetProperty("open").GetProperty("held").GetInt32() >= 50);
        // Of what is newer no webhook tells: a pull brings it.
        await _shop.Demo.Webhooks(new { drop = 100 });
        await _shop.Demo.MoveClock(TimeSpan.FromHours(3));
        foreach (var product in products)
            await _shop.Demo.Edit("product", product, new { title = "The newest title", vendor = "The newest vendor" });
        foreach (var variant in variants)
            await _shop.Demo.Edit("variant", variant, new { price = "77.77" });
        foreach (var level in levels)
            await _shop.Demo.Edit("inventory-level", level, new { available = 77 });
        await _shop.PullChanges();
        await _shop.ShouldBeInTheCopy();
        var before = await Written();

        await echoing.Node.Start();
        await _shop.Demo.Webhooks(new { drop = 0, hold = false });
        await IsQuiet();

        var delivered = (await _shop.Demo.WebhookDeliveries()).Where(one => one.GetProperty("outcome").GetString() == "delivered").ToList();
        delivered.Count.ShouldBeGreaterThanOrEqualTo(50);
        delivered.ShouldAllBe(one => one.GetProperty("attempts").GetInt32() > 1);
        output.WriteLine(await Outcomes(since));
        // Of what a push of this class sent a moment ago the words are this dashboard's own.
        (await _database.Scalar<long>("select count(*) from webhook_deliveries where id > $1 and outcome in ('unchanged', 'own')", since)).ShouldBe(delivered.Count);
        (await Written()).ShouldBe(before);
        await _shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task Stock_alone_writes_no_product()
    {
        var since = await LastDelivery();
        var before = await Written();

        var fired = 0;
        for (var round = 1; fired < LostWebhooksTests.Events; round++)
            fired += (await _shop.Demo.EditMany("inventory-level", EchoingShop.Products, round, true, "available")).Count;
        // Where Shopify calls every ordered product updated, and where it does not.
        await _shop.Demo.Order(30, 1);
        await _shop.Demo.Order(30, 2, fireProducts: false);
        await IsQuiet();

        output.WriteLine($"{fired} events of stock alone; in all {await Outcomes(since)}");
        (await _database.Scalar<long>("select count(*) from webhook_deliveries where topic = 'inventory_levels/update' and id > $1", since)).ShouldBeGreaterThanOrEqualTo(fired);
        (await _database.Scalar<long>("select count(*) from webhook_deliveries where topic = 'products/update' and id > $1", since)).ShouldBeGreaterThan(10);
        (await Written()).ShouldBe(before);
        await _shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task What_was_pushed_comes_back_as_no_further_push_no_conflict_and_no_change()
    {
        var since = await LastDelivery();
        var edited = EditedShop.Of(_database, _shop);
        await _shop.Demo.Webhooks(new { @double = 5, shuffle = 100, shuffleWaitMs = 300, seed = 5 });
        var (remote, plans) = (await RemoteChanges(), await Plans());
        var products = (await edited.Edit("products", "title", "title || ' – pushed'")).Length;
        await edited.Edit("variants", "price", "price + 1", "position = 1", 40);

        await edited.Push(await edited.Prepare());
        var asked = await edited.Asked();
        await IsQuiet();
        await _shop.Demo.ResetWebhooks();

        output.WriteLine($"{products} products pushed; {await Outcomes(since)}");
        products.ShouldBeGreaterThanOrEqualTo(EchoingShop.Products);
        (await _database.Scalar<long>("select count(distinct entity_id) from webhook_deliveries where topic = 'products/update' and id > $1", since)).ShouldBe(products);
        (await _database.Scalar<long>("select count(*) from conflicts where store_id = $1", _shop.Store)).ShouldBe(0);
        (await RemoteChanges()).ShouldBe(remote, "nothing of it is Shopify's own doing");
        (await edited.Waiting()).ShouldBe(0);
        (await edited.Asked()).ShouldBe(asked, "nothing more was sent");
        (await Plans()).ShouldBe(plans + 1);
        await edited.ShouldAgree();
    }

    private async Task IsQuiet()
    {
        await _shop.Demo.WebhooksAreOut();
        await HearingNode.Handled(_database, _shop.Store);
    }

    /// <summary>Which version of each product and variant is in the table: any write makes another.</summary>
    private Task<string> Written() => _database.Scalar<string>("""
        select md5(string_agg(kind || id || ' ' || xmin, ',' order by kind, id)) from (
            select 'p' as kind, id, xmin::text from products where store_id = $1 union all select 'v', id, xmin::text from variants where store_id = $1) rows
        """, _shop.Store);

    private Task<long> LastDelivery() => _database.Scalar<long>("select coalesce(max(id), 0) from webhook_deliveries");

    /// <summary>What came of the deliveries after one, with how many.</summary>
    private Task<string> Outcomes(long since) => _database.Scalar<string>("""
        select coalesce(string_agg(outcome || ' ' || n, ', ' order by outcome), '')
        from (select coalesce(outcome, state) as outcome, count(*) as n from webhook_deliveries where id > $1 group by 1) counted
        """, since);

    private Task<long> RemoteChanges() => _database.Scalar<long>("select count(*) from change_sets where store_id = $1 and kind = 'remote'", _shop.Store);

    private Task<long> Plans() => _database.Scalar<long>("select count(*) from push_plans where store_id = $1", _shop.Store);
}

/// <summary>A pulled shop with a node that handles, and another, in a process of its own, that hears and handles.</summary>
public sealed class EchoingShop : IAsyncLifetime
{
    // Fewer than the shops in which one product has 2,048 variants, unless all are asked for.
    internal static readonly int Products = Math.Max(90, LostWebhooksTests.Events / 10);

    public TestDatabase Database { get; } = new();

    internal ChangingShop Shop { get; private set; } = null!;

    internal HearingNode Node { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Shop = await ChangingShop.Hearing(Database, Products);
        Node = HearingNode.At(Database, Shop.Demo, "echo");
        await Node.Start();
        await Node.Subscribe(Shop.Host, Shop.Demo, Shop.Store, "PRODUCTS_UPDATE", "INVENTORY_LEVELS_UPDATE", "INVENTORY_ITEMS_UPDATE", "ORDERS_CREATE", "ORDERS_PAID", "BULK_OPERATIONS_FINISH");
        await Shop.Demo.Webhooks(new { retryScale = 60, connectMs = 30_000, totalMs = 60_000 });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Shop.DisposeAsync();
        await Database.DisposeAsync();
    }
}
