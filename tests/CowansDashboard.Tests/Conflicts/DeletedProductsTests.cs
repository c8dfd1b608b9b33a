using System.Globalization;
using CowansDashboard.Conflicts;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Conflicts;

/// <summary>Deleted in Shopify while edited here: found by a pull, decided by a person, and seen through to Shopify.</summary>
[Trait("Category", "Integration")]
public sealed class DeletedProductsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly ResolvedBy Ann = new("7", "Ann");

    [Fact]
    public async Task A_product_that_was_edited_here_is_made_anew_or_let_go()
    {
        await using var shop = await EditedShop.Start(database, 30);
        var products = (await shop.Demo.State("products")).Where(product => product.GetProperty("variantsCount").GetInt32() is > 1 and < 20).Take(3)
            .Select(product => product.GetProperty("id").GetString()!).ToArray();
        var ours = await shop.Edit("products", "title", "'Kept by us'", $"shopify_id in ({products[0]}, {products[1]})");
        await shop.Demo.Delete("product", products);

        await shop.Host.Pull(shop.Store);

        var queue = await new FindConflicts(database.Source).Find(shop.Store, new ConflictFilter { Field = "deleted" }, null, 10, default);
        queue.Rows.Select(row => row.EntityId).Order().ToArray().ShouldBe([.. ours.Order()], "the third was not edited: it simply goes");
        queue.Rows[0].Ours!.ToJsonString().ShouldBe("[\"title\"]");
        (await new CountOpenConflicts(database.Source).Count(shop.Store, default)).Fields.ShouldBe(2);

        var (anew, gone) = (queue.Rows.First(row => row.EntityId == ours[0]), queue.Rows.First(row => row.EntityId == ours[1]));
        var resolve = new ResolveConflicts(database.Source);
        (await resolve.Resolve(shop.Store, new Resolution.ByRules(), [new(anew.Id, anew.Revision)], Ann, default)).Fields.ShouldBe(0, "no rule decides a deletion");
        (await resolve.Resolve(shop.Store, new Resolution.Another("x"), [new(anew.Id, anew.Revision)], Ann, default)).Fields.ShouldBe(0);
        var kept = await resolve.Resolve(shop.Store, new Resolution.Ours(), [new(anew.Id, anew.Revision)], Ann, default);
        (await resolve.Resolve(shop.Store, new Resolution.Shopifys(), [new(gone.Id, gone.Revision)], Ann, default)).Fields.ShouldBe(1);

        kept.Fields.ShouldBe(1);
        (await Text("select concat_ws(' ', title, mark, shopify_id is null, deleted_at is null, pending is null) from products where id = $1", ours[0])).ShouldBe("Kept by us 1 t t t");
        (await Text("select concat_ws(' ', mark, deleted_at is not null, pending is null) from products where id = $1", ours[1])).ShouldBe("0 t t");
        (await database.Scalar<short>("select sync_state from product_summaries where product_id = $1", ours[0])).ShouldBe((short)2);
        await shop.Host.Pull(shop.Store);
        (await new CountOpenConflicts(database.Source).Count(shop.Store, default)).Fields.ShouldBe(0, "a later pull does not ask again");

        var variants = await database.Scalar<long>("select count(*) from variants where product_id = $1 and deleted_at is null", ours[0]);
        var plan = await shop.Prepare([ours[0]]);
        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => $"{item.Entity} {item.Status} {item.Outcome}").ShouldBeEmpty();
        var made = (await shop.Demo.State("products")).Single(product => product.GetProperty("title").GetString() == "Kept by us");
        made.GetProperty("variantsCount").GetInt64().ShouldBe(variants);
        (await database.Scalar<long>("select shopify_id from products where id = $1 and mark = 0", ours[0])).ToString(CultureInfo.InvariantCulture).ShouldBe(made.GetProperty("id").GetString());
    }

    private Task<string> Text(string sql, long id) => database.Scalar<string>(sql, id);
}
