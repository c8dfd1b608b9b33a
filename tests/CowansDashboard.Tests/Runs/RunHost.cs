using CowansDashboard.Data;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Tests.Runs;

/// <summary>One node: a host of its own on the test's database, with the given works.</summary>
internal sealed class RunHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RunHost(IHost host) => _host = host;

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<RunHost> Start(string connectionString, string node, params IRunWork[] works)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(options => options.TimestampFormat = "HH:mm:ss.fff ").SetMinimumLevel(Environment.GetEnvironmentVariable("LOG_NODE") is null ? LogLevel.Critical : LogLevel.Information);
        builder.Services.AddData(connectionString);
        builder.Services.AddRuns(connectionString);
        builder.Services.PostConfigure<RunsOptions>(options => options.NodeName = node);
        foreach (var work in works)
            builder.Services.AddSingleton(work);
        var host = builder.Build();
        await host.StartAsync();
        return new RunHost(host);
    }

    public Task Stop() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

internal static class RunsOfTests
{
    public static readonly AskedBy Ann = new("7", "Ann");

    public static Task<long> Store(TestDatabase database) => database.Scalar<long>("""
        insert into stores (name, shop, api_version, credential_kind, credentials)
        values ('Test', gen_random_uuid()::text, '2026-10', 'token', '') returning id
        """);

    public static async Task Execute(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<long> Enqueued(this RunHost host, RunKind kind, long store) =>
        (await host.Get<EnqueueRun>().Enqueue(new RunRequest(kind, store, Ann), null, default))
            .ShouldBeOfType<EnqueueOutcome.Enqueued>().RunId;

    public static async Task<Run> Until(this RunHost host, long id, Func<Run, bool> condition)
    {
        var run = await Patience.Until(() => host.Get<FindRun>().Find(id, default), run => condition(run!),
            run => $"Run {id} is {run!.Now.Status} ({run.Now.Reason ?? run.Now.Error}) with {run.Now.Done} done.");
        return run!;
    }

    public static Task<Run> Until(this RunHost host, long id, RunStatus status) => host.Until(id, run => run.Now.Status == status);
}
