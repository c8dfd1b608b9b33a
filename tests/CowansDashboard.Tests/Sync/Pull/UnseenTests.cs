using CowansDashboard.Runs;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>What a pull may take for gone, and what it may not.</summary>
[Trait("Category", "Integration")]
public sealed class UnseenTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("pull_slices", "before update", "new.object_count = new.object_count + 1")]
    [InlineData("pull_batches", "before insert", "new.broken = new.broken + 1")]
    [InlineData("pull_batches", "before insert", "new.lines = greatest(0, new.lines - 1)")]
    public async Task Nothing_is_deleted_while_a_line_is_missing_or_unreadable(string table, string when, string sabotage)
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await database.Source.Execute($"""
            insert into collection_members (store_id, collection_id, product_id, position, ticket)
            select {store}, c.id, p.id, 999, 0 from collections c, products p where c.store_id = {store} and p.store_id = {store}
                and not exists (select from collection_members m where m.collection_id = c.id and m.product_id = p.id) limit 1;
            create function sabotage() returns trigger language plpgsql as 'begin {sabotage}; return new; end';
            create trigger sabotage {when} on {table} for each row execute function sabotage();
            """);
        Run doubtful;
        try
        {
            doubtful = await host.Pull(store);
        }
        finally
        {
            await database.Source.Execute($"drop trigger sabotage on {table}; drop function sabotage()");
        }
        doubtful.Now.Counters.Deleted.ShouldBe(0);
        (await Strays(store)).ShouldBe(1);
        (await database.Scalar<long>("select count(*) from run_log where run_id = $1 and level = 'warning' and text like 'collection members: %Nothing that was not named is deleted.'",
            doubtful.Now.Id)).ShouldBe(1);

        var sure = await host.Pull(store);

        sure.Now.Counters.Deleted.ShouldBe(1);
        (await Strays(store)).ShouldBe(0);
        await database.ShouldEqual(store, demo);
    }

    [Fact]
    public async Task A_deleted_product_with_unsent_changes_comes_back_with_them_when_Shopify_names_it()
    {
        await using var demo = await DemoStore.Start(products: 20);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await database.Source.Execute($"""
            update products set pending = jsonb_build_object('title', title), title = 'ours', deleted_at = now()
            where store_id = {store} and id = (select min(id) from products where store_id = {store});
            update products set pending = jsonb_build_object('title', title), title = 'ours, to be deleted', deleted_at = now(), mark = 2
            where store_id = {store} and id = (select max(id) from products where store_id = {store});
            """);

        await host.Pull(store);

        (await database.Scalar<string>("""
            select string_agg(title || ' ' || (deleted_at is null) || ' ' || (pending is not null), ', ' order by id) from products where store_id = $1 and title like 'ours%'
            """, store)).ShouldBe("ours true true, ours, to be deleted false true");
    }

    [Fact]
    public async Task A_removed_product_that_was_gone_is_shown_again_when_Shopify_names_it()
    {
        await using var demo = await DemoStore.Start(products: 20);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await database.Source.Execute($"""
            update products set removal = 'delete:24', deleted_at = now() where store_id = {store} and id = (select min(id) from products where store_id = {store});
            update products set removal = 'exclude' where store_id = {store} and id = (select max(id) from products where store_id = {store});
            insert into removals (store_id, product_id, kind, change_set_id) select store_id, id, 'exclude', 0 from products where store_id = {store} and removal = 'exclude';
            """);

        await host.Pull(store);

        (await database.Scalar<string>("""
            select string_agg((deleted_at is null) || ' ' || coalesce(removal, 'shown'), ', ' order by id) from products
            where id in (select min(id) from products where store_id = $1 union select max(id) from products where store_id = $1)
            """, store)).ShouldBe("true shown, true exclude");
    }

    [Fact]
    public async Task What_a_lost_result_has_named_does_not_count_once_its_query_is_run_again()
    {
        var kind = new RunKind("checkpoint", null);
        var store = await RunsOfTests.Store(database);
        var counted = 0L;
        await using var host = await RunHost.Start(database.ConnectionString, "repeats", new WorkOf(kind, async (run, cancel) =>
        {
            var checkpoint = new Checkpoint(run, database.Source);
            var slice = (await checkpoint.Open([PullKind.Of("products"), PullKind.Of("media")], cancel))[0];
            var stream = run.Progress.Stream("products", "bulk query");
            await checkpoint.Starting(slice, 5, cancel);
            await using (var batch = await run.Begin(cancel))
            {
                await using var insert = new NpgsqlCommand($"""
                    insert into pull_batches (run_id, slice_id, unchanged, products, lines, broken, inserted) values
                        ({run.RunId}, {slice.Id}, '{"{1,2}"}', '{"{10}"}', 60, 1, 3), ({run.RunId}, {slice.Id}, '{"{3}"}', '{"{11}"}', 40, 0, 4)
                    """, batch.Connection);
                await insert.ExecuteNonQueryAsync(cancel);
                batch.Advance(stream, 100);
                await batch.Commit(cancel);
            }
            await checkpoint.Failed(slice, "no longer to be had", stream, cancel);
            counted = stream.SoFar;
        }));

        var id = await host.Enqueued(kind, store);
        await host.Until(id, RunStatus.Succeeded);

        counted.ShouldBe(0);
        (await database.Scalar<string>("""
            select string_agg(unchanged::text || products::text || lines || broken || inserted, ' ' order by id) from pull_batches where run_id = $1
            """, id)).ShouldBe("{}{10}003 {}{11}004");
        (await database.Scalar<long>("select done from runs where id = $1", id)).ShouldBe(0);
    }

    [Fact]
    public async Task Products_and_locations_that_were_made_while_a_pull_went_on_get_their_collections_and_their_stock()
    {
        await using var demo = await DemoStore.Start(products: 60);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        var member = (await demo.State("collection-members"))[3].GetProperty("productId").GetString()!;
        // As if the first results had been written before they were there.
        await database.Source.Execute($"""
            create function too_early() returns trigger language plpgsql as 'begin
                if new.store_id = {store} and new.shopify_id = {member} and not exists (select from inventory_levels where store_id = {store}) then
                    return null;
                end if;
                return new; end';
            create trigger too_early before insert on products for each row execute function too_early();
            create function without_product() returns trigger language plpgsql as 'begin
                if not exists (select from products where id = new.product_id) then return null; end if;
                return new; end';
            create trigger too_early before insert on product_options for each row execute function without_product();
            create function too_early_location() returns trigger language plpgsql as 'begin
                if exists (select from locations where store_id = {store}) and not exists (select from pull_orphans) then
                    return null;
                end if;
                return new; end';
            create trigger too_early before insert on locations for each row execute function too_early_location();
            """);
        Run run;
        try
        {
            run = await host.Pull(store);
        }
        finally
        {
            await database.Source.Execute("drop trigger too_early on products; drop trigger too_early on locations; drop trigger too_early on product_options; drop function without_product(); drop function too_early(); drop function too_early_location()");
        }

        run.Now.Counters.Orphans.ShouldBeGreaterThan(0);
        (await database.Scalar<long>("select count(*) from pull_orphans")).ShouldBe(0);
        await database.ShouldEqual(store, demo);
    }

    private Task<long> Strays(long store) =>
        database.Scalar<long>("select count(*) from collection_members where store_id = $1 and position = 999", store);
}
