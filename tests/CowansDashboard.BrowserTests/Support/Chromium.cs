using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>The computer's own Chromium, started once per test class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    ];

    // A click that is answered in a moment may take long on a machine that has other things to do; only what never comes fails.
    private const float Patience = 60_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium",
            Args = Flags,
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>
    /// One person's way through the pages of a site. When it fails, its trace and a picture of the last page stay in
    /// TestResults/traces. A console error, a breach of the Content-Security-Policy or a request to anybody else
    /// fails it too.
    /// </summary>
    public async Task Journey(Uri site, Func<Journey, Task> way, [CallerMemberName] string name = "")
    {
        await using var context = await _browser.NewContextAsync(new() { BaseURL = site.ToString(), ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
        context.SetDefaultTimeout(Patience);
        await context.Tracing.StartAsync(new() { Screenshots = true, Snapshots = true });
        var journey = new Journey(await context.NewPageAsync(), site);
        try
        {
            await way(journey);
            journey.Troubles.ShouldBeEmpty();
            await context.Tracing.StopAsync();
        }
        catch
        {
            var traces = Path.Combine(TestFolders.Results, "traces");
            await journey.Page.ScreenshotAsync(new() { Path = Path.Combine(traces, name + ".png") });
            await context.Tracing.StopAsync(new() { Path = Path.Combine(traces, name + ".zip") });
            throw;
        }
    }
}
