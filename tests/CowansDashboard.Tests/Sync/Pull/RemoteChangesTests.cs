using System.Globalization;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class RemoteChangesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_pull_notes_what_Shopify_changed_and_the_first_one_and_an_idle_one_note_nothing()
    {
        await using var demo = await DemoStore.Start(products: 40);
        await using var host = await PullHost.Start(database, demo);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        await host.Pull(store);
        (await database.Scalar<long>("select count(*) from change_sets where store_id = $1", store)).ShouldBe(0);
        var ids = (await demo.State("products")).Take(2).Select(product => product.GetProperty("id").GetString()!).ToArray();
        await database.Scalar<long>("""
            with edited as (update products set pending = jsonb_build_object('title', title), title = 'ours' where store_id = $1 and shopify_id = $2 returning 1) select count(*) from edited
            """, store, long.Parse(ids[1], CultureInfo.InvariantCulture));
        await demo.Edit("product", ids[0], new { title = "theirs", vendor = "Theirs" });
        await demo.Edit("product", ids[1], new { vendor = "Theirs too" });
        var variant = (await demo.State("variants")).First(row => row.GetProperty("productId").GetString() == ids[0]).GetProperty("id").GetString()!;
        await demo.Edit("variant", variant, new { price = "0.01" });
        var sorted = await Sorted(store);

        var run = await host.Pull(store);
        await host.Pull(store);

        (await database.Scalar<string>("""
            select string_agg(c.field || '=' || (c.new #>> '{}'), ',' order by c.product_id, c.field)
            from change_sets s join changes c on c.change_set_id = s.id
            where s.store_id = $1 and s.kind = 'remote' and s.run_id = $2 and c.entity = 'product' and c.old is not null
            """, store, run.Now.Id)).ShouldBe("title=theirs,vendor=Theirs,vendor=Theirs too");
        (await database.Scalar<long>("select count(*) from change_sets where store_id = $1", store)).ShouldBe(1);
        (await Sorted(store)).ShouldNotBe(sorted, "the cheapest product is the first of those below 20");
        (await database.Scalar<long>("""
            select count(*) from changes c join collection_members m on c.entity = 'collection member' and m.id = c.entity_id join collections o on o.id = m.collection_id and o.sort_order <> 'MANUAL' where c.store_id = $1
            """, store)).ShouldBe(0, "where a collection sorts itself nobody moved its products");
        (await database.Scalar<string>("select string_agg(new #>> '{}', ',') from changes where store_id = $1 and entity = 'variant' and field = 'price'", store)).ShouldBe("0.01");
        var timeline = await new CowansDashboard.History.ReadTimeline(database.Source).Read(new CowansDashboard.History.TimelineQuery(store), default);
        timeline.Entries.ShouldHaveSingleItem().Set.Fields.ShouldBeGreaterThanOrEqualTo(4);
    }

    private Task<string> Sorted(long store) => database.Scalar<string>("""
        select string_agg(m.product_id || ' ' || m.position, ',' order by m.collection_id, m.product_id) from collection_members m join collections o on o.id = m.collection_id and o.sort_order <> 'MANUAL' where m.store_id = $1
        """, store);
}
