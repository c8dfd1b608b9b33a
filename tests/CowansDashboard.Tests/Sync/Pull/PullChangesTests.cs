using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>What a second full pull makes of changes on both sides.</summary>
[Trait("Category", "Integration")]
public sealed class PullChangesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Silent_edits_deletions_and_new_products_arrive()
    {
        await using var demo = await DemoStore.Start(products: 200);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await demo.EditMany("product", 20, 3, false, "title", "tags");
        await demo.EditMany("variant", 40, 4, false, "price", "sku");
        await demo.EditMany("media", 10, 5, false, "alt");
        await demo.Create(15);
        var products = await demo.State("products");
        await demo.Delete("product", [.. products.Take(7).Select(p => p.GetProperty("id").GetString()!)]);

        var run = await host.Pull(store);

        await database.ShouldEqual(store, demo);
        run.Now.Counters.Updated.ShouldBeGreaterThan(20);
        run.Now.Counters.Deleted.ShouldBeGreaterThanOrEqualTo(7);
        (await database.Scalar<long>("select count(*) from product_summaries where store_id = $1 and sync_state = 4", store)).ShouldBe(7);
    }

    [Fact]
    public async Task Variants_and_media_deleted_under_a_living_product_go()
    {
        await using var demo = await DemoStore.Start(products: 120);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var variants = (await demo.State("variants")).GroupBy(v => v.GetProperty("productId").GetString()).Where(group => group.Count() > 2).Take(3);
        await demo.Delete("variant", [.. variants.Select(group => group.Last().GetProperty("id").GetString()!)]);
        var media = (await demo.State("media")).GroupBy(m => m.GetProperty("productId").GetString()).Where(group => group.Count() > 1).Skip(5).Take(3);
        await demo.Delete("media", [.. media.Select(group => group.Last().GetProperty("id").GetString()!)]);

        await host.Pull(store);

        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_store_shrunk_to_one_product_pauses_the_pull_until_a_person_says_go_on()
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await demo.Shrink();

        var id = await host.Enqueue(StartPull.Full, store);
        var paused = await host.Until(id, run => run.Now.Status == RunStatus.Paused);

        paused.Now.Reason.ShouldNotBeNull().ShouldContain("products: 1 of 60");
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and deleted_at is null", store)).ShouldBe(60);
        await host.Get<ResumeRun>().Resume(id, System.Text.Json.JsonSerializer.SerializeToElement(new { goOn = true }), default);
        await host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task Pending_edits_are_merged_field_by_field_and_conflicts_kept()
    {
        await using var demo = await DemoStore.Start(products: 50);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var ids = (await demo.State("products")).Take(4).Select(p => long.Parse(p.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        // Ours: a title; a title that Shopify changes too; one that Shopify sets alike; a tag.
        await Edit("update products set pending = jsonb_build_object('title', title), title = 'ours' where store_id = $1 and shopify_id = any($2)", store, ids[..3]);
        await Edit("update products set pending = jsonb_build_object('tags', tags), tags = array_append(tags, 'zz-ours') where store_id = $1 and shopify_id = any($2)", store, ids[3..]);
        await demo.Edit("product", $"{ids[0]}", new { vendor = "theirs" });
        await demo.Edit("product", $"{ids[1]}", new { title = "theirs" });
        await demo.Edit("product", $"{ids[2]}", new { title = "ours" });
        await demo.Edit("product", $"{ids[3]}", new { tags = new[] { "theirs" } });

        var run = await host.Pull(store);

        (await Row(store, ids[0])).ShouldBe("ours|theirs|true");
        (await Row(store, ids[1])).ShouldStartWith("ours|");
        (await Row(store, ids[2])).ShouldEndWith("|false");
        (await database.Scalar<string>("select array_to_string(tags, ',') || pending::text from products where store_id = $1 and shopify_id = $2", store, ids[3]))
            .ShouldBe("theirs,zz-ours{\"tags\": [\"theirs\"]}");
        run.Now.Counters.Conflicts.ShouldBe(1);
        (await database.Scalar<string>("select field || ours::text || shopifys::text from conflicts where store_id = $1 and closed_at is null", store)).ShouldBe("title\"ours\"\"theirs\"");
        (await database.Scalar<short>("select sync_state from product_summaries s join products p on p.id = s.product_id where p.store_id = $1 and shopify_id = $2", store, ids[1])).ShouldBe((short)3);

        var original = await database.Scalar<string>("select pending->>'title' from products where store_id = $1 and shopify_id = $2", store, ids[1]);
        await demo.Edit("product", $"{ids[1]}", new { title = original });
        await host.Pull(store);
        (await database.Scalar<string>("select closed_as from conflicts where store_id = $1", store)).ShouldBe("returned");
        (await Row(store, ids[1])).ShouldStartWith("ours|");
    }

    [Fact]
    public async Task What_a_later_read_wrote_while_the_bulk_query_ran_is_neither_overwritten_nor_deleted()
    {
        await using var demo = await DemoStore.Start(products: 50);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var product = long.Parse((await demo.State("products"))[10].GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        await demo.Edit("product", $"{product}", new { title = "first" });
        // The query for the products has read everything and does not end yet: its result is old by then.
        await demo.Fault("bulk-linger", new { match = "onlineStoreUrl" });
        var id = await host.Enqueue(StartPull.Full, store);
        await demo.HasCaught("bulk-linger");
        var admin = demo.Admin();
        await demo.Edit("product", $"{product}", new { title = "second" });
        var created = ShopifyNumber((await demo.Create(1))[0]);
        var read = await new ReadProducts(admin, database.Source, CowansDashboard.Shopify.Lane.Interactive).Read([product, created], default);
        await using (var connection = await database.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await new MergeProducts(store, null).Merge(connection, read, default);
            await transaction.CommitAsync();
        }
        (await database.Scalar<string>("select string_agg(status, ',') from pull_slices where run_id = $1 and kind = 'products'", id)).ShouldBe("started");
        await demo.ClearFaults();
        await host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await database.Scalar<long>("select done from run_streams where run_id = $1 and name = 'check'", id)).ShouldBeGreaterThanOrEqualTo(1);
        (await database.Scalar<long>("select count(*) from pull_rereads where run_id = $1", id)).ShouldBe(0);
        (await database.Scalar<string>("select title from products where store_id = $1 and shopify_id = $2 and deleted_at is null", store, product)).ShouldBe("second");
        (await database.Scalar<bool>("select deleted_at is null from products where store_id = $1 and shopify_id = $2", store, created)).ShouldBeTrue();
        (await database.Scalar<bool>("select remote_variants_count = (select count(*) from variants v where v.product_id = p.id and v.deleted_at is null) from products p where store_id = $1 and shopify_id = $2", store, created)).ShouldBeTrue();
        // Collections and publications were read before the product was there; the next pull sees it in them.
        await host.Pull(store);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task Rows_that_are_only_here_and_rows_removed_here_stay_as_they_are()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await Edit("insert into products (store_id, title, handle, status, mark, attributes) select $1, 'Only here', 'only-here', 'DRAFT', 1, '{\"note\":1}' where $2::bigint[] is not null", store, []);
        var removed = (await demo.State("products")).Take(1).Select(p => long.Parse(p.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        await Edit("update products set mark = 2, deleted_at = now(), attributes = '{\"note\":2}' where store_id = $1 and shopify_id = any($2)", store, removed);
        await demo.Edit("product", $"{removed[0]}", new { title = "changed there" });

        for (var i = 0; i < 3; i++)
            await host.Pull(store);

        (await database.Scalar<bool>("select mark = 2 and deleted_at is not null and title = 'changed there' and attributes = '{\"note\":2}' from products where store_id = $1 and shopify_id = $2", store, removed[0])).ShouldBeTrue();
        (await database.Scalar<bool>("select mark = 1 and deleted_at is null and attributes = '{\"note\":1}' from products where store_id = $1 and shopify_id is null", store)).ShouldBeTrue();
    }

    private Task<string> Row(long store, long id) => database.Scalar<string>(
        "select title || '|' || vendor || '|' || (pending is not null) from products where store_id = $1 and shopify_id = $2", store, id);

    private async Task Edit(string sql, long store, long[] ids)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = store });
        command.Parameters.Add(new() { Value = ids });
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }

    private static long ShopifyNumber(string gid) => long.Parse(gid.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
