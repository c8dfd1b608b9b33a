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
}
