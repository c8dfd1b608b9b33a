using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>What hangs on products: options, metafields, media, publications, stock; new rows and removed ones.</summary>
[Trait("Category", "Integration")]
public sealed class PushEverythingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Everything_that_hangs_on_a_product_is_sent_and_both_sides_agree()
    {
        await using var shop = await EditedShop.Start(database, 30);
        await shop.Edit("products", "title", "'With all ' || id", "true", 4);
        (await shop.Edit("metafields", "value", "'Pushed ' || id", "owner_kind = 'product' and type = 'single_line_text_field' and namespace = 'custom' and key = 'material'")).ShouldNotBeEmpty();
        (await shop.Edit("metafields", "value", "(value::bigint + 1)::text", "owner_kind = 'variant' and type = 'number_integer'", 5)).Length.ShouldBeGreaterThanOrEqualTo(0);
        (await shop.Edit("media", "alt", "'Seen from the front ' || id", "status = 'READY' and shopify_id in (select shopify_id from media group by 1 having count(*) = 1)", 8)).ShouldNotBeEmpty();
        (await shop.Edit("inventory_levels", "available", "available + 11", "available is not null and is_active and variant_id is not null", 6)).ShouldNotBeEmpty();
        (await shop.Edit("product_options", "name", "'Size of ' || name", "name <> 'Title'", 3)).ShouldNotBeEmpty();
        var published = await database.Scalar<long>("""
            with gone as (update product_publications set mark = 2 where id in (select id from product_publications where store_id = $1 order by id limit 3) returning 1),
            more as (insert into product_publications (store_id, product_id, publication_id, mark)
                select $1, p.id, b.id, 1 from products p, publications b where p.store_id = $1 and b.store_id = $1
                    and not exists (select from product_publications e where e.product_id = p.id and e.publication_id = b.id) order by p.id, b.id limit 2 returning 1)
            select (select count(*) from gone) + (select count(*) from more)
            """, shop.Store);
        published.ShouldBe(5);
        var removed = await database.Scalar<long>("""
            with v as (select min(id) as id from variants where store_id = $1 and deleted_at is null and product_id in (
                select product_id from variants where store_id = $1 and deleted_at is null group by 1 having count(*) between 3 and 20)),
            done as (update variants t set mark = 2 from v where t.id = v.id returning t.id) select id from done
            """, shop.Store);
        var plan = await shop.Prepare();

        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => $"{item.Entity} {item.EntityId} {item.Kind}: {item.Status} {item.Outcome} {item.Fields.ToJsonString()}").ShouldBeEmpty();
        (await database.Scalar<bool>("select deleted_at is not null and mark = 0 from variants where id = $1", removed)).ShouldBeTrue();
        (await shop.Waiting()).ShouldBe(0);
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", shop.Store)).ShouldBe(0);
    }

    [Fact]
    public async Task A_metafield_that_was_made_on_both_sides_is_a_conflict_and_neither_value_is_lost()
    {
        await using var shop = await EditedShop.Start(database, 10);
        // The copy has not heard of one that Shopify has, and somebody makes it here.
        var ours = await database.Scalar<long>("""
            with theirs as (select * from metafields where store_id = $1 and owner_kind = 'product' and type = 'single_line_text_field' order by id limit 1),
            unheard as (delete from metafields where id = (select id from theirs)),
            made as (insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, mark)
                select store_id, owner_kind, owner_id, namespace, key, type, 'Ours', 1 from theirs returning id)
            select id from made
            """, shop.Store);

        var id = await shop.Apply(await shop.Prepare());
        await shop.Host.Until(id, run => run.Now.Status.IsFinished());

        (await database.Scalar<string>("select value || ' ' || (pending -> 'value')::text || ' ' || mark from metafields where id = $1", ours)).ShouldBe("Ours null 0");
        (await database.Scalar<bool>("select count(*) = 1 from conflicts where store_id = $1 and entity = 'metafield' and entity_id = $2 and closed_at is null", shop.Store, ours)).ShouldBeTrue();
        (await shop.Executed("metafieldsSet")).ShouldBe(0);
    }

    [Fact]
    public async Task A_metafield_that_a_pull_brings_and_that_was_made_here_too_is_the_same_one()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var ours = await database.Scalar<long[]>("""
            with theirs as (
                (select * from metafields where store_id = $1 and owner_kind = 'product' and type = 'single_line_text_field' order by id limit 2)
                union all (select * from metafields where store_id = $1 and owner_kind = 'variant' order by id limit 1)),
            unheard as (delete from metafields where id in (select id from theirs)),
            made as (insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, mark)
                select store_id, owner_kind, owner_id, namespace, key, type, case when n = 1 then 'Ours' else value end, 1
                from (select *, row_number() over (order by id) as n from theirs) t order by n returning id)
            select array_agg(id order by id) from made
            """, shop.Store);
        var before = await database.Scalar<long>("select count(*) from metafields where store_id = $1", shop.Store);
        var plan = await shop.Prepare();

        (await shop.Host.Pull(shop.Store)).Now.Counters.Conflicts.ShouldBe(1);

        (await database.Scalar<long>("select count(*) from metafields where store_id = $1", shop.Store)).ShouldBe(before);
        (await database.Scalar<string>("select string_agg(mark || ' ' || (shopify_id is not null) || ' ' || coalesce(pending::text, '-'), ', ' order by id) from metafields where id = any($1)", ours))
            .ShouldBe("""0 true {"value": null}, 0 true -, 0 true -""");
        (await database.Scalar<string>("select string_agg(entity_id || ' ' || ours::text || ' ' || coalesce(base::text, 'null'), ', ') from conflicts where store_id = $1 and closed_at is null", shop.Store))
            .ShouldBe($"{ours[0]} \"Ours\" null");
        (await database.Scalar<string>("select value from metafields where id = $1", ours[0])).ShouldBe("Ours");

        var id = await shop.Apply(plan);
        await shop.Host.Until(id, run => run.Now.Status.IsFinished());
        (await shop.Items(plan)).OrderBy(item => item.EntityId).Select(item => item.Status).ShouldBe([PushStatus.Conflict, PushStatus.Done, PushStatus.Done]);
        (await shop.Executed("metafieldsSet")).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_was_removed_and_added_again_is_sent_once_and_one_removed_while_it_was_made_is_removed_there_too()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var product = await database.Scalar<long>("select min(id) from products where store_id = $1", shop.Store);
        const string Added = """
            with f as (insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, mark, deleted_at)
                values ($1, 'product', $2, 'mine', $3, 'single_line_text_field', $4, 1, case when $5 then now() end) returning id) select id from f
            """;
        var dropped = await database.Scalar<long>(Added, shop.Store, product, "twice", "First", true);
        var kept = await database.Scalar<long>(Added, shop.Store, product, "twice", "Second", false);
        var regretted = await database.Scalar<long>(Added, shop.Store, product, "regretted", "Sent", false);
        var plan = await shop.Prepare();
        await shop.Demo.Fault("hold", new { operation = "MetafieldsSet" });

        var id = await shop.Apply(plan);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120)))
            while (!await database.Scalar<bool>("select count(*) > 0 from sent_fields where entity = 'metafield' and entity_id = $1", regretted))
                await Task.Delay(5, patience.Token);
        await database.Scalar<long>("with e as (update metafields set deleted_at = now() where id = $1 returning 1) select count(*) from e", regretted);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await database.Scalar<string>("select string_agg(id || ' ' || mark || ' ' || (shopify_id is not null) || ' ' || (deleted_at is not null), ', ' order by id) from metafields where id = any($1)",
            new[] { dropped, kept, regretted })).ShouldBe($"{dropped} 1 false true, {kept} 0 true false, {regretted} 2 true true");
        await shop.Push(await shop.Prepare());
        (await database.Scalar<string>("select string_agg(key || ' ' || value, ', ') from metafields where store_id = $1 and namespace = 'mine' and deleted_at is null", shop.Store)).ShouldBe("twice Second");
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task Products_enter_and_leave_collections_and_one_that_takes_nobody_by_hand_holds_up_no_other()
    {
        await using var shop = await EditedShop.Start(database, 20);
        const string Join = """
            with p as (select id from products where store_id = $1 and deleted_at is null order by id limit 1),
            c as (select l.id, (select bool_and(s.source_type = 'CollectionSubCollectionsSource') from collection_sources s where s.collection_id = l.id and s.deleted_at is null) as closed
                from collections l where l.store_id = $1 and l.deleted_at is null),
            chosen as (
                select distinct on (c.closed) c.id from c, p where c.closed is not null and not exists (select from collection_members m where m.collection_id = c.id and m.product_id = p.id) order by c.closed, c.id),
            joined as (insert into collection_members (store_id, collection_id, product_id, position, mark) select $1, chosen.id, p.id, 0, 1 from chosen, p returning id)
            select coalesce(string_agg(id::text, ',' order by id), '') from joined
            """;
        var members = (await database.Scalar<string>(Join, shop.Store)).Split(',').Select(long.Parse).ToArray();
        members.Length.ShouldBe(2, "one that takes products by hand and one of collections");
        var of = await database.Scalar<long[]>("select array_agg(distinct product_id) from collection_members where id = any($1)", members);
        var plan = await shop.Prepare(of);

        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.ShouldAllBe(item => item.Entity == "collection member" && item.Name.Length > 0);
        var joined = items.Single(item => item.Status == PushStatus.Done).EntityId;
        items.Single(item => item.Status != PushStatus.Done).ShouldSatisfyAllConditions(
            item => item.Status.ShouldBe(PushStatus.Refused), item => item.Outcome.ShouldBe("The collection does not take products by hand"));
        (await Members(shop, joined)).ShouldBe(1);
        await database.Scalar<long>("with e as (delete from collection_members where id = any($1) and id <> $2 returning 1) select count(*) from e", members, joined);
        var (collection, product) = await Names(joined);
        await database.Scalar<long>("with e as (update collection_members set mark = 2 where id = $1 and mark = 0 returning 1) select count(*) from e", joined);

        var second = await shop.Prepare(of);
        await shop.Push(second);

        (await shop.Items(second)).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Done);
        (await database.Scalar<long>("select count(*) from collection_members where store_id = $1 and mark <> 0", shop.Store)).ShouldBe(0);
        (await shop.Demo.State("collection-members")).ShouldNotContain(row => row.GetProperty("collectionId").GetString() == collection && row.GetProperty("productId").GetString() == product);
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
    }

    private async Task<int> Members(EditedShop shop, long member)
    {
        var (collection, product) = await Names(member);
        return (await shop.Demo.State("collection-members")).Count(row => row.GetProperty("collectionId").GetString() == collection && row.GetProperty("productId").GetString() == product);
    }

    private async Task<(string Collection, string Product)> Names(long member)
    {
        var names = (await database.Scalar<string>("""
            select c.shopify_id || ' ' || p.shopify_id from collection_members m join collections c on c.id = m.collection_id join products p on p.id = m.product_id where m.id = $1
            """, member)).Split(' ');
        return (names[0], names[1]);
    }

    [Fact]
    public async Task A_product_made_here_is_made_once_in_Shopify_also_when_the_answer_is_lost()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var product = await database.Scalar<long>("""
            with p as (insert into products (store_id, title, handle, status, tags, vendor, mark) values ($1, 'Made here – ñ', 'made-here', 'DRAFT', '{new,ünï}', 'Us', 1) returning id),
            o as (insert into product_options (store_id, product_id, name, position, option_values, mark)
                select $1, id, 'Size', 1, '[{"name":"S"},{"name":"M"}]', 1 from p),
            v as (insert into variants (store_id, product_id, option_values, position, sku, price, mark)
                select $1, id, array[s], n, 'MADE-' || s, 9.5 + n, 1 from p, (values ('S', 1), ('M', 2)) x (s, n)),
            f as (insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, mark)
                select $1, 'product', id, 'custom', 'material', 'single_line_text_field', 'Wool', 1 from p)
            select id from p
            """, shop.Store);
        var parent = await database.Scalar<long>("select product_id from product_options where store_id = $1 and mark = 0 and deleted_at is null and name <> 'Title' group by 1 having count(*) = 1 order by 1 limit 1", shop.Store);
        await database.Scalar<long>("""
            with o as (update product_options set option_values = option_values || '[{"name":"Quite new"}]' where product_id = $2 and false returning 1),
            v as (insert into variants (store_id, product_id, option_values, position, sku, price, mark) values ($1, $2, array['Quite new'], 99, 'QUITE-NEW', 5, 1) returning 1)
            select count(*) from v
            """, shop.Store, parent);
        var plan = await shop.Prepare();
        await shop.Demo.Fault("drop-connection", new { operation = "ProductSet", times = 1 });
        await shop.Demo.Fault("drop-connection", new { operation = "ProductVariantsBulkCreate", times = 1 });

        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => $"{item.Entity} {item.Kind}: {item.Status} {item.Outcome}").ShouldBeEmpty();
        (await shop.Demo.State("products")).Count(row => row.GetProperty("title").GetString() == "Made here – ñ").ShouldBe(1);
        (await shop.Demo.State("variants")).Count(row => row.GetProperty("sku").GetString() == "QUITE-NEW").ShouldBe(1);
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and title = 'Made here – ñ'", shop.Store)).ShouldBe(1);
        (await database.Scalar<bool>("select shopify_id is not null and mark = 0 from products where id = $1", product)).ShouldBeTrue();
        (await shop.Waiting()).ShouldBe(0);
        await shop.Host.Pull(shop.Store);
        await shop.Shop.ShouldBeInTheCopy();
    }
}
