using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CowansDashboard.Tests.Sync.Purge;

/// <summary>A product deleted here: archived, restorable for its window, deleted in Shopify afterwards, and never against somebody's edit there.</summary>
[Trait("Category", "Integration")]
public sealed class DeleteProductsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly ResolvedBy Ann = new("7", "Ann");

    [Fact]
    public async Task A_deleted_product_is_archived_no_pull_brings_it_back_and_a_rollback_restores_its_status_and_its_edits()
    {
        await using var shop = await RemovedShop.Start(database, 30);
        var product = (await shop.Active(1))[0];
        var (title, shopifyId) = (await shop.Text("select title from products where id = $1", product), await shop.Text("select shopify_id::text from products where id = $1", product));
        await shop.Shop.Edit("products", "title", "'Edited ' || id", $"id = {product}");
        await shop.Shop.Edit("variants", "price", "price + 1", $"product_id = {product}", 1);

        await shop.Delete(new Removal(24), product);
        (await shop.Removed(product)).ShouldBe("delete 24 f", "the window begins when Shopify has confirmed it");
        var plan = await shop.Shop.Prepare();
        await shop.Shop.Push(plan);

        var item = (await shop.Shop.Items(plan)).ShouldHaveSingleItem();
        (item.Status, item.Meaning, item.Fields.Count, (string?)item.Fields["status"]!["base"], (string?)item.Fields["status"]!["new"]).ShouldBe((PushStatus.Done, "Archived, deleted after 24 h", 1, "ACTIVE", "ARCHIVED"));
        item.Outcome.ShouldBeNull();
        (await shop.Removed(product)).ShouldBe("delete 24 t 24");
        (await shop.StatusInShopify(product)).ShouldBe("ARCHIVED");
        (await shop.InShopify(product))!.Value.GetProperty("title").GetString().ShouldBe(title, "what waited of it was not sent");
        (await shop.Host.Pull(shop.Store)).Now.Counters.Conflicts.ShouldBe(0);
        await shop.Shop.Shop.PullChanges();
        (await shop.Listed()).ShouldNotContain(row => row.Id == product);
        (await shop.Listed("sync=removed")).ShouldHaveSingleItem().Sync.ShouldBe(SyncState.Removed);
        (await shop.Listed("sync=gone")).ShouldBeEmpty();
        (await shop.Save(new FieldEdit("product", product, "vendor", await Vendor(shop, product), "Other"))).ShouldBeOfType<SaveOutcome.Refused>().Problems[0].Sentence.ShouldContain("Restore it first");
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "again", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();

        var back = await shop.RollBack(product);

        (back.Products, back.Left.Count).ShouldBe((1, 0));
        (await shop.Removed(product)).ShouldBe("delete 24 t 24 restored");
        (await shop.Text("select concat_ws(' ', status, removal, pending ->> 'status', pending ->> 'title', mark) from products where id = $1", product)).ShouldBe($"ACTIVE ARCHIVED {title} 0");
        (await shop.Text("select concat_ws('|', kind, title, reason, made_by_name, undoes is not null) from change_sets where id = $1", back.ChangeSets[0])).ShouldBe($"rollback|Restored: Edited {product}|Wanted again|Bea|t");
        (await shop.Listed()).ShouldContain(row => row.Id == product);
        var again = await shop.PlanStatus(product);
        (await shop.Shop.Items(again)).ShouldHaveSingleItem().Meaning.ShouldBe("Restored");
        await shop.Shop.Push(again);
        (await shop.StatusInShopify(product)).ShouldBe("ACTIVE");
        (await shop.InShopify(product))!.Value.GetProperty("title").GetString().ShouldBe(title);
        (await shop.Purge()).Now.Counters.Deleted.ShouldBe(0);
        await shop.Shop.Push(await shop.Shop.Prepare());
        (await shop.InShopify(product))!.Value.GetProperty("id").GetString().ShouldBe(shopifyId);
        (await shop.Shop.Waiting()).ShouldBe(0);
        await shop.Shop.ShouldAgree();
    }

    [Fact]
    public async Task Undoing_the_deletion_in_the_history_restores_too_and_redoing_it_deletes_again()
    {
        await using var shop = await RemovedShop.Start(database, 20);
        var products = await shop.Active(2);
        var set = await shop.Delete(new Removal(48), products);

        var undone = (await shop.Undoing.Undo(new UndoScope(shop.Store, set), "8", "Bea", null, default)).ShouldBeOfType<SaveOutcome.Saved>();

        (undone.Entities, undone.Fields).ShouldBe((2, 4));
        foreach (var product in products)
        {
            (await shop.Text("select concat_ws(' ', status, removal, pending) from products where id = $1", product)).ShouldBe("ACTIVE");
            (await shop.Removed(product)).ShouldBe("delete 48 f restored");
        }
        (await shop.Shop.Waiting()).ShouldBe(0, "Shopify has not heard of it");
        (await shop.RollBack(products)).Products.ShouldBe(0);
        (await shop.Undoing.Undo(new UndoScope(shop.Store, undone.ChangeSetId), "8", "Bea", null, default)).ShouldBeOfType<SaveOutcome.Saved>().Fields.ShouldBe(4);
        (await shop.Text("select concat_ws(' ', status, removal) from products where id = $1", products[0])).ShouldBe("ARCHIVED delete:48");
        (await shop.RollBack(products)).Products.ShouldBe(2, "in one go, from the change set that deleted them last");
        (await shop.Shop.Waiting()).ShouldBe(0);
    }

    [Fact]
    public async Task When_the_window_is_over_the_product_is_deleted_in_Shopify_and_stays_here_as_a_tombstone_with_its_history()
    {
        await using var shop = await RemovedShop.Start(database, 30);
        var active = await shop.Active(3);
        var (products, stray) = (active[..2], active[2]);
        await shop.Archive(products);
        await database.Scalar<long>("""
            with stray as (update products set status = 'DRAFT', removal = 'delete:24' where id = $1 returning store_id, id)
            insert into removals (store_id, product_id, kind, hours, change_set_id) select store_id, id, 'delete', 24, 1 from stray returning id
            """, stray);
        var starts = new StartPurges(database.Source, shop.Host.Get<EnqueueRun>(), TimeProvider.System, NullLogger<StartPurges>.Instance);
        (await starts.Start(default)).ShouldBe(0);
        (await shop.Text("select concat_ws(' ', status, removal) from products where id = $1", stray)).ShouldBe("DRAFT", "nothing archives it any more, so it is shown again");
        (await shop.Removed(stray)).ShouldBe("delete 24 f kept");
        (await shop.Purge(TimeSpan.FromHours(23))).Now.Done.ShouldBe(0);
        (await shop.StatusInShopify(products[0])).ShouldBe("ARCHIVED");

        await shop.TimeGoesOn(TimeSpan.FromHours(2));
        (await starts.Start(default)).ShouldBe(1);
        var run = await database.Scalar<long>("select max(id) from runs where store_id = $1 and kind = 'purge'", shop.Store);
        (await shop.Host.Until(run, each => each.Now.Status == RunStatus.Succeeded)).Now.Counters.Deleted.ShouldBe(2);

        foreach (var product in products)
        {
            (await shop.InShopify(product)).ShouldBeNull();
            (await shop.Text("select concat_ws(' ', deleted_at is not null, mark, status) from products where id = $1", product)).ShouldBe("t 0 ARCHIVED");
            (await shop.Removed(product)).ShouldBe("delete 24 t 24 purged");
            (await shop.Text("select string_agg(s.kind || ' ' || c.field || ' ' || s.made_by_name, ', ' order by c.id) from changes c join change_sets s on s.id = c.change_set_id where c.product_id = $1 and s.kind <> 'remote'", product))
                .ShouldBe("delete removal Ann, delete status Ann, delete removed Schedule");
        }
        (await database.Scalar<long>("select count(*) from change_sets where run_id = $1", run)).ShouldBe(1);
        (await starts.Start(default)).ShouldBe(0);
        (await shop.Purge()).Now.Done.ShouldBe(0);
        (await shop.Shop.Executed("productDelete")).ShouldBe(2);
        (await shop.RollBack(products)).Products.ShouldBe(0, "there is no way back any more");
        await shop.Host.Pull(shop.Store);
        (await new CountOpenConflicts(database.Source).Count(shop.Store, default)).Fields.ShouldBe(0);
        (await shop.Listed("sync=gone")).Select(row => row.Id).Order().ToArray().ShouldBe([.. products.Order()]);
        (await shop.Shop.Waiting()).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_edited_in_Shopify_meanwhile_is_not_deleted_but_a_person_decides()
    {
        await using var shop = await RemovedShop.Start(database, 40);
        var products = await shop.Active(5);
        var (titled, active, priced, sold, plain) = (products[0], products[1], products[2], products[3], products[4]);
        await shop.Archive(products);
        await shop.Demo.Edit("product", await Id("products", titled), new { title = "Theirs" });
        await shop.Demo.Edit("product", await Id("products", active), new { status = "ACTIVE" });
        var variant = await database.Scalar<long>("select min(id) from variants where product_id = $1", priced);
        await shop.Demo.Edit("variant", await Id("variants", variant), new { price = "77.70" });
        var level = await shop.Text("select concat_ws('/', v.inventory_item_id, l.shopify_id) from inventory_levels n join variants v on v.id = n.variant_id join locations l on l.id = n.location_id where v.product_id = $1 order by n.id limit 1", sold);
        level.ShouldNotBeNull();

        var run = await shop.Purge();

        (run.Now.Counters.Deleted, run.Now.Counters.Conflicts).ShouldBe((2, 3));
        (await shop.InShopify(plain)).ShouldBeNull();
        var queue = (await new FindConflicts(database.Source).Find(shop.Store, new ConflictFilter { Field = "removal" }, null, 10, default)).Rows;
        queue.Single(row => row.EntityId == titled).Shopifys!.ToJsonString().ShouldBe("[\"title\"]");
        queue.Single(row => row.EntityId == active).Shopifys!.ToJsonString().ShouldBe("[\"status\"]");
        queue.Single(row => row.EntityId == priced).Shopifys!.ToJsonString().ShouldBe("[\"1 variant\"]");
        (await shop.Purge()).Now.Done.ShouldBe(0, "it waits for a person");
        var resolve = new ResolveConflicts(database.Source);
        (await resolve.Resolve(shop.Store, new Resolution.Another("x"), [Seen(titled)], Ann, default)).Fields.ShouldBe(0);

        (await resolve.Resolve(shop.Store, new Resolution.Shopifys(), [Seen(active)], Ann, default)).Fields.ShouldBe(1);
        (await resolve.Resolve(shop.Store, new Resolution.Ours(), [Seen(titled)], Ann, default)).Fields.ShouldBe(1);
        (await shop.RollBack(priced)).Products.ShouldBe(1);

        (await shop.Text("select concat_ws(' ', status, removal, pending) from products where id = $1", active)).ShouldBe("ACTIVE");
        (await shop.Removed(active)).ShouldBe("delete 24 t 24 kept");
        (await shop.Listed()).ShouldContain(row => row.Id == active);
        (await new CountOpenConflicts(database.Source).Count(shop.Store, default)).Fields.ShouldBe(0);
        (await shop.Purge()).Now.Counters.Deleted.ShouldBe(1, "deleted anyway, as it was seen");
        (await shop.InShopify(titled)).ShouldBeNull();
        (await shop.StatusInShopify(active)).ShouldBe("ACTIVE");
        await shop.PushStatus(priced);
        (await shop.StatusInShopify(priced)).ShouldBe("ACTIVE");
        await shop.Host.Pull(shop.Store);
        (await shop.Shop.Waiting()).ShouldBe(0);

        SeenConflict Seen(long product) => new(queue.Single(row => row.EntityId == product).Id, queue.Single(row => row.EntityId == product).Revision);
    }

    [Theory]
    [InlineData("die-after-executing")]
    [InlineData("drop-connection")]
    public async Task A_deletion_whose_answer_is_lost_is_looked_for_and_not_made_twice(string fault)
    {
        await using var shop = await RemovedShop.Start(database, 20);
        var products = await shop.Active(3);
        await shop.Archive(products);
        await shop.Demo.Fault(fault, fault == "drop-connection" ? new { times = 2, operation = "ProductDelete" } : new { times = 2 });

        var run = await shop.Purge();

        run.Now.Counters.Deleted.ShouldBe(3);
        (await shop.Shop.Executed("productDelete")).ShouldBe(3);
        foreach (var product in products)
        {
            (await shop.InShopify(product)).ShouldBeNull();
            (await shop.Removed(product)).ShouldBe("delete 24 t 24 purged");
        }
        (await database.Scalar<long>("select sum(products) from change_sets where run_id = $1 and kind = 'delete'", run.Now.Id)).ShouldBe(3);
        (await database.Scalar<long>("select count(*) from changes where field = 'removed' and product_id = any($1)", products)).ShouldBe(3);
    }

    [Fact]
    public async Task A_purge_killed_after_its_intent_goes_on_and_deletes_once()
    {
        await using var shop = await RemovedShop.Start(database, 20);
        var products = await shop.Active(3);
        await shop.Archive(products);
        await database.Scalar<long>("with over as (update removals set ends_at = now() - interval '1 minute' where closed_at is null returning 1) select count(*) from over");
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "purging");
        await first.FirstLine;
        await shop.Demo.Fault("hold", new { operation = "ProductDelete" });

        // The schedule may have seen it first.
        var id = await shop.Host.Get<EnqueueRun>().Enqueue(new RunRequest(PurgeProducts.Name, shop.Store, PullHost.Ann), null, default) switch
        {
            EnqueueOutcome.Enqueued(var mine) => mine,
            EnqueueOutcome.AlreadyActive active => active.Run.Id,
            _ => throw new InvalidOperationException(),
        };
        await Patience.Until(() => database.Scalar<bool>("select count(*) > 0 from removals where purge_sent_at is not null and closed_at is null"), sent => sent);
        await shop.Demo.HasCaught("hold");
        var going = await database.Scalar<long[]>("select array_agg(product_id) from removals where purge_sent_at is not null and closed_at is null");
        (await shop.RollBack(going)).Left.ShouldNotBeEmpty("Shopify may be deleting it: there is no way back");
        await first.Kill();
        await shop.Demo.ClearFaults();
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "purging");
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        foreach (var product in products)
        {
            (await shop.InShopify(product)).ShouldBeNull();
            (await shop.Removed(product)).ShouldEndWith(" purged");
        }
        (await shop.Shop.Executed("productDelete")).ShouldBe(3);
        (await database.Scalar<long>("select count(*) from changes where field = 'removed' and product_id = any($1)", products)).ShouldBe(3);
    }

    [Fact]
    public async Task A_product_whose_turn_has_not_come_can_be_restored_while_the_purge_stands_still()
    {
        await using var shop = await RemovedShop.Start(database, 20);
        var products = await shop.Active(3);
        await shop.Archive(products);
        await shop.Demo.Fault("hold", new { operation = "ProductDelete" });
        await shop.TimeGoesOn(TimeSpan.FromHours(25));
        var id = await shop.Host.Enqueue(PurgeProducts.Name, shop.Store);
        await shop.Demo.HasCaught("hold");
        var going = await database.Scalar<long[]>("select array_agg(product_id) from removals where purge_sent_at is not null and closed_at is null and product_id = any($1)", products);

        var back = await shop.RollBack([.. products.Except(going)]);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (going.Length, back.Products, back.Left.Count).ShouldBe((1, 2, 0));
        (await shop.Shop.Executed("productDelete")).ShouldBe(1);
        (await shop.InShopify(going[0])).ShouldBeNull();
        foreach (var product in products.Except(going))
        {
            (await shop.StatusInShopify(product)).ShouldBe("ARCHIVED");
            (await shop.Text("select concat_ws(' ', status, removal, pending ->> 'status', deleted_at) from products where id = $1", product)).ShouldBe("ACTIVE ARCHIVED");
        }
    }

    [Fact]
    public async Task A_product_that_Shopify_keeps_never_reappears_and_follows_Shopify_until_it_is_taken_back()
    {
        await using var shop = await RemovedShop.Start(database, 25);
        var product = (await shop.Active(1))[0];
        var price = await shop.Shop.Edit("variants", "price", "price + 1", $"product_id = {product}", 1);
        await shop.Delete(Removal.KeptInShopify, product);
        await shop.Demo.Edit("product", await Id("products", product), new { title = "Renamed there" });

        await shop.Host.Pull(shop.Store);
        await shop.Demo.MoveClock(TimeSpan.FromHours(3));
        await shop.Demo.Edit("product", await Id("products", product), new { vendor = "Their vendor" });
        await shop.Shop.Shop.PullChanges();

        (await shop.Listed()).ShouldNotContain(row => row.Id == product);
        (await shop.Listed("search=renamed")).ShouldBeEmpty();
        (await shop.Listed("sync=removed")).ShouldHaveSingleItem().Id.ShouldBe(product);
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "none", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();
        (await shop.Purge()).Now.Done.ShouldBe(0);
        (await shop.StatusInShopify(product)).ShouldBe("ACTIVE");

        (await shop.RollBack(product)).Products.ShouldBe(1);
        (await shop.Text("select concat_ws('|', title, vendor, status, removal, pending) from products where id = $1", product)).ShouldBe("Renamed there|Their vendor|ACTIVE");
        (await shop.Listed()).ShouldContain(row => row.Id == product);
        var plan = await shop.Shop.Prepare();
        (await shop.Shop.Items(plan)).ShouldHaveSingleItem().EntityId.ShouldBe(price[0]);
    }

    [Fact]
    public async Task A_rollback_while_the_archiving_is_under_way_ends_with_the_product_on_sale()
    {
        await using var shop = await RemovedShop.Start(database, 15);
        var product = (await shop.Active(1))[0];
        await shop.Delete(new Removal(24), product);
        var plan = await shop.PlanStatus(product);
        await shop.Demo.Fault("hold", new { operation = "ProductUpdate" });
        var id = await shop.Shop.Apply(plan);
        await shop.Demo.HasCaught("hold");

        (await shop.RollBack(product)).Products.ShouldBe(1);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.StatusInShopify(product)).ShouldBe("ARCHIVED");
        (await shop.Removed(product)).ShouldBe("delete 24 f restored");
        await shop.PushStatus(product);
        (await shop.StatusInShopify(product)).ShouldBe("ACTIVE");
        (await shop.Shop.Waiting()).ShouldBe(0);
        await shop.Shop.ShouldAgree();
    }

    [Fact]
    public async Task What_somebody_deletes_in_Shopify_within_the_window_is_simply_gone()
    {
        await using var shop = await RemovedShop.Start(database, 30);
        var products = await shop.Active(2);
        await shop.Archive(products[0]);
        await shop.Delete(Removal.KeptInShopify, products[1]);
        await shop.Demo.Delete("product", await Id("products", products[0]), await Id("products", products[1]));

        await shop.Host.Pull(shop.Store);

        (await shop.Removed(products[0])).ShouldBe("delete 24 t 24 gone");
        (await shop.Removed(products[1])).ShouldBe("exclude f gone");
        (await new CountOpenConflicts(database.Source).Count(shop.Store, default)).Fields.ShouldBe(0);
        (await shop.Purge()).Now.Done.ShouldBe(0);
    }

    [Fact]
    public async Task A_deletion_that_Shopify_refuses_says_why_and_can_be_restored()
    {
        await using var shop = await RemovedShop.Start(database, 20);
        var product = (await shop.Active(1))[0];
        await shop.Archive(product);
        await shop.Demo.Fault("poison", new { ids = new[] { await Id("products", product) }, message = "It is part of a bundle" });

        (await shop.Purge()).Now.Counters.Failed.ShouldBe(1);

        (await shop.Text("select concat_ws('|', problem, purge_sent_at is null, closed_at is null) from removals where product_id = $1", product)).ShouldBe("It is part of a bundle|t|t");
        await shop.Demo.ClearFaults();
        (await shop.RollBack(product)).Products.ShouldBe(1);
        await shop.PushStatus(product);
        (await shop.StatusInShopify(product)).ShouldBe("ACTIVE");
    }

    private Task<string> Id(string table, long id) => database.Scalar<string>($"select shopify_id::text from {table} where id = $1", id);

    private static Task<string> Vendor(RemovedShop shop, long product) => shop.Text("select vendor from products where id = $1", product);
}
