using System.Text.Json;
using CowansDashboard.Collections;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Pull;

namespace CowansDashboard.Tests.Sync.Reconcile;

/// <summary>What happened in the shop without a word is found by comparing, shown field by field, and repaired.</summary>
[Trait("Category", "Integration")]
public sealed class CompareStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Silent_changes_of_every_kind_are_all_found_and_repaired()
    {
        await using var shop = await ChangingShop.Pulled(database, 160);
        var seeded = await Seed(shop);

        var run = await Compare(shop, ComparisonDepth.Full);

        await shop.ShouldBeInTheCopy();
        await ShouldHaveFound(run, seeded);
        (await Rows(run, "state <> 'repaired'")).ShouldBe(0);
        var summary = await shop.Host.Get<ReadDrift>().Summary(shop.Store, DateTimeOffset.UnixEpoch, default);
        (summary.OpenNow, summary.LastFull!.RunId, summary.LastFull.Fields > 10_000).ShouldBe((0, run, true));
        summary.LastFull.Repaired.ShouldBe(summary.Found.Values.Sum());

        var again = await Compare(shop, ComparisonDepth.Full);
        (await Rows(again)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_only_noted_stays_until_a_person_takes_it_in()
    {
        await using var shop = await ChangingShop.Pulled(database, 160);
        await shop.Host.Get<ChooseRepair>().Choose(shop.Store, RepairChoice.ByClick, default);
        var seeded = await Seed(shop);
        var (before, since) = (await Fingerprint(shop.Store), await shop.Since());

        var run = await Compare(shop, ComparisonDepth.Full);

        (await Fingerprint(shop.Store), await shop.Since()).ShouldBe((before, since));
        await ShouldHaveFound(run, seeded);
        (await Rows(run, "state <> 'open'")).ShouldBe(0);

        var title = (await shop.Host.Get<ReadDrift>().List(shop.Store, true, DriftGroup.Other, null, 1000, default)).First(row => row is { Entity: "product", Field: "title" });
        var open = await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default);
        await Take(shop, [title.Id]);
        (open - await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default)).ShouldBe(title.Together, "so many it said come in together");
        (await database.Scalar<string>("select title from products where id = $1", title.ProductId!.Value)).ShouldBe(title.Theirs!.GetValue<string>());
        (await database.Scalar<string>("select state from drift where id = $1", title.Id)).ShouldBe("repaired");
        (await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default)).ShouldBeGreaterThan(20);

        // A run that goes on after a restart must not ask itself which product was new.
        var added = (await shop.Host.Get<ReadDrift>().List(shop.Store, true, DriftGroup.Other, null, 1000, default)).First(row => row is { Entity: "product", Field: "added" });
        await Take(shop, [added.Id]);
        (await database.Scalar<string>("select (r.parameters -> 'followed')::text from runs r join drift d on d.settled_run = r.id where d.id = $1", added.Id))
            .ShouldBe(await database.Scalar<string>("select jsonb_build_array(product_shopify_id)::text from drift where id = $1", added.Id));

        await Take(shop, null);
        (await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default)).ShouldBe(0);
        await shop.ShouldBeInTheCopy();
        (await shop.Host.Get<TakeInDrift>().TakeIn(shop.Store, null, PullHost.Ann, default)).ShouldBe(new StartComparisonOutcome.Wrong("ids", "Nothing of that differs any more."));
        (await Rows(await Compare(shop, ComparisonDepth.Full))).ShouldBe(0);
    }

    [Fact]
    public async Task What_an_earlier_comparison_had_noted_is_closed_by_whoever_reads_it_again()
    {
        await using var shop = await ChangingShop.Pulled(database, 40);
        await shop.Host.Get<ChooseRepair>().Choose(shop.Store, RepairChoice.ByClick, default);
        var products = await shop.Demo.State("products");
        string[] ids = [.. products.Skip(3).Take(4).Select(row => row.GetProperty("id").GetString()!)];
        var before = products[5].GetProperty("title").GetString()!;
        var created = Number((await shop.Demo.Create(1))[0]);
        await shop.Demo.Delete("product", ids[0]);
        foreach (var id in ids[1..])
            await shop.Demo.Edit("product", id, new { title = "Told by nobody" }, touch: id != ids[3]);
        var compared = await Compare(shop, ComparisonDepth.Full);
        (await State(ids[2], "title")).ShouldBe("open");
        var found = (await shop.Host.Get<ReadDrift>().List(shop.Store, true, DriftGroup.Other, null, 1000, default)).Where(row => row is { Entity: "product", Field: "title" }).ToList();
        found.Count(row => row.Since >= row.EqualAt).ShouldBe(2, "Shopify tells when");
        found.ShouldContain(row => row.Since == null && row.EqualAt < row.FoundAt, "what left Shopify's time as it was differs since some moment between two looks");
        await Fail(compared, 1);
        (await State(ids[2], "title")).ShouldBe("open", "it may be among what could not be read");

        // A pull of one product, whatever it finds, has read that product.
        await shop.PullSelection(Number(ids[3]));
        (await State(ids[3], "title")).ShouldBe("settled");
        await shop.Demo.Edit("product", ids[2], new { title = before });
        await shop.Host.Get<ChooseRepair>().Choose(shop.Store, RepairChoice.AtOnce, default);
        await Compare(shop, ComparisonDepth.Quick);

        (await State(ids[0], "removed"), await State($"{created}", "added"), await State(ids[1], "title"), await State(ids[2], "title"))
            .ShouldBe(("repaired", "repaired", "repaired", "settled"));
        (await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default)).ShouldBe(0);
        (await database.Scalar<string>("select made_by from drift where store_id = $1 and entity = 'product' and field = 'removed'", shop.Store)).ShouldBe("Demo Owner");

        // As a whole pull ends that could not keep so many rows, and that noted nothing itself.
        async Task Fail(long run, int failed)
        {
            await database.Scalar<long>("update runs set counters = counters || jsonb_build_object('failed', $2::int) where id = $1 returning id", run, failed);
            await database.Scalar<long>("with other as (update drift set run_id = -run_id where run_id = $1 returning 1) select count(*) from other", run);
            await using var connection = await database.Source.OpenConnectionAsync();
            await SettleDrift.Everything(connection, shop.Store, run, default);
            await database.Scalar<long>("with other as (update drift set run_id = -run_id where run_id = -$1 returning 1) select count(*) from other", run);
        }

        Task<string> State(string id, string field) => database.Scalar<string>(
            "select string_agg(state, ' ') from drift where store_id = $1 and entity = 'product' and entity_key = $2 and field = $3", shop.Store, $"{Number(id)}", field);
    }

    [Fact]
    public async Task A_picture_and_a_cost_of_which_nobody_told_are_missed()
    {
        await using var shop = await ChangingShop.Pulled(database, 30);
        await Deliver(shop.Store, "products/update", "product", 1, "now() - interval '1 hour'", "now() - interval '1 hour'");
        await Deliver(shop.Store, "inventory_items/update", "inventory_item", 1, "now() - interval '1 hour'", "now() - interval '1 hour'");
        await shop.Demo.EditMany("media", 1, 41, true, "alt");
        await shop.Demo.Edit("variant", (await shop.Ids("variants"))[^1], new { unitCost = "1.23" });

        await Compare(shop, ComparisonDepth.Full);

        var missed = new ReadMissed(database.Source, new ManualClock(TimeProvider.System.GetUtcNow().AddMinutes(15)));
        ((await Of(missed, shop.Store, "products/update")).Missed, (await Of(missed, shop.Store, "inventory_items/update")).Missed).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_quick_pass_finds_what_is_new_gone_or_changed_by_Shopifys_time_and_nothing_twice()
    {
        await using var shop = await ChangingShop.Pulled(database, 120);
        await shop.Demo.EditMany("product", 8, 11, true, "title", "vendor");
        await shop.Demo.EditMany("variant", 5, 12, true, "price");
        // As many new as gone: the number of products says nothing.
        await shop.Demo.Create(3);
        await shop.Demo.Delete("product", (await shop.Ids("products"))[5..8]);
        await shop.Demo.Edit("collection", (await shop.Ids("collections"))[1], new { title = "Shirts and more" });

        var run = await Compare(shop, ComparisonDepth.Quick);

        await shop.ShouldBeInTheCopy();
        (await Rows(run, "entity = 'product' and field = 'title'")).ShouldBe(8);
        (await Rows(run, "entity = 'product' and field = 'added'"), await Rows(run, "entity = 'product' and field = 'removed'")).ShouldBe((3, 3));
        (await Rows(run, "entity = 'variant' and field = 'price'")).ShouldBe(5);
        await shop.Demo.ClearCalls();
        var again = await Compare(shop, ComparisonDepth.Quick);
        (await Rows(again), await shop.Calls("ProductsById")).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_edit_that_waits_is_kept_and_is_a_conflict_not_a_repair()
    {
        await using var shop = await ChangingShop.Pulled(database, 30);
        var theirs = (await shop.Ids("products"))[3];
        await database.Scalar<long>("""
            with edited as (update products set pending = jsonb_build_object('title', title, 'vendor', vendor), title = 'Ours', vendor = 'Ours' where store_id = $1 and shopify_id = $2 returning 1)
            select count(*) from edited
            """, shop.Store, Number(theirs));
        await shop.Demo.Edit("product", theirs, new { title = "Theirs", productType = "Told by nobody" }, touch: false);

        var run = await Compare(shop, ComparisonDepth.Full);

        (await database.Scalar<string>("select string_agg(field || ' ' || state, ', ' order by field) from drift where run_id = $1 and entity = 'product'", run)).ShouldBe("product_type repaired, title kept");
        (await database.Scalar<string>("select title || ' ' || vendor || ' ' || product_type from products where store_id = $1 and shopify_id = $2", shop.Store, Number(theirs))).ShouldBe("Ours Ours Told by nobody");
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1", shop.Store)).ShouldBe(1);
    }

    [Fact]
    public async Task Members_that_came_and_went_silently_are_shown_and_merged_beside_those_that_wait_here()
    {
        await using var shop = await ChangingShop.Pulled(database, 160);
        await shop.Host.Get<ChooseRepair>().Choose(shop.Store, RepairChoice.ByClick, default);
        var home = await database.Scalar<long>("select id from collections where store_id = $1 and handle = 'home-page'", shop.Store);
        var members = await Members(home);
        var others = await database.Scalar<long[]>("select array_agg(id) from (select id from products where store_id = $1 and deleted_at is null and id <> all($2) order by id limit 2) o", shop.Store, members);
        var (leaves, comes, waits) = (members[0], others[0], others[1]);
        (await shop.Host.Get<ChangeMembers>().Add(new ChangeSetHead(shop.Store, ChangeSetKind.Edit, "Put in", null, "ann", "Ann"), home, [waits], default)).ShouldBeOfType<SaveOutcome.Saved>();
        await shop.Demo.Members($"gid://shopify/Collection/{await ShopifyId("collections", home)}",
            [$"gid://shopify/Product/{await ShopifyId("products", comes)}"], [$"gid://shopify/Product/{await ShopifyId("products", leaves)}"]);

        var run = await Compare(shop, ComparisonDepth.Full);

        (await database.Scalar<string>("select string_agg(field || ' ' || entity_key, ', ' order by field) from drift where run_id = $1 and entity = 'collection member' and state = 'open'", run))
            .ShouldBe($"added {home}/{comes}, removed {home}/{leaves}");
        (await Members(home)).ShouldBe(members.Append(waits), ignoreOrder: true, "only noted so far");

        await Take(shop, null);

        (await Members(home)).ShouldBe(members.Except([leaves]).Concat([comes, waits]), ignoreOrder: true);
        (await database.Scalar<short>("select mark from collection_members where collection_id = $1 and product_id = $2", home, waits)).ShouldBe((short)1, "it still waits");
        (await shop.Host.Get<ReadDrift>().CountOpen(shop.Store, default)).ShouldBe(0);
        (await Rows(await Compare(shop, ComparisonDepth.Full))).ShouldBe(0);
    }

    private Task<long[]> Members(long collection) => database.Scalar<long[]>("select array_agg(product_id order by position) from collection_members where collection_id = $1 and mark <> 2", collection);

    private Task<long> ShopifyId(string table, long id) => database.Scalar<long>($"select shopify_id from {table} where id = $1", id);

    [Fact]
    public async Task Missed_are_the_entities_of_whose_change_no_delivery_told()
    {
        await using var shop = await ChangingShop.Pulled(database, 60);
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        var missed = new ReadMissed(database.Source, clock);
        await shop.Demo.EditMany("product", 4, 21, true, "title");
        await Compare(shop, ComparisonDepth.Full);
        (await missed.Topics(shop.Store, DateTimeOffset.UnixEpoch, default)).ShouldBeEmpty("nobody hears webhooks here");
        (await database.Scalar<long>("select count(*) from found_changes where store_id = $1", shop.Store)).ShouldBe(0);

        await Deliver(shop.Store, "products/update", "product", 1, "now() - interval '1 hour'", "now() - interval '1 hour'");
        await Deliver(shop.Store, "inventory_levels/update", "inventory_item", 1, "now() - interval '1 hour'", "now() - interval '1 hour'");
        await shop.Demo.MoveClock(TimeSpan.FromHours(4));
        var changed = (await shop.Demo.EditMany("product", 9, 22, true, "title")).Select(Number).ToList();
        var levels = await shop.Demo.EditMany("inventory-level", 6, 23, true, "available");
        var at = (await shop.Demo.State("products")).ToDictionary(row => Number(row.GetProperty("id").GetString()!), row => row.GetProperty("updatedAt").GetString()!);
        foreach (var id in changed.Take(6))
            await Deliver(shop.Store, "products/update", "product", id, $"'{at[id]}'", "now()");
        // An old word, retried, tells nothing of the new change.
        await Deliver(shop.Store, "products/update", "product", changed[7], $"'{at[changed[7]]}'::timestamptz - interval '1 hour'", "now()");
        await shop.Demo.Delete("product", (await shop.Ids("products")).First(id => !changed.Contains(Number(id))));

        await Compare(shop, ComparisonDepth.Full);
        var products = await Of(missed, shop.Store, "products/update");
        products.Missed.ShouldBe(0, "within the time of grace");
        clock.Advance(TimeSpan.FromMinutes(15));

        products = await Of(missed, shop.Store, "products/update");
        (products.Heard, products.Missed, products.Expected, products.PerHour.Sum()).ShouldBe((8, 3, 11, 8));
        (await Of(missed, shop.Store, "products/delete")).Missed.ShouldBe(1);
        var items = await database.Scalar<long>("select count(distinct entity_id) from found_changes where store_id = $1 and topic = 'inventory_levels/update'", shop.Store);
        items.ShouldBeInRange(1, levels.Count);
        (await Of(missed, shop.Store, "inventory_levels/update")).Missed.ShouldBe(items);
    }

    private async Task<MissedTopic> Of(ReadMissed missed, long store, string topic) =>
        (await missed.Topics(store, TimeProvider.System.GetUtcNow().AddHours(-3), default)).FirstOrDefault(one => one.Topic == topic) ?? new MissedTopic(topic, 0, 0, [], null);

    private Task<long> Deliver(long store, string topic, string entity, long id, string triggered, string heard) => database.Scalar<long>($"""
        with one as (
            insert into webhook_deliveries (store_id, webhook_id, topic, triggered_at, heard_at, body, state, outcome, entity, entity_id, done_at)
            values ($1, gen_random_uuid()::text, $2, {triggered}, {heard}, '', 'done', 'changed', $3, $4, {heard}) returning 1)
        select count(*) from one
        """, store, topic, entity, id);

    /// <summary>What was done behind everybody's back: entity, key, field.</summary>
    private static async Task<List<(string Entity, string Key, string[] Fields)>> Seed(ChangingShop shop)
    {
        var demo = shop.Demo;
        var seeded = new List<(string, string, string[])>();
        void Note(string entity, IEnumerable<string> ids, params string[] fields) => seeded.AddRange(ids.Select(id => (entity, Number(id).ToString(System.Globalization.CultureInfo.InvariantCulture), fields)));
        var products = await shop.Ids("products");
        await demo.Delete("product", products[10..13]);
        Note("product", products[10..13], "removed");
        var variants = (await demo.State("variants")).GroupBy(row => row.GetProperty("productId").GetString()).Where(group => group.Count() > 2).Take(2).Select(group => group.Last().GetProperty("id").GetString()!).ToArray();
        await demo.Delete("variant", variants);
        Note("variant", variants, "removed");
        var media = (await shop.Ids("media"))[^2..];
        await demo.Delete("media", media);
        Note("media", media, "removed");
        var metafields = (await shop.Ids("metafields"))[^2..];
        await demo.Delete("metafield", metafields);
        Note("metafield", metafields, "removed");
        var collection = (await shop.Ids("collections"))[4];
        await demo.Delete("collection", collection);
        Note("collection", [collection], "removed");
        Note("product", await demo.EditMany("product", 10, 31, false, "title", "vendor"), "title", "vendor");
        Note("variant", await demo.EditMany("variant", 12, 32, false, "price"), "price");
        Note("media", await demo.EditMany("media", 5, 33, false, "alt"), "alt");
        Note("metafield", await demo.EditMany("metafield", 5, 34, false, "value"), "value");
        await demo.EditMany("inventory-level", 7, 35, false, "available");
        // Tags move products in and out of collections by rule.
        await demo.EditMany("product", 6, 36, false, "tags");
        Note("product", await demo.Create(3), "added");
        return seeded;
    }

    private async Task ShouldHaveFound(long run, List<(string Entity, string Key, string[] Fields)> seeded)
    {
        var found = new HashSet<string>();
        await using var command = database.Source.CreateCommand("select entity || ' ' || split_part(entity_key, '/', 1) || ' ' || field from drift where run_id = $1");
        command.Parameters.Add(new() { Value = run });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));
        (from one in seeded from field in one.Fields select $"{one.Entity} {one.Key} {field}").Where(expected => !found.Contains(expected)).ShouldBeEmpty();
        found.Count(row => row.StartsWith("inventory level", StringComparison.Ordinal) && row.EndsWith("available", StringComparison.Ordinal)).ShouldBe(7);
        found.Count(row => row.StartsWith("product ", StringComparison.Ordinal) && row.EndsWith("tags", StringComparison.Ordinal)).ShouldBe(6);
    }

    private async Task<long> Compare(ChangingShop shop, ComparisonDepth depth)
    {
        var started = (await shop.Host.Get<StartComparison>().Start(shop.Store, depth, PullHost.Ann, default)).ShouldBeOfType<StartComparisonOutcome.Started>();
        return (await shop.Host.Until(started.RunId, run => run.Now.Status == RunStatus.Succeeded)).Now.Id;
    }

    private static async Task Take(ChangingShop shop, long[]? ids)
    {
        var started = (await shop.Host.Get<TakeInDrift>().TakeIn(shop.Store, ids, PullHost.Ann, default)).ShouldBeOfType<StartComparisonOutcome.Started>();
        await shop.Host.Until(started.RunId, run => run.Now.Status == RunStatus.Succeeded);
    }

    private Task<long> Rows(long run, string condition = "true") => database.Scalar<long>($"select count(*) from drift where run_id = $1 and ({condition})", run);

    private Task<string> Fingerprint(long store) => database.Scalar<string>("""
        select md5(string_agg(t, '|' order by t)) from (
            select 'p' || p.* from (select id || row_hash::text || coalesce(deleted_at::text, '') || title from products where store_id = $1) p (t)
            union all select 'v' || v.* from (select id || row_hash::text || coalesce(deleted_at::text, '') || price from variants where store_id = $1) v (t)
            union all select 'm' || m.* from (select id || row_hash::text || coalesce(deleted_at::text, '') from media where store_id = $1) m (t)
            union all select 'f' || f.* from (select id || row_hash::text || coalesce(deleted_at::text, '') from metafields where store_id = $1) f (t)
            union all select 'l' || l.* from (select id || row_hash::text || coalesce(deleted_at::text, '') from inventory_levels where store_id = $1) l (t)
            union all select 'c' || c.* from (select id || row_hash::text || coalesce(deleted_at::text, '') from collections where store_id = $1) c (t)
            union all select 'e' || e.* from (select id || row_hash::text from collection_members where store_id = $1) e (t)
            union all select 's' || s.* from (select id || row_hash::text || coalesce(deleted_at::text, '') from collection_sources where store_id = $1) s (t)) all_rows (t)
        """, store);

    private static long Number(string id) => long.Parse(id.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
