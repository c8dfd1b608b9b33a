using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Tests.Sync.Purge;

/// <summary>A collection deleted here: published nowhere, restorable for its window, deleted in Shopify afterwards, and never against somebody's edit there.</summary>
[Trait("Category", "Integration")]
public sealed class DeleteCollectionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan AWindowLater = TimeSpan.FromHours(25);

    [Fact]
    public async Task When_its_window_is_over_a_removed_collection_is_deleted_in_Shopify_and_one_that_was_restored_stays()
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "Shown", "Nowhere", "Restored");
        var (shown, nowhere, restored) = (ids[0], ids[1], ids[2]);
        await Publish(collections, shown);
        await shop.Host.Pull(shop.Store);

        await Delete(shop, ids);
        (await State(shown)).ShouldBe("f f", "the window begins when Shopify has confirmed it");
        (await State(nowhere)).ShouldBe("t t", "Shopify publishes it nowhere: nothing is waited for");
        (await Listed(shop, "Shown")).Removal.ShouldNotBeNull().EndsAt.ShouldBeNull();
        (await collections.Push()).ShouldHaveSingleItem().CollectionId.ShouldBe(shown);
        (await State(shown)).ShouldBe("t t");
        (await Listed(shop, "Shown")).Removal.ShouldNotBeNull().EndsAt.ShouldNotBeNull();
        var starts = new StartPurges(database.Source, shop.Host.Get<EnqueueRun>(), TimeProvider.System, NullLogger<StartPurges>.Instance);
        (await Purge(shop, TimeSpan.FromHours(23))).Now.Done.ShouldBe(0);
        (await RollBack(shop, restored)).ShouldBeOfType<SaveOutcome.Saved>();

        await TimeGoesOn(shop, TimeSpan.FromHours(2));
        await starts.Start(default);
        await Patience.Until(() => database.Scalar<long>("select count(*) from collection_removals where store_id = $1 and closed_as = 'purged'", shop.Store), purged => purged == 2);

        foreach (var id in (long[])[shown, nowhere])
        {
            (await InShopify(collections, id)).ShouldBeFalse();
            (await State(id)).ShouldBe("t t purged");
            (await database.Scalar<string>("select concat_ws(' ', deleted_at is not null, mark, pending) from collections where id = $1", id)).ShouldBe("t 0");
            (await database.Scalar<string>("select string_agg(s.kind || ' ' || c.entity || ' ' || c.field, ', ' order by c.id) from changes c join change_sets s on s.id = c.change_set_id where c.collection_id = $1 and c.entity = 'collection' and s.kind <> 'remote'", id))
                .ShouldBe("delete collection removal, delete collection removed");
            (await RollBack(shop, id)).ShouldBeNull("there is no way back any more");
        }
        (await InShopify(collections, restored)).ShouldBeTrue();
        (await State(restored)).ShouldBe("t t restored");
        (await Listed(shop, "Restored")).Removal.ShouldBeNull();
        (await Purge(shop, AWindowLater)).Now.Done.ShouldBe(0);
        (await shop.Executed("collectionDelete")).ShouldBe(2);
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task What_was_changed_in_Shopify_meanwhile_stays_until_a_person_has_decided()
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "Titled", "Shown again", "Picked into", "Plain", "Refused", "Theirs");
        var (titled, shown, picked, plain, refused, theirs) = (ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]);
        await Delete(shop, ids);
        await shop.Demo.Edit("collection", await Id(titled), new { title = "Titled there" });
        await Publish(collections, shown);
        var products = await database.Scalar<string[]>("select array_agg(shopify_id::text order by shopify_id) from products where store_id = $1", shop.Store);
        await shop.Demo.ChangeMembers(await Id(picked), [products[^1]], []);
        await shop.Demo.ChangeMembers(await Id(plain), [], [products[0]]);
        await shop.Demo.Delete("collection", await Id(theirs));
        await shop.Demo.Fault("poison", new { ids = new[] { await Id(refused) }, message = "A sales channel needs it" });

        var run = await Purge(shop, AWindowLater);

        (run.Now.Counters.Deleted, run.Now.Counters.Conflicts, run.Now.Counters.Failed).ShouldBe((1, 3, 1));
        (await State(plain)).ShouldBe("t t purged");
        (await State(theirs)).ShouldBe("t t gone");
        (await Changed(titled)).ShouldBe("title");
        (await Changed(shown)).ShouldBe("published on 1 place");
        (await Changed(picked)).ShouldBe("1 product chosen by hand");
        (await database.Scalar<string>("select concat_ws('|', problem, purge_sent_at is null, closed_at is null) from collection_removals where collection_id = $1", refused)).ShouldBe("A sales channel needs it|t|t");
        (await shop.Executed("collectionDelete")).ShouldBe(1);
        (await Listed(shop, "Titled")).Removal.ShouldNotBeNull().Changed.ShouldBe(["title"]);

        await shop.Demo.ClearFaults();
        (await Purge(shop, TimeSpan.FromMinutes(30))).Now.Done.ShouldBe(0, "what was refused is tried again after an hour, what was changed when somebody has decided");
        var anyway = new DeleteCollectionAnyway(database.Source);
        (await anyway.Delete(shop.Store, titled, [], "Bea", default)).ShouldBeFalse("that was not seen");
        (await anyway.Delete(shop.Store, titled, ["title"], "Bea", default)).ShouldBeTrue();
        (await RollBack(shop, shown)).ShouldBeOfType<SaveOutcome.Saved>();
        (await RollBack(shop, picked)).ShouldBeOfType<SaveOutcome.Saved>();
        (await Purge(shop, TimeSpan.FromHours(1))).Now.Counters.Deleted.ShouldBe(2);
        (await State(titled)).ShouldBe("t t purged");
        (await State(refused)).ShouldBe("t t purged");
        (await InShopify(collections, shown) && await InShopify(collections, picked)).ShouldBeTrue();
        await collections.ShouldAgree();
    }

    [Fact]
    public async Task A_window_also_begins_once_a_look_finds_the_collection_nowhere_and_one_that_is_shown_again_before_is_taken_back_first()
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "Waits", "Shown again");
        await Delete(shop, ids);
        await database.Scalar<long>("with e as (update collection_removals set confirmed_at = null, ends_at = null, confirmed = null where store_id = $1 returning 1) select count(*) from e", shop.Store);
        await Publish(collections, ids[1]);
        await shop.Host.Pull(shop.Store);

        await new StartPurges(database.Source, shop.Host.Get<EnqueueRun>(), TimeProvider.System, NullLogger<StartPurges>.Instance).Start(default);

        (await State(ids[0])).ShouldBe("t t");
        (await State(ids[1])).ShouldBe("f f");
        (await database.Scalar<long>("select count(*) from collection_publications where collection_id = $1 and mark = 2", ids[1])).ShouldBe(1, "it is taken back with the next push");
        await collections.Push();
        (await State(ids[1])).ShouldBe("t t");
    }

    [Theory]
    [InlineData("die-after-executing")]
    [InlineData("drop-connection")]
    public async Task A_deletion_whose_answer_is_lost_is_looked_for_and_not_made_twice(string fault)
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "One", "Two");
        await Delete(shop, ids);
        await shop.Demo.Fault(fault, fault == "drop-connection" ? new { times = 1, operation = "CollectionDelete" } : new { times = 1 });

        var run = await Purge(shop, AWindowLater);

        run.Now.Counters.Deleted.ShouldBe(2);
        (await shop.Executed("collectionDelete")).ShouldBe(2);
        await Purged(collections, ids);
    }

    [Fact]
    public async Task A_collection_that_somebody_deletes_in_Shopify_at_the_same_moment_is_deleted()
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "One");
        await Delete(shop, ids);
        await shop.Demo.Fault("hold", new { operation = "CollectionDelete" });
        await TimeGoesOn(shop, AWindowLater);
        var run = await Enqueue(shop);
        await shop.Demo.HasCaught("hold");

        await shop.Demo.Delete("collection", await Id(ids[0]));
        await shop.Demo.ClearFaults();

        (await shop.Host.Until(run, done => done.Now.Status == RunStatus.Succeeded)).Now.Counters.Deleted.ShouldBe(1);
        await Purged(collections, ids);
        (await shop.Executed("collectionDelete")).ShouldBe(0, "Shopify said that it does not exist");
    }

    [Theory]
    [InlineData("hold", "nothing is deleted yet")]
    [InlineData("hold-answer", "Shopify has deleted it and nobody has noted it")]
    public async Task A_purge_killed_after_its_intent_goes_on_and_deletes_once(string fault, string moment)
    {
        await using var collections = await EditedCollections.Start(database, 15);
        var shop = collections.Shop;
        var ids = await Made(collections, "One", "Two");
        await Delete(shop, ids);
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "purging");
        await first.FirstLine;
        await shop.Demo.Fault(fault, new { operation = "CollectionDelete" });
        await TimeGoesOn(shop, AWindowLater);

        var run = await Enqueue(shop);
        await shop.Demo.HasCaught(fault);
        await Patience.Until(() => database.Scalar<bool>("select count(*) > 0 from collection_removals where purge_sent_at is not null and closed_at is null and store_id = $1", shop.Store), sent => sent);
        var going = await database.Scalar<long>("select min(collection_id) from collection_removals where purge_sent_at is not null and closed_at is null and store_id = $1", shop.Store);
        (await RollBack(shop, going)).ShouldBeOfType<SaveOutcome.Refused>($"{moment}: there is no way back");
        await first.Kill();
        await shop.Demo.ClearFaults();
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "purging");
        await shop.Host.Until(run, done => done.Now.Status == RunStatus.Succeeded);

        await Purged(collections, ids);
        (await shop.Executed("collectionDelete")).ShouldBe(2);
    }

    private async Task Purged(EditedCollections collections, long[] ids)
    {
        foreach (var id in ids)
        {
            (await InShopify(collections, id)).ShouldBeFalse();
            (await State(id)).ShouldBe("t t purged");
        }
        (await database.Scalar<long>("select count(*) from changes where entity = 'collection' and field = 'removed' and collection_id = any($1)", ids)).ShouldBe(ids.Length);
    }

    /// <summary>Collections of one picked product each, made in Shopify and pulled; published nowhere.</summary>
    private async Task<long[]> Made(EditedCollections collections, params string[] titles)
    {
        var product = await database.Scalar<string>("select 'gid://shopify/Product/' || min(shopify_id) from products where store_id = $1", collections.Shop.Store);
        foreach (var title in titles)
            await collections.Create(new()
            {
                ["title"] = title, ["sortOrder"] = "MANUAL",
                ["sources"] = new JsonArray(new JsonObject
                {
                    ["source"] = new JsonObject { ["title"] = "Picked", ["inclusion"] = new JsonObject { ["matchType"] = "ALL", ["selections"] = new JsonArray(new JsonObject { ["productId"] = product }) } },
                }),
            });
        await collections.Shop.Host.Pull(collections.Shop.Store);
        var ids = new List<long>();
        foreach (var title in titles)
            ids.Add(await collections.Id(title));
        return [.. ids];
    }

    private async Task Publish(EditedCollections collections, long id) => await collections.Done(Mutations.PublishablePublish(
        ShopifyId.Collection(await collections.ShopifyId(id)), [new ShopifyId("Publication", await database.Scalar<long>("select min(shopify_id) from publications where store_id = $1", collections.Shop.Store))]));

    private async Task Delete(EditedShop shop, params long[] ids) =>
        (await new DeleteCollections(new SaveChangeSet(database.Source)).Delete(shop.Head(ChangeSetKind.Delete, "Deleted"), ids, 24, null, default)).ShouldBeOfType<SaveOutcome.Saved>();

    private Task<SaveOutcome?> RollBack(EditedShop shop, long id) =>
        new RollBackCollections(database.Source, new UndoChanges(database.Source, new SaveChangeSet(database.Source))).RollBack(shop.Store, id, null, "8", "Bea", default);

    private async Task<CollectionRow> Listed(EditedShop shop, string title) =>
        (await new FindCollections(database.Source).Find(new CollectionQuery(shop.Store, title, null, CollectionSort.Default, 20, PagePlace.First), default)).Rows.ShouldHaveSingleItem();

    /// <summary>Lets the time of all windows go on by this much, as if they had begun so much earlier.</summary>
    private Task<long> TimeGoesOn(EditedShop shop, TimeSpan by) => database.Scalar<long>("""
        with moved as (
            update collection_removals set confirmed_at = confirmed_at - $2, ends_at = ends_at - $2, tried_at = tried_at - $2 where store_id = $1 and closed_at is null returning 1)
        select count(*) from moved
        """, shop.Store, by);

    /// <summary>A purge from beginning to end, so much later than now.</summary>
    private async Task<Run> Purge(EditedShop shop, TimeSpan later)
    {
        await TimeGoesOn(shop, later);
        return await shop.Host.Until(await Enqueue(shop), run => run.Now.Status == RunStatus.Succeeded);
    }

    // The schedule may have seen it first.
    private static async Task<long> Enqueue(EditedShop shop) => await shop.Host.Get<EnqueueRun>().Enqueue(new RunRequest(PurgeProducts.Name, shop.Store, PullHost.Ann), null, default) switch
    {
        EnqueueOutcome.Enqueued(var mine) => mine,
        EnqueueOutcome.AlreadyActive active => active.Run.Id,
        _ => throw new InvalidOperationException(),
    };

    private Task<string> Id(long collection) => database.Scalar<string>("select shopify_id::text from collections where id = $1", collection);

    /// <summary>How the last removal of the collection stands: confirmed, with an end, closed as.</summary>
    private Task<string> State(long collection) => database.Scalar<string>(
        "select concat_ws(' ', confirmed_at is not null, ends_at is not null, closed_as) from collection_removals where collection_id = $1 order by id desc limit 1", collection);

    private Task<string> Changed(long collection) =>
        database.Scalar<string>("select array_to_string(changed, ', ') from collection_removals where collection_id = $1 and closed_at is null", collection);

    private async Task<bool> InShopify(EditedCollections collections, long collection)
    {
        var id = await Id(collection);
        return (await collections.Shop.Demo.State("collections")).Any(row => row.GetProperty("id").GetString() == id);
    }
}
