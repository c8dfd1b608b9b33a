using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Tests.Runs;

/// <summary>The whole program on a real port, with one more kind of run, watched by a program in JavaScript.</summary>
public sealed class HubProgram : IAsyncLifetime, IAsyncDisposable
{
    private const string Email = "ann@test.example";
    private const string Password = "correct horse battery 7";

    private static readonly string Folder = Path.Combine(Repository(), "tests", "CowansDashboard.Tests", "Runs", "hub-client");

    private readonly TestDatabase _database = new();
    private readonly string _keys = Directory.CreateTempSubdirectory("cowan-hub-").FullName;
    private Factory? _factory;

    public TestDatabase Database => _database;

    public IServiceProvider Services => _factory!.Services;

    public string Address => _factory!.ClientOptions.BaseAddress.ToString().TrimEnd('/');

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _factory = new Factory(
        [
            ("ConnectionStrings:Dashboard", _database.ConnectionString), ("Dashboard:DataFolder", _keys),
            ("Dashboard:AdminEmail", Email), ("Dashboard:AdminPassword", Password),
        ]);
        _factory.UseKestrel(0);
        _factory.StartServer();
        await _database.Source.Execute(StepByStep.Table);
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@microsoft", "signalr")))
            await Run("npm", null, "ci", "--no-audit", "--no-fund");
    }

    public async Task DisposeAsync()
    {
        if (_factory is not null)
            await _factory.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    public async Task<string> Token()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address) };
        using var answer = await http.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("accessToken").GetString()!;
    }

    /// <summary>A token that is good for another while than usual.</summary>
    public async Task<string> Token(TimeSpan life)
    {
        var options = Services.GetRequiredService<IOptionsMonitor<BearerTokenOptions>>().Get(IdentityConstants.BearerScheme);
        var ticket = options.BearerTokenProtector.Unprotect(await Token())!;
        ticket.Properties.ExpiresUtc = TimeProvider.System.GetUtcNow() + life;
        return options.BearerTokenProtector.Protect(ticket);
    }

    /// <summary>Lets the JavaScript client watch and gives every line that it printed, each a message as JSON.</summary>
    public Task<IReadOnlyList<JsonElement>> Watch(params string[] arguments) => Watch(null, arguments);

    /// <summary>As before; what is to happen only when the client watches is done at its first message.</summary>
    public async Task<IReadOnlyList<JsonElement>> Watch(Action? atFirst, params string[] arguments)
    {
        var output = await Run("node", atFirst, ["watch.mjs", Address, .. arguments]);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    private static async Task<string> Run(string program, Action? atFirstLine, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new StringBuilder();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(240));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (output.Length == 0)
                atFirstLine?.Invoke();
            output.Append(line).Append('\n');
        }
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode == 0 ? output.ToString() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CowansDashboard.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private sealed class Factory((string Name, string Value)[] settings) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Production");
            // What comes by the clock would come in the middle of a test.
            builder.UseSetting("Schedules:Recurring", "false");
            foreach (var (name, value) in settings)
                builder.UseSetting(name, value);
            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.ConfigureServices(services => services.AddSingleton<IRunWork>(new StepByStep(30, TimeSpan.FromMilliseconds(60))));
        }
    }
}
