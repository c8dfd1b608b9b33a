using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

public sealed class EndedSessionTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_page_that_is_open_asks_to_sign_in_soon_after_its_account_was_closed()
    {
        await using var dashboard = new Dashboard(Administrator.Settings);
        await dashboard.Start();

        await chromium.Journey(dashboard.Address, async journey =>
        {
            await journey.SignIn("/settings", Administrator.Email, Administrator.Password);
            await Assertions.Expect(journey.Heading("Settings")).ToBeVisibleAsync();

            await dashboard.Database.Scalar<long>("update accounts set disabled_at = now() returning id");

            await Assertions.Expect(journey.Heading("Sign in")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        });
    }
}
