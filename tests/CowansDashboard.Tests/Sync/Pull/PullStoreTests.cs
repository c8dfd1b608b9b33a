using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class PullStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_full_pull_brings_the_whole_shop_and_a_second_one_writes_nothing()
    {
        await using var demo = await DemoStore.Start(products: 300);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);

        var first = await host.Pull(store);
        await database.ShouldEqual(store, demo);
        first.Now.Counters.Failed.ShouldBe(0);
        first.Now.Counters.Orphans.ShouldBe(0);

        var before = await Stamp(store);
        var second = await host.Pull(store);

        (await Stamp(store)).ShouldBe(before);
        second.Now.Counters.Inserted.ShouldBe(0);
        second.Now.Counters.Updated.ShouldBe(0);
        second.Now.Counters.Deleted.ShouldBe(0);
        (await demo.Deprecations()).EnumerateObject().ShouldBeEmpty();
    }

    // Every row's version in PostgreSQL: a single write, even of the same values, changes it.
    private Task<string> Stamp(long store) => database.Scalar<string>("""
        select md5(string_agg(x, ',' order by x)) from (
            select 'p' || id || xmin::text as x from products where store_id = $1
            union all select 'o' || id || xmin::text from product_options where store_id = $1
            union all select 'v' || id || xmin::text from variants where store_id = $1
            union all select 'm' || id || xmin::text from media where store_id = $1
            union all select 'f' || id || xmin::text from metafields where store_id = $1
            union all select 'c' || id || xmin::text from collections where store_id = $1
            union all select 'cs' || id || xmin::text from collection_sources where store_id = $1
            union all select 'cm' || id || xmin::text from collection_members where store_id = $1
            union all select 'l' || id || xmin::text from inventory_levels where store_id = $1
            union all select 'lo' || id || xmin::text from locations where store_id = $1
            union all select 'pu' || id || xmin::text from publications where store_id = $1
            union all select 'pp' || id || xmin::text from product_publications where store_id = $1
            union all select 's' || product_id || xmin::text from product_summaries where store_id = $1) rows
        """, store);
}
