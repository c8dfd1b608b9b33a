using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Tests.Sync.Pull;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>
/// Webhooks as they really come: one of a hundred never, one of twenty twice, all in disorder, while a node dies.
/// WEBHOOK_EVENTS=10000 runs it at full size.
/// </summary>
[Trait("Category", "Integration")]
public sealed class LostWebhooksTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private const int Products = 90; // fewer than the shops in which one product has 2,048 variants

    private TimeSpan _ahead = TimeSpan.FromHours(2);

    public static int Events { get; } = int.Parse(Environment.GetEnvironmentVariable("WEBHOOK_EVENTS") ?? "600", CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_was_lost_is_counted_as_missed_and_after_one_comparison_the_copy_equals_the_shop()
    {
        await using var shop = await ChangingShop.Hearing(database, Products);
        var demo = shop.Demo;
        await using var node = HearingNode.At(database, demo, "two");
        await node.Start();
        await node.Subscribe(shop.Host, demo, shop.Store,
            "PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "INVENTORY_LEVELS_CONNECT", "INVENTORY_LEVELS_UPDATE", "INVENTORY_LEVELS_DISCONNECT",
            "INVENTORY_ITEMS_CREATE", "INVENTORY_ITEMS_UPDATE", "INVENTORY_ITEMS_DELETE", "COLLECTIONS_UPDATE", "COLLECTIONS_DELETE", "ORDERS_CREATE");
        await demo.Webhooks(new { seed = 11, drop = 1, @double = 5, shuffle = 400, shuffleWaitMs = 300, retryScale = 60, connectMs = 30_000, totalMs = 60_000 });

        var round = 0;
        while (await Fired(demo) < Events / 2)
            await SomethingHappens(shop, ++round);
        await Patience.Until(() => database.Scalar<bool>("select exists (select from webhook_deliveries where claimed_until is not null or state = 'done')"));
        await node.Kill();
        await SomethingHappens(shop, ++round);
        await node.Start();
        while (await Fired(demo) < Events)
            await SomethingHappens(shop, ++round);
        await AllIsHeard(shop);
        // Of each kind of change some are certainly lost now, and no later event makes up for them.
        await demo.Webhooks(new { drop = 100 });
        await SomeAreLost(shop);
        await AllIsHeard(shop);

        var report = (await demo.WebhookReport()).GetProperty("topics");
        foreach (var topic in report.EnumerateObject())
            output.WriteLine($"{topic.Name}: {topic.Value}");
        Sum("fired").ShouldBeGreaterThanOrEqualTo(Events);
        Sum("doubled").ShouldBeGreaterThan(0);
        Sum("failed").ShouldBe(0);
        (await database.Scalar<long>("select count(*) from webhook_deliveries")).ShouldBe(Sum("delivered"), "each was kept once");
        (await database.Scalar<long>("select count(*) from webhook_deliveries where state <> 'done'")).ShouldBe(0);
        var differing = await Differing(shop);
        foreach (var (topic, ids) in differing)
            output.WriteLine($"{topic}: {ids.Count} differ");
        differing.Values.ShouldAllBe(ids => ids.Count > 0);
        (await NotMissed(demo, differing)).ShouldBeEmpty("what was delivered is in the copy");

        await Compare(shop);

        await shop.ShouldBeInTheCopy();
        var after = new ManualClock(TimeProvider.System.GetUtcNow() + ReadMissed.Grace + TimeSpan.FromMinutes(1));
        var missed = (await new ReadMissed(database.Source, after).Topics(shop.Store, DateTimeOffset.UnixEpoch, default)).Where(topic => topic.Missed > 0);
        string.Join(", ", missed.Select(topic => $"{topic.Topic} {topic.Missed}").Order()).ShouldBe(string.Join(", ", differing.Select(topic => $"{topic.Key} {topic.Value.Count}").Order()));

        long Sum(string what) => report.EnumerateObject().Sum(topic => topic.Value.GetProperty(what).GetInt64());
    }

    private async Task SomethingHappens(ChangingShop shop, int seed)
    {
        var demo = shop.Demo;
        await Later(demo);
        await demo.EditMany("product", 40, seed, true, "title", "tags", "vendor", "status");
        await Later(demo);
        await demo.EditMany("variant", 40, seed, true, "price", "barcode");
        await Later(demo);
        await demo.EditMany("inventory-level", 50, seed, true, "available");
        await Later(demo);
        await demo.EditMany("metafield", 10, seed, true, "value");
        await Later(demo);
        await demo.Order(10, seed);
        await Later(demo);
        await demo.Create(3);
        var products = await shop.Ids("products");
        await demo.Delete("product", products[seed % products.Length]);
        var collections = await shop.Ids("collections");
        await demo.Edit("collection", collections[seed % collections.Length], new { title = $"Collection of round {seed}" });
    }

    private async Task SomeAreLost(ChangingShop shop)
    {
        var demo = shop.Demo;
        await demo.Delete("product", (await shop.Ids("products"))[7]);
        await demo.Create(3);
        await Later(demo);
        await demo.EditMany("product", 4, 1_001, true, "title");
        await Later(demo);
        await demo.EditMany("variant", 4, 1_002, true, "price");
        await Later(demo);
        await demo.EditMany("inventory-level", 6, 1_003, true, "available");
        await Later(demo);
        await demo.Edit("collection", (await shop.Ids("collections"))[0], new { title = "Of this nobody tells" });
    }

    // Two changes of the same two seconds cannot be told apart by Shopify's times.
    private async Task Later(DemoStore demo) => await demo.MoveClock(_ahead += TimeSpan.FromSeconds(5));

    private static async Task<long> Fired(DemoStore demo) =>
        (await demo.WebhookReport()).GetProperty("topics").EnumerateObject().Sum(topic => topic.Value.GetProperty("fired").GetInt64());

    private async Task AllIsHeard(ChangingShop shop)
    {
        await shop.Demo.WebhooksAreOut();
        // A batch that the dead node had taken is free again after a minute or two: they have passed.
        await database.Scalar<long>("""
            with deliveries as (update webhook_deliveries set claimed_until = now() where claimed_until > now() returning 1),
            notes as (update webhook_rereads set claimed_until = now() where claimed_until > now() returning 1)
            select (select count(*) from deliveries) + (select count(*) from notes)
            """);
        await HearingNode.Handled(database, shop.Store);
    }

    private static async Task Compare(ChangingShop shop)
    {
        var started = (await shop.Host.Get<StartComparison>().Start(shop.Store, ComparisonDepth.Full, PullHost.Ann, default)).ShouldBeOfType<StartComparisonOutcome.Started>();
        await shop.Host.Until(started.RunId, run => run.Now.Status == RunStatus.Succeeded);
    }

    /// <summary>What the copy does not know of, by the topic that should have told it: Shopify's ids of products, stock items and collections.</summary>
    private async Task<Dictionary<string, HashSet<string>>> Differing(ChangingShop shop)
    {
        var (theirs, ours) = ((await shop.Demo.State("products")).Select(row => row.GetProperty("id").GetString()!.Split('/')[^1]).ToHashSet(), await Ours("select shopify_id::text from products where shopify_id is not null and deleted_at is null"));
        var changed = new HashSet<string>();
        foreach (var (kind, product) in new[] { ("products", 0), ("options", 1), ("variants", 1) })
            changed.UnionWith((await database.Differing(shop.Store, shop.Demo, kind)).Select(row => row[product].Split('/')[^1]));
        changed.IntersectWith(theirs);
        changed.IntersectWith(ours);
        // What a collection's rules choose tells nobody.
        var collections = (await database.Differing(shop.Store, shop.Demo, "collections")).GroupBy(row => row[0])
            .Where(rows => rows.Count() == 2 && !rows.First().Take(8).SequenceEqual(rows.Last().Take(8))).Select(rows => rows.Key.Split('/')[^1]);
        // Variant, item, location, whether it is active, how many are available, and more.
        var items = (await database.Differing(shop.Store, shop.Demo, "inventory-levels")).GroupBy(row => (Item: row[1], Location: row[2]))
            .Where(rows => rows.Count() == 2 && rows.First()[4] != rows.Last()[4]).Select(rows => rows.Key.Item.Split('/')[^1]);
        return new()
        {
            ["products/create"] = [.. theirs.Except(ours)],
            ["products/delete"] = [.. ours.Except(theirs)],
            ["products/update"] = changed,
            ["inventory_levels/update"] = [.. items],
            ["collections/update"] = [.. collections],
        };
    }

    /// <summary>Of what differs that whose last event the shop says it has delivered.</summary>
    private static async Task<List<string>> NotMissed(DemoStore demo, Dictionary<string, HashSet<string>> differing)
    {
        var missed = (await demo.MissedWebhooks()).SelectMany(topic => topic.Value.Select(id => $"{topic.Key.Split('/')[0]} {id.Split('=')[^1]}")).ToHashSet();
        return [.. differing.SelectMany(topic => topic.Value.Select(id => $"{topic.Key.Split('/')[0]} {id}")).Where(one => !missed.Contains(one))];
    }

    private async Task<HashSet<string>> Ours(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new HashSet<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
