using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>A page, and everything that went wrong in it while nobody looked.</summary>
public sealed class Journey
{
    // What a person sees of the bar, looked at in the page itself: each new width, in per cent.
    private const string KeepWidths = """
        window.widths = [];
        setInterval(() => {
          const width = parseFloat(document.querySelector('.hero [role=progressbar] i')?.style.width);
          if (!isNaN(width) && width !== window.widths.at(-1)) window.widths.push(width);
        }, 20);
        """;

    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly Uri _site;
    private volatile bool _cut;

    public Journey(IPage page, Uri site)
    {
        Page = page;
        _site = site;
        page.Console += (_, message) => Note(message.Type == "error", $"console: {message.Text} ({message.Location})");
        page.PageError += (_, error) => Note(true, $"script: {error}");
        page.Request += (_, request) => Note(IsForeign(request.Url), $"request to another host: {request.Url}");
        page.RequestFailed += (_, request) => Note(request.Failure != "net::ERR_ABORTED", $"request failed: {request.Url} {request.Failure}");
        page.Response += (_, response) => Note(response.Status >= 500, $"answer {response.Status}: {response.Url}");
    }

    public IPage Page { get; }

    public IEnumerable<string> Troubles => _troubles;

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    public Task Press(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task Follow(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();

    /// <summary>From the next page on, notes how the bar of a run moves.</summary>
    public Task WatchBar() => Page.AddInitScriptAsync(KeepWidths);

    public async Task BarHasMoved()
    {
        var widths = await Page.EvaluateAsync<double[]>("window.widths");
        widths.Length.ShouldBeGreaterThan(2, $"the bar moves while a person watches: {string.Join(", ", widths)}");
    }

    /// <summary>While the server is away, a browser complains, and rightly so.</summary>
    public async Task WhileCut(Func<Task> way)
    {
        _cut = true;
        await way();
        _cut = false;
    }

    /// <summary>Cuts the wire until the page says so, mends it, and waits until the page is connected again.</summary>
    public Task WhileLost(CuttableWire wire) => WhileCut(async () =>
    {
        var connection = Page.Locator("#components-reconnect-modal");
        wire.Cut();
        await Assertions.Expect(connection).ToBeVisibleAsync();
        wire.Mend();
        await Assertions.Expect(connection).ToBeHiddenAsync();
    });

    private void Note(bool wrong, string what)
    {
        if (wrong && !_cut)
            _troubles.Enqueue(what);
    }

    private bool IsForeign(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is not ("data" or "blob" or "about") && !address.IsLoopback && address.Host != _site.Host;
}
