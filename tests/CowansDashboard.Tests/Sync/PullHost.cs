using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Tests.Sync;

/// <summary>One node with everything that editing, pulls and pushes need, connected to a demo store.</summary>
internal sealed class PullHost : IAsyncDisposable
{
    private readonly IHost _host;

    private PullHost(IHost host) => _host = host;

    public static readonly AskedBy Ann = new("7", "Ann");

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static Task<PullHost> Start(TestDatabase database, DemoStore demo, Action<SyncOptions>? options = null, string node = "one", Action<IServiceCollection>? more = null) =>
        Start(database.ConnectionString, demo.BaseUrl, demo.Folder, node, options, more);

    public static async Task<PullHost> Start(
        string connectionString, Uri shopify, string folder, string node, Action<SyncOptions>? options = null, Action<IServiceCollection>? more = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ").SetMinimumLevel(LogLevel.Warning);
        Register(builder.Services, builder.Configuration, connectionString, shopify, folder, node, options);
        more?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new PullHost(host);
    }

    /// <summary>What such a node consists of.</summary>
    public static void Register(
        IServiceCollection services, IConfigurationManager configuration, string connectionString, Uri shopify, string folder, string node, Action<SyncOptions>? options)
    {
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Shopify:BaseUrl"] = shopify.ToString() });
        services.AddSingleton<IDataProtectionProvider>(DataProtectionProvider.Create(new DirectoryInfo(Path.Combine(folder, "keys"))));
        services.AddData(connectionString);
        services.AddStores(configuration);
        services.AddRuns(connectionString);
        services.AddSearch();
        services.AddHistory();
        services.AddCatalog();
        services.AddCollections();
        services.AddSync();
        services.PostConfigure<RunsOptions>(settings => settings.NodeName = node);
        services.PostConfigure<SyncOptions>(sync =>
        {
            sync.Folder = Path.Combine(folder, "results", node);
            sync.RepeatAfter = TimeSpan.FromMilliseconds(50);
            options?.Invoke(sync);
        });
    }

    /// <summary>A store of its own, under credentials that this host can open; an earlier one with the same address is removed.</summary>
    public async Task<long> Connect(TestDatabase database, DemoStore demo)
    {
        await database.Scalar<long>("with earlier as (update stores set deleted_at = now(), shop = shop || '-' || id where shop = $1 returning 1) select count(*) from earlier", demo.Shop);
        return await database.Scalar<long>("""
            insert into stores (name, shop, api_version, base_url, credential_kind, credentials)
            values ('Demo', $1, '2026-10', $2, 'token', $3) returning id
            """, demo.Shop, demo.BaseUrl.ToString(), Get<SealedCredentials>().Seal(demo.Shop, demo.Connection.Credentials));
    }

    public async Task<long> Enqueue(RunKind kind, long store) =>
        (await Get<EnqueueRun>().Enqueue(new RunRequest(kind, store, Ann), null, default)).ShouldBeOfType<EnqueueOutcome.Enqueued>().RunId;

    public async Task<Run> Until(long id, Func<Run, bool> condition)
    {
        var run = await Patience.Until(() => Get<FindRun>().Find(id, default), run => condition(run!) || run!.Now.Status == RunStatus.Failed, run => State(run!));
        return condition(run!) ? run! : throw new InvalidOperationException(State(run!));
    }

    private static string State(Run run) => $"Run {run.Now.Id} is {run.Now.Status} ({run.Now.Reason ?? run.Now.Error}) with {run.Now.Done} done.";

    /// <summary>A full pull from beginning to end.</summary>
    public async Task<Run> Pull(long store)
    {
        var id = await Enqueue(CowansDashboard.Sync.Pull.StartPull.Full, store);
        return await Until(id, run => run.Now.Status == RunStatus.Succeeded);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
