using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

[Trait("Category", "Integration")]
public sealed class ApprovedPlanTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly AskedBy Ben = new("8", "Ben");

    [Fact]
    public async Task An_approval_belongs_to_the_plan_as_it_was_and_any_change_voids_it()
    {
        await using var shop = await EditedShop.Start(database, 10);
        await shop.Edit("products", "title", "'Approved ' || id");
        var id = await shop.Prepare(needsApproval: true);
        var (approve, start, alter) = (shop.Host.Get<ApprovePush>(), shop.Host.Get<StartPush>(), shop.Host.Get<AlterPush>());
        var first = await shop.Plan(id);

        (await start.Start(shop.Store, id, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>().Sentence.ShouldContain("approval");
        (await approve.Approve(shop.Store, id, first.Hash, PullHost.Ann, default)).ShouldBeOfType<ApprovePushOutcome.OwnPlan>();
        (await approve.Approve(shop.Store, id, first.Hash, Ben, default)).ShouldBeOfType<ApprovePushOutcome.Approved>();
        (await shop.Plan(id)).IsApproved.ShouldBeTrue();
        var left = (await shop.Items(id))[0];
        (await alter.Exclude(shop.Store, id, [left.Id], excluded: true, default)).ShouldBeTrue();

        var altered = await shop.Plan(id);
        altered.IsApproved.ShouldBeFalse();
        altered.Hash.ShouldNotBe(first.Hash);
        (await start.Start(shop.Store, id, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>().Sentence.ShouldContain("approval again");
        (await start.Start(shop.Store, id, first.Hash, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>().Sentence.ShouldContain("altered");
        (await approve.Approve(shop.Store, id, first.Hash, Ben, default)).ShouldBeOfType<ApprovePushOutcome.Altered>();
        (await approve.Approve(shop.Store, id, altered.Hash, Ben, default)).ShouldBeOfType<ApprovePushOutcome.Approved>();
        await database.Scalar<long>("with e as (update push_items set fields = jsonb_set(fields, '{title,new}', '\"Smuggled\"') where plan_id = $1 and not excluded and id = (select max(id) from push_items where plan_id = $1) returning 1) select count(*) from e", id);
        (await start.Start(shop.Store, id, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Refused>();
        await database.Scalar<long>("with e as (update push_items i set fields = jsonb_set(fields, '{title,new}', to_jsonb(p.title)) from products p where p.id = i.entity_id and i.plan_id = $1 returning 1) select count(*) from e", id);

        var run = (await start.Start(shop.Store, id, altered.Hash, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;
        await shop.Host.Until(run, one => one.Now.Status == RunStatus.Succeeded);

        (await shop.Executed("productUpdate")).ShouldBe(9);
        (await database.Scalar<bool>("select pending ? 'title' from products where id = $1", left.EntityId)).ShouldBeTrue();
        (await alter.Exclude(shop.Store, id, [left.Id], excluded: false, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_left_out_of_a_plan_is_out_of_its_figures_and_may_change_its_path()
    {
        await using var shop = await EditedShop.Start(database, 140);
        await shop.Edit("products", "title", "'Counted ' || id");
        await shop.Edit("variants", "price", "price + 1", "position = 1");
        await database.Scalar<long>("""
            with t as (insert into push_timings (store_id, path, run_id, operations, points, forecast_seconds, seconds, plain_calls, plain_points, restore_rate, available, own_seconds)
                values ($1, 'bulk', 0, 1000, 0, 2, 2, 1000, 0, 2000, 0, 0.5) returning 1) select count(*) from t
            """, shop.Store);
        var alter = shop.Host.Get<AlterPush>();
        var id = await shop.Prepare();
        var whole = await shop.Plan(id);
        long[] titles = [.. (await shop.Items(id)).Where(item => item.Entity == "product").Select(item => item.Id)];

        await alter.Exclude(shop.Store, id, titles, excluded: true, default);

        var half = await shop.Plan(id);
        (whole.Path, whole.Products, whole.Entities, whole.Fields, whole.Operations).ShouldBe(("bulk", 140, 280, 280, 280));
        (half.Path, half.Products, half.Entities, half.Fields, half.Operations).ShouldBe(("direct", 140, 140, 140, 140));
        half.Points.ShouldBe(whole.Points - 1_400, 0.5);
        half.Reason.ShouldContain("140 calls");
        await alter.Exclude(shop.Store, id, titles, excluded: false, default);
        (await shop.Plan(id)).ShouldSatisfyAllConditions(again => (again.Path, again.Products, again.Entities, again.Fields, again.Operations).ShouldBe((whole.Path, 140, 280, 280, 280)),
            again => again.Points.ShouldBe(whole.Points, 0.5));
    }
}
