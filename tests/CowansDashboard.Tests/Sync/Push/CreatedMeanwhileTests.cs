using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Purge;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Products made here of which somebody asks, or which somebody deletes, while Shopify makes them.</summary>
[Trait("Category", "Integration")]
public sealed class CreatedMeanwhileTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_product_whose_push_ended_before_the_answer_is_known_by_its_own_id_and_no_pull_brings_it_again()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var product = (await shop.Make(1)).ShouldHaveSingleItem();
        var plan = await shop.Prepare([product]);
        await shop.Demo.Fault("hold-answer", new { operation = "ProductSet" });

        var id = await shop.Apply(plan);
        await shop.Demo.HasCaught("hold-answer");
        await shop.EndAsLost(id);
        await Patience.Until(() => database.Scalar<bool>("select mark = 0 and shopify_id is not null from products where id = $1", product));
        await shop.Demo.ClearFaults();
        await Patience.Until(() => database.Scalar<bool>("select count(*) = 0 from sent_fields where store_id = $1", shop.Store));
        await shop.Host.Pull(shop.Store);

        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and title like 'Made %'", shop.Store)).ShouldBe(1);
        (await shop.Executed("productSet")).ShouldBe(1);
        (await shop.Waiting()).ShouldBe(0);
        await shop.Shop.ShouldBeInTheCopy();
    }

    [Fact]
    public async Task A_product_deleted_here_while_Shopify_makes_it_is_archived_by_the_same_push_and_can_be_restored()
    {
        await using var shop = await RemovedShop.Start(database, 10);
        var product = (await shop.Shop.Make(1)).ShouldHaveSingleItem();
        var plan = await shop.Shop.Prepare([product]);
        await shop.Demo.Fault("hold-answer", new { operation = "ProductSet" });

        var id = await shop.Shop.Apply(plan);
        await shop.Demo.HasCaught("hold-answer");
        await shop.Delete(new Removal(48), product);
        (await shop.Listed()).ShouldNotContain(row => row.Id == product);
        await shop.Demo.ClearFaults();
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Shop.Items(plan)).Where(item => item.Entity == "product").Select(item => (item.Kind, item.Status, item.Meaning))
            .ShouldBe([(PushKind.Create, CowansDashboard.Sync.Push.PushStatus.Done, null), (PushKind.Update, CowansDashboard.Sync.Push.PushStatus.Done, "Archived, deleted after 48 h")]);
        (await shop.StatusInShopify(product)).ShouldBe("ARCHIVED");
        (await shop.Removed(product)).ShouldBe("delete 48 t 48");
        (await shop.Shop.Waiting()).ShouldBe(0);
        (await shop.Host.Pull(shop.Store)).Now.Counters.Conflicts.ShouldBe(0);
        (await shop.Listed("sync=removed")).ShouldHaveSingleItem().Id.ShouldBe(product);

        (await shop.RollBack(product)).Products.ShouldBe(1);
        (await shop.Text("select concat_ws(' ', status, removal, pending ->> 'status', mark, deleted_at) from products where id = $1", product)).ShouldBe("DRAFT ARCHIVED 0");
        await shop.PushStatus(product);
        (await shop.StatusInShopify(product)).ShouldBe("DRAFT");
        (await shop.Shop.Executed("productSet")).ShouldBe(1);
        await shop.Shop.ShouldAgree();
    }

    [Fact]
    public async Task A_product_deleted_here_whose_push_ended_before_the_answer_waits_to_be_archived()
    {
        await using var shop = await RemovedShop.Start(database, 10);
        var product = (await shop.Shop.Make(1)).ShouldHaveSingleItem();
        var plan = await shop.Shop.Prepare([product]);
        await shop.Demo.Fault("hold-answer", new { operation = "ProductSet" });

        var id = await shop.Shop.Apply(plan);
        await shop.Demo.HasCaught("hold-answer");
        await shop.Delete(new Removal(48), product);
        await shop.Shop.EndAsLost(id);
        await Patience.Until(() => database.Scalar<bool>("select mark = 0 and shopify_id is not null from products where id = $1", product));
        await shop.Demo.ClearFaults();
        await Patience.Until(() => database.Scalar<bool>("select count(*) = 0 from sent_fields where store_id = $1", shop.Store));

        (await shop.Listed("sync=removed")).ShouldHaveSingleItem().Id.ShouldBe(product);
        await shop.PushStatus(product);
        (await shop.StatusInShopify(product)).ShouldBe("ARCHIVED");
        (await shop.Shop.Executed("productSet")).ShouldBe(1);
        (await shop.Shop.Waiting()).ShouldBe(0);
    }

    [Fact]
    public async Task The_daily_limit_of_new_variants_pauses_a_push_until_the_day_is_over_and_nothing_is_made_twice()
    {
        await using var shop = await EditedShop.Start(database, 10);
        var products = await shop.Make(6);
        var plan = await shop.Prepare(products);
        await shop.Demo.Fault("daily-variant-limit", new { limit = 2 });

        var id = await shop.Apply(plan);
        var paused = await shop.Host.Until(id, run => run.Now.Status == RunStatus.Paused);

        paused.Now.Reason!.ShouldContain("limit");
        paused.Now.ResumeAt.ShouldNotBeNull().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        (await shop.Executed("productSet")).ShouldBe(2);
        (await shop.Items(plan)).Where(item => item.Entity == "product").CountBy(item => item.Status).OrderBy(one => one.Key)
            .ShouldBe([KeyValuePair.Create(PushStatus.Waiting, 4), KeyValuePair.Create(PushStatus.Done, 2)]);

        await shop.Demo.ClearFaults();
        await database.Scalar<long>("with e as (update runs set resume_at = now() - interval '1 second' where id = $1 returning 1) select count(*) from e", id);
        await shop.Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);

        (await shop.Executed("productSet")).ShouldBe(6);
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == PushStatus.Done);
        (await shop.Demo.State("products")).Count(row => row.GetProperty("title").GetString()!.StartsWith("Made ", StringComparison.Ordinal)).ShouldBe(6);
        (await shop.Waiting()).ShouldBe(0);
        await shop.ShouldAgree();
    }
}
