using CowansDashboard.BrowserTests.Support;
using Microsoft.Playwright;

namespace CowansDashboard.BrowserTests;

/// <summary>The first hour of a new dashboard, as its first administrator lives through it.</summary>
public sealed class FirstRunTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Announced = "First administrator: ";

    [Fact]
    public async Task The_first_administrator_signs_in_with_the_printed_password_and_sets_another()
    {
        await using var dashboard = new Dashboard(new Dictionary<string, string>());
        await dashboard.Start();
        var (email, oneTime) = Printed(await dashboard.Line(Announced));

        await chromium.Journey(dashboard.Address, async journey =>
        {
            await journey.SignIn("/", email, oneTime);
            await Assertions.Expect(journey.Heading("Choose your password")).ToBeVisibleAsync();
            await journey.FillDoor(("New password", Administrator.Password), ("New password again", Administrator.Password));
            await journey.Press("Set password");

            await Assertions.Expect(journey.Heading("Connect your shop")).ToBeVisibleAsync();
        });
    }

    private static (string Email, string OneTimePassword) Printed(string line)
    {
        var words = line[Announced.Length..].Split("  one-time password: ");
        return (words[0], words[1]);
    }
}
