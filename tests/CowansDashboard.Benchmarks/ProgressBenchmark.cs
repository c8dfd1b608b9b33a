using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using CowansDashboard.Accounts;
using CowansDashboard.Data;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// 100 viewers of one run over the hub, half of them on the node that performs it and half on another: how long from
/// a published tick until a viewer has it in hand.
/// </summary>
internal static class ProgressBenchmark
{
    private const int Viewers = 100;
    private const double Limit = 250;

    public static async Task<int> Run(string[] args)
    {
        var seconds = args is ["--seconds", var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 20;
        await using var server = OwnPostgres.Start();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        var work = new Ticking(TimeSpan.FromSeconds(seconds));
        await using var performing = await Node(server.ConnectionString, "performing", work);
        await using var other = await Node(server.ConnectionString, "other", work);
        other.Services.GetRequiredService<RunsOptions>().AtOnce = 0;

        var id = await Enqueue(performing, database);
        var near = Enumerable.Range(0, Viewers / 2).Select(_ => HubViewer.Watch(Address(performing), id)).ToList();
        var far = Enumerable.Range(0, Viewers / 2).Select(_ => HubViewer.Watch(Address(other), id)).ToList();
        // Whichever comes first: a viewer that fails must not be waited for.
        await Task.WhenAll(near.Concat(far).Select(async viewer => await await Task.WhenAny(viewer.Watching, viewer.Finished)));
        work.Begin.SetResult();
        var (nearLags, farLags) = (await Lags(near), await Lags(far));
        await Task.WhenAll(performing.StopAsync(), other.StopAsync());

        Console.WriteLine($"progress: {Viewers} viewers of one run that ticks {Ticking.PerSecond} times a second for {seconds} s");
        var good = Print("on the performing node", nearLags) & Print("on another node", farLags);
        return good ? 0 : 1;
    }

    private static bool Print(string where, List<double> lags)
    {
        lags.Sort();
        double At(double part) => lags[(int)((lags.Count - 1) * part)];
        Console.WriteLine($"  {where,-24} {lags.Count,6} messages   p50 {At(0.5),6:0.0} ms   p95 {At(0.95),6:0.0} ms   most {lags[^1],6:0.0} ms   limit p95 {Limit:0} ms   {(At(0.95) < Limit ? "reached" : "MISSED")}");
        return At(0.95) < Limit;
    }

    private static async Task<List<double>> Lags(List<HubViewer> viewers)
    {
        var all = await Task.WhenAll(viewers.Select(viewer => viewer.Finished));
        return [.. all.SelectMany(lags => lags)];
    }

    private static async Task<WebApplication> Node(string connectionString, string name, Ticking work)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddData(connectionString);
        builder.Services.AddRuns(connectionString);
        builder.Services.PostConfigure<RunsOptions>(options => options.NodeName = name);
        builder.Services.AddSingleton<IRunWork>(work);
        builder.Services.AddProgressHub();
        builder.Services.AddSingleton<AccountStamps>();
        builder.Services.AddAuthentication("everyone").AddScheme<AuthenticationSchemeOptions, Everyone>("everyone", null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRuns();
        await app.Services.GetRequiredService<MigrateDatabase>().Migrate(CancellationToken.None);
        await app.StartAsync();
        return app;
    }

    private static async Task<long> Enqueue(WebApplication node, NpgsqlDataSource database)
    {
        await using var store = database.CreateCommand("""
            insert into stores (name, shop, api_version, credential_kind, credentials) values ('Benchmark', 'benchmark', '2026-10', 'token', '') returning id
            """);
        await using var account = database.CreateCommand("""
            insert into accounts (name, email, normalized_email, user_name, normalized_user_name, role, security_stamp)
            values ('Everyone', 'e', 'E', 'e', 'E', 'viewer', $1)
            """);
        account.Parameters.Add(new() { Value = Everyone.Stamp });
        await account.ExecuteNonQueryAsync();
        var asked = new RunRequest(Ticking.Ticks, (long)(await store.ExecuteScalarAsync())!, new AskedBy(null, "Benchmark"));
        return ((EnqueueOutcome.Enqueued)await node.Services.GetRequiredService<EnqueueRun>().Enqueue(asked, null, CancellationToken.None)).RunId;
    }

    private static Uri Address(WebApplication node) =>
        new(node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private sealed class Ticking(TimeSpan time) : IRunWork
    {
        public const int PerSecond = 100;

        public static readonly RunKind Ticks = new("ticking", null);

        public TaskCompletionSource Begin { get; } = new();

        public RunKind Kind => Ticks;

        public async Task Work(RunContext run, CancellationToken cancel)
        {
            await Begin.Task.WaitAsync(cancel);
            var stream = run.Progress.Stream("ticks", "evenly");
            stream.SetTotal((long)(time.TotalSeconds * PerSecond));
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                stream.Advance(1);
                await Task.Delay(1_000 / PerSecond, cancel);
            }
        }
    }

    /// <summary>The hub asks for a signed-in person and whether the account still is what it was; who it is makes no difference to its speed.</summary>
    private sealed class Everyone(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        public const string Stamp = "unchanged";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "1"), new(new ClaimsIdentityOptions().SecurityStampClaimType, Stamp)], Scheme.Name)), Scheme.Name)));
    }
}
