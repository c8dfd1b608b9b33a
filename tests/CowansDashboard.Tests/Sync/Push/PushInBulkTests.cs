using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

[Trait("Category", "Integration")]
public sealed class PushInBulkTests(TestDatabase database) : IClassFixture<TestDatabase>
{
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
