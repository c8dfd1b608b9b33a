using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>A shop that was pulled as a whole, and a node that pulls what changes in it.</summary>
internal sealed class ChangingShop : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private ChangingShop(TestDatabase database, DemoStore demo, PullHost host, long store) =>
        (_database, Demo, Host, Store) = (database, demo, host, store);

    public DemoStore Demo { get; }

    public PullHost Host { get; }

    public long Store { get; }

    public static Task<ChangingShop> Pulled(TestDatabase database, int products, Action<SyncOptions>? options = null, params string[] more) =>
        Pulled(database, products, options, null, more);

    /// <summary>Whose node also handles webhooks; they come through a HearingNode.</summary>
    public static Task<ChangingShop> Hearing(TestDatabase database, int products) => Pulled(database, products, null, Webhooks.HearingNode.Hear, []);

    private static async Task<ChangingShop> Pulled(TestDatabase database, int products, Action<SyncOptions>? options, Action<IServiceCollection>? services, string[] more)
    {
        var demo = await DemoStore.Start(products, more: more);
        var host = await PullHost.Start(database, demo, options, more: services);
        var store = await host.Connect(database, demo);
        await host.Pull(store);
        // What the generator and the first pull did lies outside the minute by which the next pull looks back.
        await demo.MoveClock(TimeSpan.FromHours(2));
        return new ChangingShop(database, demo, host, store);
    }

    public async Task<Run> PullChanges()
    {
        var id = await Host.Enqueue(StartPull.Incremental, Store);
        return await Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
    }

    public async Task<Run> PullSelection(params long[] shopifyIds)
    {
        var outcome = await Host.Get<StartPull>().Start(new PullRequest(Store, PullScope.Selection, PullHost.Ann) { ShopifyIds = shopifyIds }, default);
        return await Host.Until(outcome.ShouldBeOfType<StartPullOutcome.Started>().RunId, run => run.Now.Status == RunStatus.Succeeded);
    }

    public Task ShouldBeInTheCopy() => _database.ShouldEqual(Store, Demo);

    public Task<DateTime> Since() => _database.Scalar<DateTime>("select incremental_since from stores where id = $1", Store);

    /// <summary>The shop's ids of some kind, in its own order.</summary>
    public async Task<string[]> Ids(string kind) => [.. (await Demo.State(kind)).Select(row => row.GetProperty("id").GetString()!)];

    public async Task<long> Calls(string operation) =>
        (await Demo.Calls()).GetProperty("operations").TryGetProperty(operation, out var counted) ? counted.GetProperty("calls").GetInt64() : 0;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Demo.DisposeAsync();
    }
}
