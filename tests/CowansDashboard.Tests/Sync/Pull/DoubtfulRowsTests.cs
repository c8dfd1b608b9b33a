using CowansDashboard.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>Rows with edits of ours, and rows that Shopify no longer names.</summary>
[Trait("Category", "Integration")]
public sealed class DoubtfulRowsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_source_changed_on_both_sides_is_a_conflict_and_a_publication_that_shopify_does_not_know_goes_with_what_hung_on_it()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        var source = await database.Scalar<long>("""
            update collection_sources set title = 'ours', pending = '{"title": "base"}', row_hash = null
            where id = (select min(id) from collection_sources where store_id = $1 and gid is not null) returning id
            """, store);
        var theirs = await database.Scalar<string>("select coalesce(definition->>'title', '') from collection_sources where id = $1", source);
        var publication = await database.Scalar<long>(
            "insert into publications (store_id, shopify_id, title) values ($1, 987654321, 'Gone') returning id", store);
        var product = await database.Scalar<long>("""
            with p as (select min(id) as id from products where store_id = $1)
            insert into product_publications (product_id, publication_id, store_id) select id, $2, $1 from p returning product_id
            """, store, publication);

        var run = await host.Pull(store);

        (await database.Scalar<string>("select ours #>> '{}' || '|' || (shopifys #>> '{}') from conflicts where entity = 'collection source' and entity_id = $1 and closed_at is null", source))
            .ShouldBe($"ours|{theirs}");
        (await database.Scalar<string>("select title from collection_sources where id = $1", source)).ShouldBe("ours");
        run.Now.Counters.Conflicts.ShouldBe(1);
        (await database.Scalar<bool>("select deleted_at is not null from publications where id = $1", publication)).ShouldBeTrue();
        (await database.Scalar<long>("select count(*) from product_publications where publication_id = $1 and product_id = $2", publication, product)).ShouldBe(0);

        await Pending(store, "update variants set mark = 2 where id = (select min(id) from variants where store_id = $1 and deleted_at is null) returning product_id", "variants");
        await Pending(store, "update metafields set pending = '{\"value\": \"x\"}' where id = (select min(f.id) from metafields f where f.store_id = $1 and owner_kind = 'variant' and deleted_at is null) returning (select product_id from variants v where v.id = owner_id)", "metafields");
        await Pending(store, "update inventory_levels set pending = '{\"available\": 1}' where id = (select min(id) from inventory_levels where store_id = $1 and variant_id is not null and deleted_at is null) returning (select product_id from variants v where v.id = variant_id)", "inventory_levels");
        await Pending(store, "update collection_members set mark = 1 where id = (select min(id) from collection_members where store_id = $1) returning product_id", "collection_members");
        await Pending(store, "update product_publications set mark = 2 where id = (select min(id) from product_publications where store_id = $1) returning product_id", "product_publications");
    }

    /// <summary>An edit of a row below a product makes the product pending, and back without it.</summary>
    private async Task Pending(long store, string edit, string table)
    {
        var product = await database.Scalar<long>(edit, store);
        (await Refreshed(product)).ShouldBe((short)1, table);
        await database.Scalar<long>($"with clean as (update {table} set pending = null, mark = 0 where store_id = $1 and (pending is not null or mark <> 0) returning 1) select count(*) from clean", store);
        (await Refreshed(product)).ShouldBe((short)0, table);
    }

    private async Task<short> Refreshed(long product)
    {
        await using (var connection = await database.Source.OpenConnectionAsync())
            await RefreshSummaries.Refresh(connection, [product], default);
        return await database.Scalar<short>("select sync_state from product_summaries where product_id = $1", product);
    }
}
