using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>What is read, changed by others, or stopped while a collection is on its way to Shopify.</summary>
[Trait("Category", "Integration")]
public sealed class PushCollectionsMeanwhileTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task What_Shopify_makes_of_a_picture_and_of_HTML_is_no_conflict_whoever_reads_it_first()
    {
        await using var collections = await EditedCollections.Start(database, 20);
        var shop = collections.Shop;
        var home = await collections.Id("Home page");
        await collections.Set("collections", home, "image_url", "'https://example.com/picture.jpg'");
        await collections.Set("collections", home, "description_html", "'<p onclick=\"go()\">New</p>'");
        await shop.Demo.Fault("hold-answer", new { operation = "CollectionUpdate" });
        var plan = await collections.Prepare();
        var run = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold-answer");

        // As the webhook of our own change reads it.
        var read = await new ReadCollections(shop.Demo.Admin(), database.Source).Read([await collections.ShopifyId(home)], default);
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await new MergeCollections(shop.Store, null).Merge(connection, read, default);
            await transaction.CommitAsync();
        }
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1", shop.Store)).ShouldBe(0);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(run, done => done.Now.Status == RunStatus.Succeeded);
        (await shop.Items(plan)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Done);
        (await database.Scalar<string>("select description_html from collections where id = $1", home)).ShouldBe("<p>New</p>");
        await collections.ShouldAgree();

        // The answer is lost: nobody knows whether it is ours, and it is sent once more.
        await collections.Set("collections", home, "image_url", "'https://example.com/other.jpg'");
        await shop.Demo.Fault("die-after-executing", new { operation = "CollectionUpdate", times = 1 });
        await collections.Push();
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1", shop.Store)).ShouldBe(0);
        await collections.ShouldAgree();

        // The node died an hour ago while it sent, and somebody else has written in Shopify since.
        await collections.Set("collections", home, "description_html", "'<p>Ours</p>'");
        var died = await collections.Prepare();
        await database.Scalar<long>("""
            with i as (update push_items set status = 'sent' where plan_id = $2 returning id, entity_id),
            s as (
                insert into sent_fields (store_id, entity, entity_id, field, value, push_item_id, sent_at)
                select $1, 'collection', entity_id, 'description_html', to_jsonb('<p>Ours</p>'::text), id, now() - interval '1 hour' from i)
            select count(*) from i
            """, shop.Store, died);
        var gid = CowansDashboard.Shopify.ShopifyId.Collection(await collections.ShopifyId(home));
        await collections.Done(Mutations.CollectionUpdate(new JsonObject { ["id"] = $"{gid}", ["descriptionHtml"] = "<p>Theirs</p>" }));
        await shop.Push(died);
        (await shop.Items(died)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Conflict);
        (await shop.Demo.State("collections")).Single(row => $"gid://shopify/Collection/{row.GetProperty("id").GetString()}" == $"{gid}").GetProperty("descriptionHtml").GetString().ShouldBe("<p>Theirs</p>");
    }

    [Fact]
    public async Task An_order_that_somebody_changes_while_ours_is_half_sent_is_a_conflict_and_a_push_that_is_stopped_loses_nothing()
    {
        await using var collections = await EditedCollections.Start(database, 560);
        var shop = collections.Shop;
        var collection = await collections.Make("Many", EditedCollections.Picked(await collections.Products(550)));
        await collections.Push();
        long[] wanted = [.. (await collections.Members(collection)).Reverse()];
        await collections.Order(collection, wanted);
        var plan = await collections.Prepare();

        // Stopped while the second of three batches is on its way; and then somebody else orders.
        await Stopped(plan, 1);
        var sent = await shop.Executed("collectionReorderProducts");
        var gid = CowansDashboard.Shopify.ShopifyId.Collection(await collections.ShopifyId(collection));
        var order = await InShopify();
        await collections.Done(Mutations.CollectionReorderProducts(gid, [new JsonObject { ["id"] = $"gid://shopify/Product/{order[0]}", ["newPosition"] = "549" }]));
        await Patience.Until(async () => (await InShopify())[^1] == order[0]);
        await Again(plan);
        (await shop.Items(plan)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Conflict);
        (await shop.Executed("collectionReorderProducts")).ShouldBe(sent + 1, "theirs");
        (await InShopify())[^1].ShouldBe(order[0]);

        // Decided for ours, stopped again, and tried again with nobody in between: it goes on from where it stands.
        var conflict = (await new FindConflicts(database.Source).Find(shop.Store, new ConflictFilter { Field = MemberOrder.Field }, null, 10, default)).Rows.ShouldHaveSingleItem();
        (await new ResolveConflicts(database.Source).Resolve(shop.Store, new Resolution.Ours(), [new SeenConflict(conflict.Id, conflict.Revision)], new ResolvedBy("8", "Bea"), default)).Fields.ShouldBe(1);
        var second = await collections.Prepare();
        await Stopped(second, 0);
        await Again(second);
        (await shop.Items(second)).Where(item => item.Status is not (PushStatus.Done or PushStatus.Skipped)).Select(EditedCollections.Said).ShouldBeEmpty();
        (await collections.Members(collection)).ShouldBe(wanted);
        await collections.ShouldAgree();

        async Task Stopped(long planId, int after)
        {
            await shop.Demo.Fault("hold", new { operation = "CollectionReorderProducts", skip = after });
            var run = await shop.Apply(planId);
            await shop.Demo.HasCaught("hold");
            var before = await InShopify();
            await shop.Host.Get<CancelRun>().Cancel(run, PullHost.Ann, default);
            // Its job is over only when the node has stopped: else a slow one would send what comes after it too.
            await shop.Demo.Fault("slow-jobs");
            await shop.Demo.ClearFaults("hold");
            await shop.Host.Until(run, done => done.Now.Status == RunStatus.Cancelled);
            await shop.Demo.ClearFaults();
            await Patience.Until(async () => !(await InShopify()).SequenceEqual(before));
        }

        async Task Again(long planId)
        {
            var again = (await shop.Host.Get<RetryFailedItems>().Retry(shop.Store, planId, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
            await shop.Host.Until(again, run => run.Now.Status == RunStatus.Succeeded);
        }

        async Task<string[]> InShopify()
        {
            var id = $"{await collections.ShopifyId(collection)}";
            return [.. (await shop.Demo.State("collection-members")).Where(row => row.GetProperty("collectionId").GetString() == id).OrderBy(row => row.GetProperty("position").GetInt32()).Select(row => row.GetProperty("productId").GetString()!)];
        }
    }
}
