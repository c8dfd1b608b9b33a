using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

[Trait("Category", "Integration")]
public sealed class PushInBulkTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>METAFIELD_PRODUCTS=8400 sends more than 50,000 metafields.</summary>
    private static readonly int MetafieldProducts = int.Parse(Environment.GetEnvironmentVariable("METAFIELD_PRODUCTS") ?? "200", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_bulk_push_confirms_every_line_reports_the_refused_ones_and_needs_few_calls()
    {
        await using var shop = await EditedShop.Start(database, 300);
        await shop.Edit("products", "title", "'In bulk ' || id || ' “ü☃”'");
        await shop.Edit("products", "tags", "array(select distinct unnest(tags || array['bulk']) order by 1)", "id % 4 = 0 and cardinality(tags) < 200");
        var priced = await shop.Edit("variants", "price", "price + 2.5", "position < 3");
        var bundle = await database.Scalar<long>("select shopify_id from variants where id = $1", priced[5]);
        await shop.Demo.Fault("poison", new { ids = new[] { bundle.ToString(CultureInfo.InvariantCulture) }, message = "Bundles cannot be changed here" });
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.ClearCalls();

        await shop.Push(plan);

        var items = await shop.Items(plan);
        items.Where(item => item.Status != PushStatus.Done).Select(item => (item.EntityId, item.Status, item.Outcome))
            .ShouldBe([(priced[5], PushStatus.Refused, "Bundles cannot be changed here")]);
        (await shop.Shop.Calls("BulkOperationRunMutation")).ShouldBe(3);
        (await shop.Shop.Calls("ProductUpdate")).ShouldBe(0);
        (await shop.Shop.Calls("Scalars")).ShouldBeLessThanOrEqualTo(3, "titles and tags of one product are settled by their answers");
        (await shop.Executed("productUpdate")).ShouldBe(300);
        (await database.Scalar<long>("select count(*) from push_lines")).ShouldBe(0);
        var truth = (await shop.Demo.State("products")).Count(row => row.GetProperty("title").GetString()!.StartsWith("In bulk", StringComparison.Ordinal));
        truth.ShouldBe(300);
        await shop.Demo.ClearFaults();
        await shop.Push(await shop.Prepare());
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task Metafields_go_in_bulk_too_and_one_that_is_refused_or_changed_by_others_holds_up_no_other()
    {
        await using var shop = await EditedShop.Start(database, MetafieldProducts);
        var edited = await shop.Edit("metafields", "value", "'In bulk ' || id", "owner_kind = 'product' and type = 'single_line_text_field' and namespace = 'custom' and key = 'material'");
        await shop.Edit("metafields", "value", "(value::bigint + 1)::text", "owner_kind = 'variant' and type = 'number_integer'", 200);
        var removed = await database.Scalar<long>("""
            with gone as (update metafields set mark = 2 where id in (
                select id from metafields where store_id = $1 and owner_kind = 'product' and deleted_at is null and pending is null and owner_id % 7 = 0 order by id limit 30) returning 1)
            select count(*) from gone
            """, shop.Store);
        // Thirty new ones of a product are two calls, and Shopify takes all of a call or nothing.
        var made = await database.Scalar<long[]>("""
            with made as (
                insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value, mark)
                select $1, 'product', p.id, 'made_here', 'number_' || n, 'number_integer', n::text, 1
                from (select id from products where store_id = $1 and deleted_at is null and id % 7 <> 0 order by id limit $2) p, generate_series(1, 30) n returning id)
            select array_agg(id order by id) from made
            """, shop.Store, MetafieldProducts / 5);
        await database.Scalar<long>("with e as (update metafields set value = 'many' where id = $1 returning 1) select count(*) from e", made[3]);
        var theirs = await database.Scalar<long>("select shopify_id from metafields where id = $1", edited[4]);
        await shop.Demo.Edit("metafield", $"{theirs}", new { value = "Theirs" });
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.ClearCalls();
        var ticket = await database.Scalar<long>("select nextval('tickets')");

        await shop.Push(plan);

        removed.ShouldBeGreaterThan(5);
        (await database.Scalar<long>("select count(*) from metafields where store_id = $1 and mark = 0 and deleted_at is not null and ticket > $2", shop.Store, ticket))
            .ShouldBe(removed, "a read that began before it does not bring one back");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(item => (item.EntityId, item.Status)).OrderBy(item => item.EntityId)
            .ShouldBe([(edited[4], PushStatus.Conflict), (made[3], PushStatus.Refused)]);
        (await shop.Shop.Calls("MetafieldsSet")).ShouldBeLessThanOrEqualTo(4, "only what was refused together with another goes by itself");
        (await shop.Shop.Calls("MetafieldsDelete")).ShouldBe(0);
        (await shop.Shop.Calls("ProductsById")).ShouldBeLessThanOrEqualTo(4, "answers tell what became of metafields");
        (await database.Scalar<string>("select string_agg(distinct mark || ' ' || (shopify_id is not null) || ' ' || (pending is null), ',') from metafields where id = any($1) and id <> $2", made, made[3]))
            .ShouldBe("0 true true");
        await database.Scalar<long>("with e as (update metafields set value = '4' where id = $1 returning 1) select count(*) from e", made[3]);
        await shop.Demo.Edit("metafield", $"{theirs}", new { value = await database.Scalar<string>("select value from metafields where id = $1", edited[4]) });
        await shop.Host.Pull(shop.Store);
        await shop.Push(await shop.Prepare());
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_tag_that_replaces_another_is_settled_when_both_calls_are_and_neither_half_is_lost()
    {
        await using var shop = await EditedShop.Start(database, 30);
        var edited = await shop.Edit("products", "tags", "array(select distinct unnest(tags[2:] || array['instead']) order by 1)", "cardinality(tags) between 1 and 200");
        var wanted = await database.Scalar<string>("select string_agg(id || array_to_string(array(select unnest(tags) order by 1), ','), ';' order by id) from products where id = any($1)", edited);
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.ClearCalls();

        await shop.Push(plan);

        edited.ShouldNotBeEmpty();
        (await shop.Shop.Calls("Scalars")).ShouldBe(1, "which of the two was done last, their answers tell");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done || item.Outcome?.Contains("Shopify wrote", StringComparison.Ordinal) == true).Select(item => item.Outcome).ShouldBeEmpty();
        (await database.Scalar<string>("select string_agg(id || array_to_string(array(select unnest(tags) order by 1), ','), ';' order by id) from products where id = any($1)", edited)).ShouldBe(wanted);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Theory]
    [InlineData("drop-connection", true)]
    [InlineData("die-after-executing", false)]
    public async Task A_bulk_mutation_whose_start_was_lost_runs_once(string fault, bool named)
    {
        await using var shop = await EditedShop.Start(database, 30);
        await shop.Edit("products", "title", "'Lost start ' || id");
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        await shop.Demo.Fault(fault, named ? new { operation = "BulkOperationRunMutation", times = 1 } : new { times = 1, skip = 1 });

        await shop.Push(plan);

        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Executed("productUpdate")).ShouldBe(30);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task Shopify_s_foreign_change_before_the_look_is_a_conflict_and_has_no_line()
    {
        await using var shop = await EditedShop.Start(database, 30);
        var edited = await shop.Edit("products", "title", "'Bulk ' || id");
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited[4]);
        await shop.Demo.Edit("product", $"{theirs}", new { title = "Theirs" });

        await shop.Push(plan);

        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).ShouldHaveSingleItem().Status.ShouldBe(PushStatus.Conflict);
        (await shop.Executed("productUpdate")).ShouldBe(29);
        (await shop.Demo.State("products")).Single(row => row.GetProperty("id").GetString() == $"{theirs}").GetProperty("title").GetString().ShouldBe("Theirs");
    }
}
