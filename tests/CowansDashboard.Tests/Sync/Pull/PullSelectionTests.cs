using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class PullSelectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Only_the_selected_products_are_pulled_and_those_that_are_gone_are_marked()
    {
        await using var shop = await ChangingShop.Pulled(database, 60);
        var changed = (await shop.Demo.EditMany("product", 12, 1, true, "title", "tags")).Select(Number).ToArray();
        await shop.Demo.EditMany("variant", 5, 2, true, "price");
        var created = Number((await shop.Demo.Create(1))[0]);
        var gone = long.Parse((await shop.Ids("products")).First(id => !changed.Contains(long.Parse(id, CultureInfo.InvariantCulture))), CultureInfo.InvariantCulture);
        await shop.Demo.Delete("product", $"{gone}");
        const long never = 4_611_686_018_427_387_904;
        var since = await shop.Since();

        var run = await shop.PullSelection([.. changed[..6], created, gone, never, changed[0]]);

        run.Now.Streams.Single(stream => stream.Name == "products").Done.ShouldBe(9);
        (await Titles(shop)).ShouldBe(6);
        (await database.Scalar<bool>("select deleted_at is not null from products where store_id = $1 and shopify_id = $2", shop.Store, gone)).ShouldBeTrue();
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and shopify_id = $2 and deleted_at is null", shop.Store, created)).ShouldBe(1);
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and shopify_id = $2", shop.Store, never)).ShouldBe(0);
        (await shop.Since()).ShouldBe(since);

        await shop.PullSelection([.. (await shop.Ids("products")).Select(id => long.Parse(id, CultureInfo.InvariantCulture))]);
        await shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task Whole_collections_are_read_with_the_products_in_them_and_nothing_else()
    {
        await using var shop = await ChangingShop.Pulled(database, 60);
        var collection = await database.Scalar<long>("""
            select c.shopify_id from collections c join collection_members m on m.collection_id = c.id where c.store_id = $1 group by 1 having count(*) between 2 and 40 order by count(*) desc limit 1
            """, shop.Store);
        var members = await database.Scalar<long[]>("""
            select array_agg(p.shopify_id order by p.id) from collection_members m join products p on p.id = m.product_id join collections c on c.id = m.collection_id
            where c.store_id = $1 and c.shopify_id = $2
            """, shop.Store, collection);
        var other = await database.Scalar<long>("select shopify_id from products where store_id = $1 and shopify_id <> all($2) limit 1", shop.Store, members);
        foreach (var id in new[] { members[0], members[^1], other })
            await shop.Demo.Edit("product", $"{id}", new { templateSuffix = "told-by-nobody" }, touch: false);
        var gone = (await shop.Demo.State("collections")).Select(row => long.Parse(row.GetProperty("id").GetString()!, CultureInfo.InvariantCulture)).First(id => id != collection);
        await shop.Demo.Delete("collection", $"{gone}");

        var parameters = System.Text.Json.JsonSerializer.SerializeToElement(new { shopifyIds = Array.Empty<long>(), collections = new[] { collection, gone } });
        var enqueued = (await shop.Host.Get<EnqueueRun>().Enqueue(new RunRequest(StartPull.Selection, shop.Store, PullHost.Ann, parameters), null, default)).ShouldBeOfType<EnqueueOutcome.Enqueued>();
        await shop.Host.Until(enqueued.RunId, run => run.Now.Status == RunStatus.Succeeded);

        (await database.Scalar<long[]>("select array_agg(shopify_id order by id) from products where store_id = $1 and template_suffix = 'told-by-nobody'", shop.Store)).ShouldBe([members[0], members[^1]]);
        (await database.Scalar<bool>("select deleted_at is not null from collections where store_id = $1 and shopify_id = $2", shop.Store, gone)).ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_selected_and_too_much_selected_are_refused()
    {
        await using var shop = await ChangingShop.Pulled(database, 10);
        var start = shop.Host.Get<StartPull>();

        (await start.Start(new PullRequest(shop.Store, PullScope.Selection, PullHost.Ann), default)).ShouldBeOfType<StartPullOutcome.Wrong>().Field.ShouldBe("productIds");
        var many = new PullRequest(shop.Store, PullScope.Selection, PullHost.Ann) { ShopifyIds = [.. Enumerable.Range(1, 25_001).Select(id => (long)id)] };
        (await start.Start(many, default)).ShouldBeOfType<StartPullOutcome.Wrong>().Sentence.ShouldContain("25001");
    }

    private Task<long> Titles(ChangingShop shop) =>
        database.Scalar<long>("select count(*) from products where store_id = $1 and title like '%(edit %'", shop.Store);

    private static long Number(string gid) => CowansDashboard.Shopify.ShopifyId.Parse(gid).Number;
}
