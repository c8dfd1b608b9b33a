using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// The demo store as a child process on a free port, with its own folder, ended with the test. Its switches are methods:
/// <c>await using var store = await DemoStore.Start(products: 200);</c>
/// </summary>
public sealed partial class DemoStore : IAsyncDisposable
{
    public const string Token = "demo-token";
    public const string ClientId = "demo-client";
    public const string ClientSecret = "demo-secret";

    private readonly string[] arguments;
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<IDisposable> owned = [];
    private Process? process;

    private DemoStore(string folder, string[] arguments)
    {
        Folder = folder;
        this.arguments = arguments;
    }

    /// <summary>Where the shop keeps its state; thrown away at the end.</summary>
    public string Folder { get; }

    public Uri BaseUrl { get; private set; } = null!;

    public string Shop => "demo-store.myshopify.com";

    public ShopifyConnection Connection => new(Shop, new ShopifyCredentials.AccessToken(Token), BaseUrl: BaseUrl);

    /// <summary>Starts a shop of so many products. The plan decides the budget; enterprise, so that tests need not wait.</summary>
    /// <param name="products">How many, from 0 to 2,000,000.</param>
    /// <param name="seed">Another seed, another shop.</param>
    /// <param name="plan">standard, advanced, plus or enterprise.</param>
    /// <param name="bulkMs">How long each bulk query takes.</param>
    /// <param name="more">Further arguments of main.mjs.</param>
    public static async Task<DemoStore> Start(int products = 100, int seed = 1, string plan = "enterprise", int bulkMs = 0, params string[] more)
    {
        await DemoStoreFiles.Ready.Value;
        var store = new DemoStore(
            Directory.CreateTempSubdirectory("cowan-demo-").FullName,
            [
                "--products", $"{products}", "--seed", $"{seed}", "--plan", plan, "--bulk-ms", $"{bulkMs}", "--token", Token,
                "--client-id", ClientId, "--client-secret", ClientSecret, .. more,
            ]);
        await store.SpawnOnFreePort();
        return store;
    }

    /// <summary>Processor time that it has spent.</summary>
    public TimeSpan Cpu => process is { HasExited: false } alive ? alive.TotalProcessorTime : TimeSpan.Zero;

    /// <summary>kill -9, then the same shop again at the same address.</summary>
    public async Task Restart()
    {
        await Kill();
        await Spawn(BaseUrl.Port);
    }

