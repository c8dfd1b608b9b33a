using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>What Shopify hears from others between the last look and our writing.</summary>
[Trait("Category", "Integration")]
public sealed class PushOverwrittenTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly ResolvedBy Ann = new("7", "Ann");

    [Theory]
    [InlineData("bulk")]
    [InlineData("direct")]
    public async Task A_value_that_came_after_the_last_look_and_was_written_over_is_kept_listed_and_comes_back_as_an_edit(string path)
    {
        await using var shop = await EditedShop.Start(database, 12);
        var edited = await shop.Edit("products", "title", "'Ours ' || id", "true", 6);
        var plan = await shop.Prepare();
        await shop.Force(plan, path);
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited[2]);
        await shop.Demo.Fault(path == "bulk" ? "bulk-hold" : "hold", path == "bulk" ? new { match = "productUpdate" } : new { operation = "ProductUpdate" });

        var id = await shop.Apply(plan);
        await Patience.Until(() => database.Scalar<bool>(path == "bulk"
            ? "select count(*) > 0 from push_files where store_id = $1 and status = 'started'"
            : "select count(*) = 6 from sent_fields where store_id = $1", shop.Store), sent => sent, _ => "nothing was sent");
        await shop.Demo.Edit("product", $"{theirs}", new { title = "Theirs" });
        await shop.Shop.PullSelection(theirs);
        (await Open(edited[2])).ShouldBe(1);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Items(plan)).Single(item => item.EntityId == edited[2]).ShouldSatisfyAllConditions(
            item => item.Status.ShouldBe(PushStatus.Done), item => item.Outcome!.ShouldStartWith("Sent over “Theirs”"));
        (await TitleInShopify(shop, theirs)).ShouldBe($"Ours {edited[2]}");
        (await Open(edited[2])).ShouldBe(0);
        var listed = (await new FindConflicts(database.Source).Find(shop.Store, new ConflictFilter { State = ConflictState.Overwritten }, null, 10, default)).Rows.ShouldHaveSingleItem();
        (listed.EntityId, listed.Shopifys!.GetValue<string>(), listed.End!.As).ShouldBe((edited[2], "Theirs", "overwritten"));
        (await shop.Waiting()).ShouldBe(0);

        var restoring = new RestoreOverwritten(new SaveChangeSet(database.Source));
        (await restoring.Restore(shop.Store, [listed.Id], Ann, default)).Fields.ShouldBe(1);
        (await restoring.Restore(shop.Store, [listed.Id], Ann, default)).Left.ShouldHaveSingleItem().Why.ShouldBe("The field holds this value already.");
        await shop.Push(await shop.Prepare());

        (await TitleInShopify(shop, theirs)).ShouldBe("Theirs");
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }

    [Fact]
    public async Task A_value_that_came_after_the_line_had_run_is_a_conflict_and_stays_in_Shopify()
    {
        await using var shop = await EditedShop.Start(database, 12);
        var edited = await shop.Edit("products", "title", "'Ours ' || id", "true", 6);
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited[2]);
        await shop.Demo.Fault("bulk-linger", new { match = "productUpdate" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("bulk-linger");
        await shop.Demo.Edit("product", $"{theirs}", new { title = "Theirs" });
        await shop.Shop.PullSelection(theirs);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Items(plan)).Single(item => item.Status != PushStatus.Done).ShouldSatisfyAllConditions(
            item => item.EntityId.ShouldBe(edited[2]), item => item.Status.ShouldBe(PushStatus.Conflict));
        (await TitleInShopify(shop, theirs)).ShouldBe("Theirs");
        (await Open(edited[2])).ShouldBe(1);
        (await shop.Executed("productUpdate")).ShouldBe(6);
    }

    [Fact]
    public async Task A_look_that_grew_old_while_a_place_was_waited_for_is_repeated_before_anything_is_sent()
    {
        await using var shop = await EditedShop.Start(database, 12);
        var edited = await shop.Edit("products", "title", "'Ours ' || id", "true", 6);
        var plan = await shop.Prepare();
        await shop.Force(plan, "bulk");
        var theirs = await database.Scalar<long>("select shopify_id from products where id = $1", edited[2]);
        await shop.Demo.Fault("hold", new { operation = "StagedUploadsCreate" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold");
        await shop.Demo.Edit("product", $"{theirs}", new { title = "Theirs" });
        shop.Host.Get<SyncOptions>().LookAgainAfter = TimeSpan.Zero;
        await shop.Demo.ClearFaults();
        await Patience.Until(() => database.Scalar<bool>("select count(*) > 0 from push_files where store_id = $1 and status = 'void'", shop.Store), dropped => dropped, _ => "no file was dropped");
        shop.Host.Get<SyncOptions>().LookAgainAfter = TimeSpan.FromHours(1);
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Items(plan)).Single(item => item.Status != PushStatus.Done).ShouldSatisfyAllConditions(
            item => item.EntityId.ShouldBe(edited[2]), item => item.Status.ShouldBe(PushStatus.Conflict));
        (await TitleInShopify(shop, theirs)).ShouldBe("Theirs");
        (await shop.Executed("productUpdate")).ShouldBe(5);
        Directory.GetFiles(shop.Host.Get<SyncOptions>().Folder, "push-*").ShouldBeEmpty();
    }

    private Task<long> Open(long product) => database.Scalar<long>("select count(*) from conflicts where product_id = $1 and closed_at is null", product);

    private static async Task<string?> TitleInShopify(EditedShop shop, long shopifyId) =>
        (await shop.Demo.State("products")).Single(row => row.GetProperty("id").GetString() == $"{shopifyId}").GetProperty("title").GetString();
}
