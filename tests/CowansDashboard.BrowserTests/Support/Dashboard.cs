using System.Collections.Concurrent;
using System.Diagnostics;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>
/// The real program as its users start it: the published dll in a process of its own, on a database of its own.
/// tests/run.sh publishes it; DASHBOARD_PROGRAM names another folder.
/// </summary>
public sealed class Dashboard(IReadOnlyDictionary<string, string> settings, Dashboard? beside = null) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("cowan-browser-");
    private readonly TestDatabase _database = beside?.Database ?? new();
    private Process? _process;

    public TestDatabase Database => _database;

    public Uri Address { get; } = new($"http://127.0.0.1:{Ports.Free()}");

    public string Log => string.Join('\n', _lines);

    /// <summary>One that is connected to this shop, started.</summary>
    public static Task<Dashboard> Of(DemoStore shop) => Of(shop, [], null);

    /// <summary>One more node on the database and the key of another, where there is one, with some settings of its own.</summary>
    public static async Task<Dashboard> Of(DemoStore shop, Dictionary<string, string> more, Dashboard? beside)
    {
        var settings = new Dictionary<string, string>(Administrator.Settings)
        {
            ["Shopify__Shop"] = shop.Shop,
            ["Shopify__AccessToken"] = DemoStore.Token,
            ["Shopify__BaseUrl"] = shop.BaseUrl.GetLeftPart(UriPartial.Authority),
        };
        if (beside is not null)
            settings["Dashboard__KeyFile"] = Path.Combine(beside._data.FullName, "keys", "dashboard.key");
        foreach (var (name, value) in more)
            settings[name] = value;
        var dashboard = new Dashboard(settings, beside);
        await dashboard.Start();
        return dashboard;
    }

    public async Task Start()
    {
        if (_database.ConnectionString.Length == 0)
            await _database.InitializeAsync();
        var program = ProgramFile();
        var start = new ProcessStartInfo("dotnet", [program, "--contentRoot", Path.GetDirectoryName(program)!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Dashboard__DataFolder"] = _data.FullName;
        start.Environment["ConnectionStrings__Dashboard"] = _database.ConnectionString;
        // What comes by the clock would come in the middle of a test.
        start.Environment["Schedules__Recurring"] = "false";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilHealthy(_process);
    }

    /// <summary>kill -9: the program gets no chance to say goodbye.</summary>
    public async Task Kill()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Waits for a line of the program's output, such as the one-time password.</summary>
    public async Task<string> Line(string beginning)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (_lines.FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } found)
                return found;
            await Task.Delay(100);
        }
        throw new TimeoutException($"The dashboard never printed a line that begins with '{beginning}'. It printed:\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await Kill();
        if (beside is null)
            await _database.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private async Task UntilHealthy(Process process)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The dashboard ended with {process.ExitCode} while it started:\n{Log}");
            if (await IsHealthy(client))
                return;
            await Task.Delay(100);
        }
        throw new TimeoutException($"The dashboard did not become healthy within {Patience.TotalSeconds} s:\n{Log}");
    }

    private async Task<bool> IsHealthy(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Address, "/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
            _lines.Enqueue(line.Data);
    }

    private static string ProgramFile()
    {
        var folder = Environment.GetEnvironmentVariable("DASHBOARD_PROGRAM") is { Length: > 0 } given ? given : Path.Combine(TestFolders.Results, "program");
        var file = Path.Combine(folder, "CowansDashboard.Web.dll");
        return File.Exists(file)
            ? file
            : throw new FileNotFoundException($"{file} is missing: run tests/run.sh browser, or publish src/CowansDashboard.Web and name the folder in DASHBOARD_PROGRAM");
    }
}