    /// <summary>kill -9; nothing answers any more.</summary>
    public async Task Kill()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        process = null;
    }

    /// <summary>A client for this shop. It, its governor and its connections end with the store.</summary>
    public ShopifyAdmin Admin(RetryOptions? retries = null, ShopifyCredentials? credentials = null, ThrottleOptions? throttling = null)
    {
        var governor = new ThrottleGovernor(TimeProvider.System, new WholeBudget(), throttling);
        var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var connection = credentials is null ? Connection : Connection with { Credentials = credentials };
        var admin = new ShopifyAdmin(connection, client, governor, TimeProvider.System, retries: retries);
        owned.AddRange([admin, governor, client]);
        return admin;
    }

    /// <summary>Switches a fault on, for example <c>Fault("http-status", new { status = 503, times = 2 })</c>.</summary>
    public Task Fault(string name, object? parameters = null)
    {
        var body = JsonSerializer.SerializeToNode(parameters ?? new { })!.AsObject();
        body["name"] = name;
        return Control(HttpMethod.Post, "faults", body);
    }

    /// <summary>Waits until a fault that holds requests, answers or bulk queries back ("hold", "hold-answer", "bulk-linger") has caught so many.</summary>
    public async Task HasCaught(string fault, int atLeast = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            if (await Caught(fault) >= atLeast)
                return;
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>How many requests or bulk operations such faults have hit so far.</summary>
    public async Task<int> Caught(string fault) =>
        (await Control(HttpMethod.Get, "faults")).GetProperty("faults").EnumerateArray()
            .Where(one => one.GetProperty("name").GetString() == fault).Sum(one => one.GetProperty("used").GetInt32());

    /// <summary>Switches one fault off, or all.</summary>
    public Task ClearFaults(string? name = null) => Control(HttpMethod.Delete, name is null ? "faults" : $"faults?name={name}");

    /// <summary>Changes a row behind the dashboard's back. Without <paramref name="touch"/> not even updatedAt moves. Answers what the fields held.</summary>
    public async Task<JsonElement> Edit(string kind, string id, object set, bool touch = true) =>
        (await Control(HttpMethod.Post, "edit", new { kind, id, set, touch })).GetProperty("before");

    /// <summary>Changes many rows, chosen by the seed; answers their gids.</summary>
    public async Task<IReadOnlyList<string>> EditMany(string kind, int count, int seed = 1, bool touch = true, params string[] fields) =>
        Ids(await Control(HttpMethod.Post, "edit-many", new { kind, count, seed, touch, fields }));

    /// <summary>Adds products; answers their gids.</summary>
    public async Task<IReadOnlyList<string>> Create(int products) => Ids(await Control(HttpMethod.Post, "create", new { products }));

    public Task Delete(string kind, params string[] ids) => Control(HttpMethod.Post, "delete", new { kind, ids });

    /// <summary>Puts products into a collection by hand and takes others out, from the products' own pages: nobody is told, and no time moves.</summary>
    public Task Members(string collection, IEnumerable<string> add, IEnumerable<string> remove) => Control(HttpMethod.Post, "members", new { id = collection, add, remove, from = "product" });

    /// <summary>Leaves so many products and deletes the rest.</summary>
    public Task Shrink(int keep = 1) => Control(HttpMethod.Post, "shrink", new { keep });

    /// <summary>Sets the shop's clock ahead or behind.</summary>
    public Task MoveClock(TimeSpan offset) => Control(HttpMethod.Post, "clock", new { offsetMs = (long)offset.TotalMilliseconds });

    /// <summary>Lets another token in, with all scopes or only these.</summary>
    public Task AddToken(string token, params string[] scopes) =>
        Control(HttpMethod.Post, "tokens", scopes.Length == 0 ? new { token } : new { token, scopes });

    /// <summary>
    /// The shop's own truth, row by row: products, options, variants, media, metafields, collections, collection-members, locations,
    /// inventory-levels, publications, product-publications.
    /// </summary>
    public async Task<IReadOnlyList<JsonElement>> State(string kind)
    {
        var text = await http.GetStringAsync(new Uri(BaseUrl, $"/_demo/state/{kind}"));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    /// <summary>What was asked of the shop: total, throttled, points, maxConcurrentBulk, operations{name: {calls, throttled, refused, points}}.</summary>
    public Task<JsonElement> Calls() => Control(HttpMethod.Get, "calls");

    public Task ClearCalls() => Control(HttpMethod.Delete, "calls");

    /// <summary>Deprecated fields that were asked for, with how often.</summary>
    public Task<JsonElement> Deprecations() => Control(HttpMethod.Get, "deprecations");

    public async ValueTask DisposeAsync()
    {
        foreach (var item in owned)
        {
            item.Dispose();
        }

        await Kill();
        http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Another test run beside this one may take the same port in the same moment.</summary>
    private async Task SpawnOnFreePort()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await Spawn(Ports.Free());
                return;
            }
            catch (InvalidOperationException taken) when (tries < 5 && taken.Message.Contains("is taken", StringComparison.Ordinal))
            {
                await Kill();
            }
        }
    }

    private async Task Spawn(int port)
    {
        var start = new ProcessStartInfo("node", ["main.mjs", "--port", $"{port}", "--data", Folder, .. arguments])
        {
            WorkingDirectory = DemoStoreFiles.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        var child = process;
        // A test run that is stopped in the middle leaves no shop behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndQuietly(child);
        var errors = child.StandardError.ReadToEndAsync();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (ReadyLine().Match(line) is { Success: true } ready)
            {
                BaseUrl = new Uri(ready.Groups[1].Value);
                _ = child.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException($"The demo store did not start: {await errors}");
    }

    private async Task<JsonElement> Control(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(BaseUrl, $"/_demo/{path}"));
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{method} {path}: {answer}");
    }

    private static List<string> Ids(JsonElement answer) => [.. answer.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];

    private static void EndQuietly(Process child)
    {
        try
        {
            child.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, as it should.
        }
    }

    [GeneratedRegex(@"ready on (\S+)")]
    private static partial Regex ReadyLine();
}
