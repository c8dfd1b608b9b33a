using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;
using CowansDashboard.Accounts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// The whole program in this process, on a database of its own, as it runs in production. Use as IClassFixture,
/// or start one with settings: <c>await using var app = await WebApp.Start(("Shopify:Shop", "x"));</c>
/// </summary>
public sealed class WebApp : IAsyncLifetime, IAsyncDisposable
{
    public const string AdminEmail = "first@test.example";
    public const string Password = "correct horse battery 7";

    private readonly TestDatabase _database = new();
    private readonly ConcurrentDictionary<string, Task<Account>> _accounts = new();
    private readonly ConcurrentDictionary<string, Task<string>> _tokens = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("cowan-web-").FullName;
    private (string Name, string Value)[] _settings = [];
    private Factory? _factory;

    public TestDatabase Database => _database;

    public IServiceProvider Services => _factory!.Services;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public string KeyFile => Path.Combine(_folder, "keys", "dashboard.key");

    /// <summary>Every line that the program logged, with its exception.</summary>
    public IReadOnlyCollection<string> Log => _factory!.Lines;

    public static async Task<WebApp> Start(params (string Name, string Value)[] settings)
    {
        var app = new WebApp { _settings = settings };
        await app.InitializeAsync();
        return app;
    }

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _factory = new Factory(
        [
            ("ConnectionStrings:Dashboard", _database.ConnectionString),
            ("Dashboard:DataFolder", _folder),
            ("Dashboard:AdminEmail", AdminEmail),
            ("Dashboard:AdminPassword", Password),
            .. _settings,
        ]);
        _ = _factory.Server;
    }

    /// <summary>A browser that nobody signed in with. Redirects are not followed, so that tests see them.</summary>
    public HttpClient Stranger() => _factory!.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") });

    /// <summary>A browser signed in through the sign-in page.</summary>
    public async Task<HttpClient> SignedInAs(string role)
    {
        var account = await AccountOf(role);
        var browser = Stranger();
        using var answer = await SignIn(browser, account.Email!, Password);
        ((int)answer.StatusCode).ShouldBe(302, await answer.Content.ReadAsStringAsync());
        return browser;
    }

    /// <summary>A program that signed in through the REST API and sends its token.</summary>
    public async Task<HttpClient> BearerFor(string role)
    {
        var program = Stranger();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenFor(role));
        return program;
    }

    /// <summary>Signed in once for all tests of a class: whoever signs in too often is made to wait.</summary>
    public Task<string> TokenFor(string role) => _tokens.GetOrAdd(role, NewToken);

    private async Task<string> NewToken(string role)
    {
        var account = await AccountOf(role);
        using var answer = await Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = Password });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("accessToken").GetString()!;
    }

    /// <summary>The account that SignedInAs and BearerFor use for a role.</summary>
    public Task<Account> AccountOf(string role) => _accounts.GetOrAdd(role, key => NewAccount($"{key}@test.example", key));

    public async Task<Account> NewAccount(string email, string role, Action<Account>? change = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var account = new Account { Name = $"Test {role}", Email = email, UserName = email, Role = role, CreatedAt = TimeProvider.System.GetUtcNow() };
        change?.Invoke(account);
        var created = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account, Password);
        created.Succeeded.ShouldBeTrue(string.Join(" ", created.Errors.Select(error => error.Description)));
        return account;
    }

    public static Task<HttpResponseMessage> SignIn(HttpClient browser, string email, string password, string path = "/sign-in") =>
        Submit(browser, path, new() { ["Form.Email"] = email, ["Form.Password"] = password });

    /// <summary>Opens a page, fills the first form that holds these fields, and sends it with its hidden fields.</summary>
    public static async Task<HttpResponseMessage> Submit(HttpClient browser, string path, Dictionary<string, string> fields)
    {
        var page = new HtmlParser().ParseDocument(await browser.GetStringAsync(path));
        var form = page.QuerySelectorAll("form").First(each => fields.Keys.All(name => each.QuerySelector($"[name='{name}']") is not null));
        var sent = form.QuerySelectorAll("input[type=hidden][name]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        foreach (var (name, value) in fields)
            sent[name] = value;
        return await browser.PostAsync(path, new FormUrlEncodedContent(sent));
    }

    public async Task DisposeAsync()
    {
        if (_factory is not null)
            await _factory.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private sealed class Factory((string Name, string Value)[] settings) : WebApplicationFactory<Program>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Production");
            // What comes by the clock would come in the middle of a test.
            builder.UseSetting("Schedules:Recurring", "false");
            foreach (var (name, value) in settings)
                builder.UseSetting(name, value);
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(new LineKeeper(Lines)).SetMinimumLevel(LogLevel.Trace));
        }
    }

    private sealed class LineKeeper(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
