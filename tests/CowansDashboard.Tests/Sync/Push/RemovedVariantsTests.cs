using CowansDashboard.History;
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

    private Task<string> Text(string sql, long id) => database.Scalar<string>(sql, id);
}
