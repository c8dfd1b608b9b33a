using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;

namespace CowansDashboard.Tests.Collections;

/// <summary>A demo shop with its own collections and random ones, pulled once for a class of tests.</summary>
public sealed class PulledShop : IAsyncLifetime
{
    private const int RandomCollections = 120;

    public TestDatabase Database { get; } = new();

    public DemoStore Demo { get; private set; } = null!;

    public long Store { get; private set; }

    /// <summary>What the random collections were asked for, by Shopify's id.</summary>
    public IReadOnlyDictionary<long, string> Asked { get; private set; } = new Dictionary<long, string>();

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Demo = await DemoStore.Start(products: 300);
        Asked = await new RandomSources(Demo, seed: 2026).Make(RandomCollections);
        await using var host = await PullHost.Start(Database, Demo);
        Store = await host.Connect(Database, Demo);
        await host.Pull(Store);
    }

    public async Task DisposeAsync()
    {
        await Demo.DisposeAsync();
        await Database.DisposeAsync();
    }
}
