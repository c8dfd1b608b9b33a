using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Stores;
using CowansDashboard.Sync;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Web.Webhooks;
using CowansDashboard.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>A node with the webhook door on a port of its own, as a process, so that a test can really kill it and start it again.</summary>
internal sealed class HearingNode : IAsyncDisposable
{
    private readonly string[] _arguments;
    private Process? _process;

    private HearingNode(TestDatabase database, DemoStore demo, string name, int port)
    {
        _arguments = ["exec", typeof(HearingNode).Assembly.Location, "hear", database.ConnectionString, demo.BaseUrl.ToString(), demo.Folder, name, port.ToString(CultureInfo.InvariantCulture)];
        Door = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{WebhookDoor.Path}"));
    }

    public Uri Door { get; }

    /// <summary>Nothing hears yet at its address.</summary>
    public static HearingNode At(TestDatabase database, DemoStore demo, string name) => new(database, demo, name, Ports.Free());

    public async Task Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in _arguments)
            start.ArgumentList.Add(argument);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string?>();
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The node ended: {string.Join('\n', said)}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(2));

        void Hear(string? line)
        {
            lock (said)
                said.Add(line);
            if (line == "ready")
                ready.TrySetResult();
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>What makes a node take webhooks in and handle them.</summary>
    public static void Hear(IServiceCollection services)
    {
        services.AddWebhooks();
        services.PostConfigure<WebhookOptions>(webhooks =>
        {
            webhooks.GatherFor = TimeSpan.FromMilliseconds(300);
            webhooks.RetryAfter = TimeSpan.FromMilliseconds(200);
            // A busy machine is no reason to send a delivery away.
            webhooks.AnswerWithin = TimeSpan.FromSeconds(50);
        });
    }

    /// <summary>Waits until everything that came through the door is handled and what it left to read is read. As long as it goes on, it is waited for.</summary>
    public static async Task Handled(TestDatabase database, long store)
    {
        for (var (before, now) = (long.MaxValue, await Open()); now > 0; (before, now) = (now, await Open()))
            now = await Patience.Until(Open, open => open == 0 || open != now, open => $"{open} deliveries and reads are open, {before} were before.");

        Task<long> Open() => database.Scalar<long>("""
            select (select count(*) from webhook_deliveries where state = 'queued' and store_id = $1) + (select count(*) from webhook_replays where state = 'queued' and store_id = $1)
                + (select count(*) from webhook_rereads where store_id = $1)
            """, store);
    }

    /// <summary>The process's own side; see NodeProgram.</summary>
    public static async Task Serve(string connectionString, string shopify, string folder, string node, string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        PullHost.Register(builder.Services, builder.Configuration, connectionString, new Uri(shopify), folder, node, null);
        Hear(builder.Services);
        await using var app = builder.Build();
        app.MapWebhookDoor();
        await app.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>Lets the shop post these topics here, signed with the secret that the demo store has.</summary>
    public async Task Subscribe(PullHost host, DemoStore demo, long store, params string[] topics)
    {
        (await host.Get<WebhookSecrets>().Type(store, DemoStore.ClientSecret, default)).ShouldBeNull();
        using var http = new HttpClient { BaseAddress = demo.BaseUrl };
        http.DefaultRequestHeaders.Add("X-Shopify-Access-Token", DemoStore.Token);
        foreach (var topic in topics)
        {
            using var answer = await http.PostAsJsonAsync("/admin/api/2026-10/graphql.json", new
            {
                query = "mutation Hear($topic: WebhookSubscriptionTopic!, $uri: String!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri }) { webhookSubscription { id } userErrors { message } } }",
                variables = new { topic, uri = Door.ToString() },
            });
            var made = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("webhookSubscriptionCreate");
            made.GetProperty("userErrors").GetArrayLength().ShouldBe(0, made.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await Kill();
    }
}
