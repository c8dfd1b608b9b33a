using CowansDashboard.Data;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>A node that is connected to a demo store, as the program itself would be.</summary>
public sealed class PulledShop : IAsyncDisposable
{
    private static readonly AskedBy Benchmark = new(null, "Benchmark");

    private readonly IHost _host;

    private PulledShop(IHost host) => _host = host;

    public long Store { get; private set; }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<PulledShop> Connect(string connectionString, DemoStore demo)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Shopify:BaseUrl"] = demo.BaseUrl.ToString() });
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddData(connectionString);
        builder.Services.AddStores(builder.Configuration);
        builder.Services.AddRuns(connectionString);
        builder.Services.AddSync();
        builder.Services.PostConfigure<SyncOptions>(sync => sync.Folder = Path.Combine(demo.Folder, "results"));
        var shop = new PulledShop(builder.Build());
        await shop._host.StartAsync();
        await using var insert = shop.Get<NpgsqlDataSource>().CreateCommand("""
            insert into stores (name, shop, api_version, base_url, credential_kind, credentials)
            values ('Demo', $1, '2026-10', $2, 'token', $3) returning id
            """);
        insert.Parameters.Add(new() { Value = demo.Shop });
        insert.Parameters.Add(new() { Value = demo.BaseUrl.ToString() });
        insert.Parameters.Add(new() { Value = shop.Get<SealedCredentials>().Seal(demo.Shop, demo.Connection.Credentials) });
        shop.Store = (long)(await insert.ExecuteScalarAsync())!;
        return shop;
    }

    /// <summary>A run from beginning to end.</summary>
    public async Task<Run> Perform(RunKind kind)
    {
        var outcome = await Get<EnqueueRun>().Enqueue(new RunRequest(kind, Store, Benchmark), null, CancellationToken.None);
        return await Until(((EnqueueOutcome.Enqueued)outcome).RunId);
    }

    /// <summary>Waits for the end of a run.</summary>
    public async Task<Run> Until(long id)
    {
        while (true)
        {
            var run = (await Get<FindRun>().Find(id, CancellationToken.None))!;
            if (run.Now.Status == RunStatus.Succeeded)
                return run;
            if (run.Now.Status is RunStatus.Failed or RunStatus.Paused)
                throw new InvalidOperationException($"The run is {run.Now.Status}: {run.Now.Error ?? run.Now.Reason}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
