using System.Globalization;
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
