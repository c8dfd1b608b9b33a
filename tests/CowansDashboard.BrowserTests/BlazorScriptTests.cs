using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>Blazor's browser script comes from an older package than the server: this watches over the pair.</summary>
public sealed class BlazorScriptTests(Chromium chromium) : IClassFixture<Chromium>
{
    // The gallery of components exists in development only; it needs no shop and no rows.
    private static readonly Dictionary<string, string> Gallery = new(Administrator.Settings) { ["ASPNETCORE_ENVIRONMENT"] = "Development" };

    [Fact]
    public async Task A_page_answers_clicks_before_and_after_a_cut_connection()
    {
        await using var dashboard = new Dashboard(Gallery);
        await dashboard.Start();
        await using var wire = new CuttableWire(dashboard.Address);

        await chromium.Journey(wire.Address, async journey =>
        {
            var toasts = journey.Page.Locator(".toast");
            await journey.SignIn(to: "/_kit");
            await journey.Press("Say a toast");
            await Assertions.Expect(toasts).ToHaveCountAsync(1);
            await toasts.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
            await Assertions.Expect(toasts).ToHaveCountAsync(0);
            await journey.Page.EvaluateAsync("window.loadedOnce = true");

            await journey.WhileLost(wire);

            await journey.Press("Say a toast");
            await Assertions.Expect(toasts).ToHaveCountAsync(1);
            (await journey.Page.EvaluateAsync<bool>("window.loadedOnce === true")).ShouldBeTrue("the page came back by itself, without being loaded again");
        });
    }

    [Fact]
    public async Task A_page_comes_back_by_itself_when_the_server_was_restarted()
    {
        await using var dashboard = new Dashboard(Gallery);
        await dashboard.Start();

        await chromium.Journey(dashboard.Address, async journey =>
        {
            await journey.SignIn(to: "/_kit");
            await journey.Press("Say a toast");
            await journey.WhileCut(async () =>
            {
                await dashboard.Kill();
                await dashboard.Start();
                await Assertions.Expect(journey.Page.Locator(".toast")).ToHaveCountAsync(0);
            });

            await journey.Press("Say a toast");
            await Assertions.Expect(journey.Page.Locator(".toast")).ToHaveCountAsync(1);
        });
    }
}
