using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
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

    [Fact]
    public async Task Rows_that_were_added_or_removed_here_and_edits_of_stock_and_of_variants_metafields_are_no_less_edits()
    {
        await using var shop = await EditedShop.Start(database, 200);
        var products = await database.Scalar<long[]>("""
            select array_agg(id order by id) from (
                select p.id from products p where p.store_id = $1 and (select count(*) from variants v where v.product_id = p.id) between 3 and 30
                    and exists (select from inventory_levels n join variants v on v.id = n.variant_id where v.product_id = p.id)
                order by p.id limit 6) p
            """, shop.Store);
        var (added, removed, stocked, noted, removedToo, plain) = (products[0], products[1], products[2], products[3], products[4], products[5]);
        var saving = new SaveChangeSet(database.Source);
        var option = await database.Scalar<int>("select count(*)::int from product_options where product_id = $1", added);
        await Save(new WantedChanges
        {
            Added = [new NewRow("variant", -1, new JsonObject { ["product_id"] = added, ["title"] = "New", ["option_values"] = new JsonArray([.. Enumerable.Range(1, option).Select(i => (JsonNode)$"New {i}")]), ["position"] = 99, ["price"] = 5 })],
        });
        await Save(new WantedChanges { Removed = [new RowRef("variant", await Last(removed))] });
        await Save(new WantedChanges { Removed = [new RowRef("variant", await Last(removedToo))], Fields = [new FieldEdit("product", removedToo, "vendor", await Text("select vendor from products where id = $1", removedToo), "Ours")] });
        await shop.Edit("inventory_levels", "available", "coalesce(available, 0) + 3", $"variant_id in (select id from variants where product_id = {stocked})", 1);
        await Save(new WantedChanges
        {
            Added = [new NewRow("metafield", -1, new JsonObject { ["owner_kind"] = "variant", ["owner_id"] = await Last(noted), ["namespace"] = "custom", ["key"] = "wash", ["type"] = "single_line_text_field", ["value"] = "Cold" })],
        });
        await shop.Demo.Delete("product", [.. await Task.WhenAll(products.Select(id => Text("select shopify_id::text from products where id = $1", id)))]);

        await shop.Host.Pull(shop.Store);

        var queue = (await new FindConflicts(database.Source).Find(shop.Store, new ConflictFilter { Field = "deleted" }, null, 10, default)).Rows;
        string Ours(long product) => queue.Single(row => row.EntityId == product).Ours!.ToJsonString();
        queue.ShouldNotContain(row => row.EntityId == plain);
        (Ours(added), Ours(removed), Ours(stocked), Ours(noted), Ours(removedToo))
            .ShouldBe(("[\"variants: added\"]", "[\"variants: removed\"]", "[\"stock\"]", "[\"metafield: custom.wash\"]", "[\"variants: removed\",\"vendor\"]"));
        var resolve = new ResolveConflicts(database.Source);
        foreach (var product in new[] { removed, stocked, noted })
            (await resolve.Resolve(shop.Store, new Resolution.Shopifys(), [Seen(product)], Ann, default)).Fields.ShouldBe(1);
        var left = await database.Scalar<long>("select count(*) from variants where product_id = $1 and mark <> 2", removedToo);
        foreach (var product in new[] { added, removedToo })
            (await resolve.Resolve(shop.Store, new Resolution.Ours(), [Seen(product)], Ann, default)).Fields.ShouldBe(1);

        var plan = await shop.Prepare();
        (await shop.Items(plan)).Select(item => item.ProductId).Distinct().Order().ToArray().ShouldBe([.. new[] { added, removedToo }.Order()], "what was let go waits for nothing");
        await shop.Push(plan);
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => $"{item.Entity} {item.Status} {item.Outcome}").ShouldBeEmpty();
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "again", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();
        (await database.Scalar<long>("select count(*) from variants where product_id = $1 and deleted_at is null", removedToo)).ShouldBe(left, "what had been removed does not come along");

        async Task Save(WantedChanges wanted) =>
            (await saving.Save(new ChangeSetHead(shop.Store, ChangeSetKind.Edit, "Edited", null, "7", "Ann"), wanted, StaleMeans.Refuse, default)).ShouldBeOfType<SaveOutcome.Saved>();

        Task<long> Last(long product) => database.Scalar<long>("select max(id) from variants where product_id = $1 and deleted_at is null", product);

        SeenConflict Seen(long product) => new(queue.Single(row => row.EntityId == product).Id, queue.Single(row => row.EntityId == product).Revision);
    }

    private Task<string> Text(string sql, long id) => database.Scalar<string>(sql, id);
}
