using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Webhooks.Subscriptions;

/// <summary>A shop that posts to us, forgets to, and is reminded.</summary>
[Trait("Category", "Integration")]
public sealed class CheckSubscriptionsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    // Nobody listens there: these tests are about what is registered.
    private const string Callback = "http://127.0.0.1:9/webhooks/shopify";
    private static readonly int Wanted = WebhookTopic.All.Count(topic => topic.InApi is not null);

    private DemoStore _demo = null!;
    private PullHost _host = null!;
    private long _store;

    public async Task InitializeAsync()
    {
        await database.Scalar<long>("with gone as (delete from webhook_address returning 1) select count(*) from gone");
        _demo = await DemoStore.Start(products: 40);
        // Without the watch in the background: each test checks by itself.
        _host = await PullHost.Start(database, _demo, more: services => services
            .AddSingleton(new CallbackAddressOptions()).AddSingleton<ReadCallbackAddress>().AddSingleton<ChangeCallbackAddress>()
            .AddSingleton<RepairGaps>().AddSingleton<CheckSubscriptions>().AddSingleton<ReadSubscriptions>().AddSingleton<MarkGapsSeen>());
        _store = await _host.Connect(database, _demo);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _demo.DisposeAsync();
    }

    [Fact]
    public async Task Without_an_address_nothing_is_asked_of_Shopify_and_the_reason_is_said()
    {
        await _demo.ClearCalls();

        (await Check()).ShouldBeOfType<SubscriptionCheck.NoAddress>().Sentence.ShouldContain("public address is not set");

        (await _demo.Calls()).GetProperty("total").GetInt64().ShouldBe(0);
        (await Read()).Check.ShouldNotBeNull().Uri.ShouldBeNull();
    }

    [Fact]
    public async Task Every_topic_is_registered_once_and_strangers_stay_as_they_are()
    {
        var admin = _demo.Admin();
        var stranger = (await admin.Send(Mutations.WebhookSubscriptionCreate("PRODUCTS_UPDATE", new() { ["uri"] = "https://warehouse.example/hooks", ["name"] = "warehouse" }), Lane.Background, default))
            .Accepted().Payload.WebhookSubscription!;
        await Address();

        var done = (await Check()).ShouldBeOfType<SubscriptionCheck.Done>();
        (done.Right, done.Registered, done.Refused.Count, done.GapId).ShouldBe((Wanted, Wanted, 0, null));
        (await Check()).ShouldBeOfType<SubscriptionCheck.Done>().Registered.ShouldBe(0);

        var there = await There(admin);
        there.Count(each => each.Uri == Callback && each.IncludeFields.Count == 0).ShouldBe(Wanted);
        there.Single(each => each.Id == stranger.Id).ShouldSatisfyAllConditions(each => each.Uri.ShouldBe("https://warehouse.example/hooks"), each => each.Name.ShouldBe("warehouse"));
        there.Count.ShouldBe(Wanted + 1);
        (await Read()).Registered.ShouldBe(Wanted);
    }

    [Fact]
    public async Task A_subscription_that_vanished_is_noticed_registered_again_its_gap_is_pulled_and_a_person_is_told()
    {
        await _host.Pull(_store);
        await Address();
        await Check();
        var admin = _demo.Admin();
        var lost = (await There(admin)).Single(each => each.Topic == "PRODUCTS_UPDATE");
        await admin.Send(Mutations.WebhookSubscriptionDelete(lost.Id), Lane.Background, default);
        var product = (await _demo.State("products"))[0].GetProperty("id").GetString()!;
        await _demo.Edit("product", product, new { title = "Changed while nobody listened" });
        // The last pull looked after the change, and not at it: only a look from before the gap finds what it missed.
        await database.Scalar<long>("with late as (update stores set incremental_since = now() + interval '3 hours' where id = $1 returning 1) select count(*) from late", _store);

        var done = (await Check()).ShouldBeOfType<SubscriptionCheck.Done>();

        done.Lost.ShouldBe(["products/update"]);
        (await There(admin)).Single(each => each.Topic == "PRODUCTS_UPDATE").Uri.ShouldBe(Callback);
        var gap = (await Read()).News.ShouldHaveSingleItem();
        (gap.Reason, gap.Topics.ShouldHaveSingleItem()).ShouldBe((Loss.Vanished, "products/update"));
        gap.From.ShouldBeLessThan(gap.To);
        var run = await _host.Until(gap.RunId.ShouldNotBeNull(), run => run.Now.Status == RunStatus.Succeeded);
        run.Now.AskedBy.Name.ShouldBe("Webhooks");
        (await database.Scalar<long>("select count(*) from products where store_id = $1 and title = 'Changed while nobody listened'", _store)).ShouldBe(1);
        (await database.Scalar<bool>("select incremental_since > now() from stores where id = $1", _store)).ShouldBeTrue("a look further back takes nothing from the next one");

        await _host.Get<RepairGaps>().Repair(default);

        var repaired = (await Read()).News.ShouldHaveSingleItem();
        repaired.RepairedAt.ShouldNotBeNull();
        repaired.Changed.ShouldBe(1);
        (await Read()).Topics.Single(row => row.Topic == "products/update").BackAt.ShouldNotBeNull();
        await _host.Get<MarkGapsSeen>().Mark(_store, "Ann", default);
        (await Read()).News.ShouldBeEmpty();
        (await Check()).ShouldBeOfType<SubscriptionCheck.Done>().GapId.ShouldBeNull();
    }

    [Fact]
    public async Task A_gap_waits_for_the_pull_that_is_unfinished_and_is_pulled_after_it()
    {
        await _host.Pull(_store);
        await Address();
        await Check();
        var admin = _demo.Admin();
        await admin.Send(Mutations.WebhookSubscriptionUpdate((await There(admin)).Single(each => each.Topic == "COLLECTIONS_UPDATE").Id, new JsonObject { ["uri"] = "https://elsewhere.example/hooks" }), Lane.Background, default);
        await _demo.Fault("bulk-hold");
        var other = await _host.Enqueue(CowansDashboard.Sync.Pull.StartPull.Full, _store);

        (await Check()).ShouldBeOfType<SubscriptionCheck.Done>().Lost.ShouldBe(["collections/update"]);

        (await Read()).News.ShouldHaveSingleItem().ShouldSatisfyAllConditions(gap => gap.RunId.ShouldBeNull(), gap => gap.Reason.ShouldBe(Loss.Elsewhere));
        await _demo.ClearFaults();
        await _host.Until(other, run => run.Now.Status.IsFinished());
        await Patience.Until(async () =>
        {
            await _host.Get<RepairGaps>().Repair(default);
            return (await Read()).Gaps[0].RepairedAt is not null;
        });
    }

    [Fact]
    public async Task While_Shopify_is_asked_no_transaction_is_open_and_a_second_check_waits_for_its_turn()
    {
        await Address();
        await _demo.Fault("hold", new { operation = "WebhookSubscriptionsPage" });
        var first = Check();
        await _demo.HasCaught("hold");
        var second = Check();

        await Patience.Until(() => database.Scalar<bool>("""
            select not exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%')
            """));
        (first.IsCompleted, second.IsCompleted).ShouldBe((false, false));
        await _demo.ClearFaults();

        var done = new[] { (await first).ShouldBeOfType<SubscriptionCheck.Done>(), (await second).ShouldBeOfType<SubscriptionCheck.Done>() };
        done.Select(one => one.Registered).ShouldBe([Wanted, 0]);
        (await There(_demo.Admin())).Count.ShouldBe(Wanted);
    }

    [Fact]
    public async Task What_Shopify_refuses_is_kept_with_its_words_and_does_not_hold_up_the_rest()
    {
        await _demo.AddToken("narrow-token", "read_products", "read_inventory", "read_locations");
        await database.Scalar<long>("with narrow as (update stores set credentials = $2 where id = $1 returning 1) select count(*) from narrow",
            _store, _host.Get<CowansDashboard.Stores.SealedCredentials>().Seal(_demo.Shop, new ShopifyCredentials.AccessToken("narrow-token")));
        await Address();

        var done = (await Check()).ShouldBeOfType<SubscriptionCheck.Done>();

        done.Refused.ShouldContain(refused => refused.Topic == "orders/create");
        done.Right.ShouldBe(Wanted - done.Refused.Count);
        done.GapId.ShouldBeNull();
        var row = (await Read()).Refused.Single(each => each.Topic == "orders/create");
        row.Refusal!.ShouldContain("orders/create");
        row.RefusedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_shop_that_does_not_answer_is_noted_and_nothing_is_believed_lost()
    {
        await Address();
        await Check();
        await database.Scalar<long>("with away as (update stores set credentials = $2 where id = $1 returning 1) select count(*) from away",
            _store, _host.Get<CowansDashboard.Stores.SealedCredentials>().Seal(_demo.Shop, new ShopifyCredentials.Client("nobody", "wrong")));

        (await Check()).ShouldBeOfType<SubscriptionCheck.Failed>().Why.ShouldNotBeNullOrWhiteSpace();

        var now = await Read();
        now.Check!.Error.ShouldNotBeNullOrWhiteSpace();
        (now.Registered, now.Gaps.Count).ShouldBe((Wanted, 0));
    }

    private async Task Address() => (await _host.Get<ChangeCallbackAddress>().Change("http://127.0.0.1:9", "Ann", default)).ShouldBeNull();

    private Task<SubscriptionCheck> Check() => _host.Get<CheckSubscriptions>().Check(_store, default);

    private Task<StoreSubscriptions> Read() => _host.Get<ReadSubscriptions>().Read(_store, default);

    private static async Task<IReadOnlyList<WebhookSubscriptionNode>> There(ShopifyAdmin admin) =>
        (await admin.Send(Queries.WebhookSubscriptionsPage(null), Lane.Background, default)).Data.WebhookSubscriptions.Nodes;
}
