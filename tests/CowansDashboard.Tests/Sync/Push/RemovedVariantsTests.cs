using System.Globalization;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

[Trait("Category", "Integration")]
public sealed class RemovedVariantsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_removed_variant_simply_returns_before_a_push_and_is_made_anew_after_it_which_is_said_first()
    {
        await using var shop = await EditedShop.Start(database, 20);
        var variant = await database.Scalar<long>("""
            select min(v.id) from variants v where v.store_id = $1 and v.sku is not null and (select count(*) from variants o where o.product_id = v.product_id) between 3 and 30
            """, shop.Store);
        var (shopifyId, sku) = (await Text("select shopify_id::text from variants where id = $1", variant), await Text("select sku from variants where id = $1", variant));
        var saving = new SaveChangeSet(database.Source);
        var undoing = new UndoChanges(database.Source, saving);

        var first = await Remove();
        (await Preview(first)).Returning.ShouldHaveSingleItem().Note.ShouldBeNull();
        await undoing.Undo(new UndoScope(shop.Store, first), "7", "Ann", null, default);

        (await Text("select concat_ws(' ', shopify_id, mark, deleted_at) from variants where id = $1", variant)).ShouldBe($"{shopifyId} 0");
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "none", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();

        var second = await Remove();
        await shop.Push(await shop.Prepare());
        (await InShopify()).ShouldBeEmpty();
        (await Preview(second)).Returning.ShouldHaveSingleItem().Note.ShouldBe("Shopify has removed it: it comes back as a new one.");
        await undoing.Undo(new UndoScope(shop.Store, second), "7", "Ann", null, default);
        await shop.Push(await shop.Prepare());

        var made = (await InShopify()).ShouldHaveSingleItem();
        made.ShouldNotBe(shopifyId);
        (await Text("select concat_ws(' ', shopify_id, mark, deleted_at) from variants where id = $1", variant)).ShouldBe($"{made} 0");
        (await shop.Waiting()).ShouldBe(0);

        async Task<long> Remove() => (await saving.Save(new ChangeSetHead(shop.Store, ChangeSetKind.Edit, "Removed", null, "7", "Ann"),
            new WantedChanges { Removed = [new RowRef("variant", variant)] }, StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId;

        Task<UndoPreview> Preview(long set) => new PreviewUndo(database.Source).Preview(new UndoScope(shop.Store, set), 10, default);

        async Task<string[]> InShopify() => [.. (await shop.Demo.State("variants")).Where(row => row.GetProperty("sku").GetString() == sku).Select(row => row.GetProperty("id").GetString()!)];
    }

    [Fact]
    public async Task A_variant_that_a_webhook_brought_before_the_answer_of_its_push_was_kept_is_the_one_that_was_sent()
    {
        await using var shop = await EditedShop.Start(database, 20);
        var variant = await database.Scalar<long>("""
            select min(v.id) from variants v where v.store_id = $1 and v.sku is not null and (select count(*) from variants o where o.product_id = v.product_id) between 3 and 30
            """, shop.Store);
        var product = await database.Scalar<long>("select product_id from variants where id = $1", variant);
        var rows = await database.Scalar<long>("select count(*) from variants where product_id = $1", product);
        // As it stands when a push has sent the variant and knows no answer, and a read has brought what Shopify made of it.
        var mine = await database.Scalar<long>("""
            with mine as (
                insert into variants (store_id, product_id, position, title, option_values, sku, price, mark)
                select store_id, product_id, position, title, option_values, sku, price, 1 from variants where id = $1 returning id, store_id, product_id, price)
            insert into sent_fields (store_id, entity, entity_id, field, product_id, value, push_item_id) select store_id, 'variant', id, 'price', product_id, to_jsonb(price), 0 from mine returning entity_id
            """, variant);
        var shopifyId = await database.Scalar<long>("select shopify_id from variants where id = $1", variant);

        await shop.Push(await shop.Prepare([product]));

        (await Text("select concat_ws(' ', shopify_id, mark, deleted_at) from variants where id = $1", mine)).ShouldBe($"{shopifyId} 0");
        (await database.Scalar<long>("select count(*) from variants where product_id = $1", product)).ShouldBe(rows, "the stranger gave way");
        (await database.Scalar<long>("select count(*) from inventory_levels where variant_id = $1", mine)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_removal_that_would_leave_no_variant_because_Shopify_deleted_the_others_is_a_question_that_is_answered_either_way()
    {
        await using var shop = await EditedShop.Start(database, 20);
        var products = await database.Scalar<long[]>("""
            select (array_agg(product_id order by n, product_id))[1:2] from (
                select v.product_id, count(*) as n from variants v join products p on p.id = v.product_id
                where v.store_id = $1 and p.status = 'ACTIVE' group by 1 having count(*) between 2 and 12) counted
            """, shop.Store);
        var saving = new SaveChangeSet(database.Source);
        var (bySelf, byPull) = (await Side(products[0]), await Side(products[1]));

        // The plan stands when the others go: the look before the push hears of it, and nothing is asked of Shopify.
        await Remove(bySelf.Variant);
        var plan = await shop.Prepare([bySelf.Product]);
        await DeleteOthers(bySelf);
        var asked = await shop.Asked();
        await shop.Push(plan);
        (await shop.Items(plan)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Conflict);
        (await shop.Asked()).ShouldBe(asked);

        // And a pull hears of it before anybody sends.
        await Remove(byPull.Variant);
        await DeleteOthers(byPull);
        await PullAll();
        var conflicts = await Conflicts();
        conflicts.Select(row => row.ProductId).ShouldBe(products.Order().Select(id => (long?)id));
        conflicts.ShouldAllBe(row => row.Field == LastVariants.Field);
        var seen = conflicts.Single(row => row.ProductId == bySelf.Product);
        JsonValues.Elements(seen.Shopifys).ShouldHaveSingleItem().ShouldBe(bySelf.Title);
        JsonValues.Elements(seen.Ours).Order().ShouldBe(bySelf.Others.Order());

        await Resolve(seen, new Resolution.Ours());
        await Resolve(conflicts.Single(row => row.ProductId == byPull.Product), new Resolution.Shopifys());
        await shop.Push(await shop.Prepare());

        (await Titles(bySelf.ShopifyId)).ShouldBe(bySelf.Others.Order());
        (await Titles(byPull.ShopifyId)).ShouldBe([byPull.Title]);
        (await Text("select concat_ws(' ', mark, deleted_at) from variants where id = $1", byPull.Variant)).ShouldBe("0");
        (await shop.Waiting()).ShouldBe(0);
        await PullAll();
        (await Open()).ShouldBe(0);
        await shop.ShouldAgree();

        // Removed and taken back before anybody decides: nothing is left of the question.
        var last = await Remove(byPull.Variant);
        await shop.Shop.PullSelection(long.Parse(byPull.ShopifyId, CultureInfo.InvariantCulture));
        (await Open()).ShouldBe(1);
        await new UndoChanges(database.Source, saving).Undo(new UndoScope(shop.Store, last), "7", "Ann", null, default);
        (await Open()).ShouldBe(0);
        (await shop.Waiting()).ShouldBe(0);

        // Of two removed in one save Shopify deletes one as well, and all others: only the others are made anew.
        var two = await Side(await database.Scalar<long>("""
            select v.product_id from variants v join products p on p.id = v.product_id
            where v.store_id = $1 and p.status = 'ACTIVE' and v.product_id <> all($2) group by 1 having count(*) between 3 and 12 order by count(*), 1 limit 1
            """, shop.Store, products));
        var second = await database.Scalar<long>("select id from variants where product_id = $1 order by position offset 1 limit 1", two.Product);
        await Remove(two.Variant, second);
        plan = await shop.Prepare([two.Product]);
        await DeleteOthers(two);
        await shop.Push(plan);
        (await Text("select concat_ws(' ', mark, deleted_at is not null) from variants where id = $1", second)).ShouldBe("0 t", "Shopify has done that one");
        var asks = (await Conflicts()).ShouldHaveSingleItem();
        string[] remaining = [.. two.Others.Except([await Text("select title from variants where id = $1", second)]).Order()];
        JsonValues.Elements(asks.Ours).Order().ShouldBe(remaining);
        await Resolve(asks, new Resolution.Ours());
        await shop.Push(await shop.Prepare());
        (await Titles(two.ShopifyId)).ShouldBe(remaining);
        (await shop.Waiting()).ShouldBe(0);

        // A variant that a whole pull brought stands here, and the question is open still: answering it says so and ends it.
        await Remove(byPull.Variant);
        await shop.Shop.PullSelection(long.Parse(byPull.ShopifyId, CultureInfo.InvariantCulture));
        var past = (await Conflicts()).ShouldHaveSingleItem();
        await database.Scalar<long>("insert into variants (store_id, product_id, shopify_id, option_values, position, price) select store_id, id, 987654321, '{Another}', 9, 1 from products where id = $1 returning id", byPull.Product);
        var answer = await new ResolveConflicts(database.Source).Resolve(shop.Store, new Resolution.Shopifys(), [new SeenConflict(past.Id, past.Revision)], new ResolvedBy("7", "Ann"), default);
        (answer.ChangeSetId, answer.Fields).ShouldBe((null, 0));
        answer.Left.ShouldHaveSingleItem().Why.ShouldStartWith("It is over: the product has other variants again");
        (await Open()).ShouldBe(0);

        async Task<List<ConflictRow>> Conflicts() => [.. (await new FindConflicts(database.Source).Find(shop.Store, ConflictFilter.Everything, null, 10, default)).Rows.OrderBy(row => row.ProductId)];

        Task<long> Open() => database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", shop.Store);

        async Task PullAll() => (await shop.Host.Pull(shop.Store)).Now.Status.ShouldBe(RunStatus.Succeeded);

        async Task<Sided> Side(long product)
        {
            var variant = await database.Scalar<long>("select id from variants where product_id = $1 order by position limit 1", product);
            return new Sided(product, await Text("select shopify_id::text from products where id = $1", product), variant, await Text("select title from variants where id = $1", variant),
                await database.Scalar<string[]>("select array_agg(title) from variants where product_id = $1 and id <> $2", product, variant),
                await database.Scalar<string[]>("select array_agg(shopify_id::text) from variants where product_id = $1 and id <> $2", product, variant));
        }

        async Task<long> Remove(params long[] variants) => (await saving.Save(shop.Head(), new WantedChanges { Removed = [.. variants.Select(id => new RowRef("variant", id))] }, StaleMeans.Refuse, default))
            .ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId;

        async Task DeleteOthers(Sided side)
        {
            foreach (var id in side.OtherIds)
                await shop.Demo.Delete("variant", id);
        }

        async Task Resolve(ConflictRow row, Resolution wish) =>
            (await new ResolveConflicts(database.Source).Resolve(shop.Store, wish, [new SeenConflict(row.Id, row.Revision)], new ResolvedBy("7", "Ann"), default)).Fields.ShouldBe(1);

        async Task<string[]> Titles(string product) =>
            [.. (await shop.Demo.State("variants")).Where(row => row.GetProperty("productId").GetString() == product).Select(row => row.GetProperty("title").GetString()!).Order()];
    }

    private sealed record Sided(long Product, string ShopifyId, long Variant, string Title, string[] Others, string[] OtherIds);

    private Task<string> Text(string sql, long id) => database.Scalar<string>(sql, id);
}
