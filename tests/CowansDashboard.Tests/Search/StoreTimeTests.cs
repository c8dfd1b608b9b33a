using CowansDashboard.Search;

namespace CowansDashboard.Tests.Search;

public sealed class StoreTimeTests
{
    [Theory]
    [InlineData("Europe/London", "2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("Europe/London", "2026-07-01", "2026-06-30T23:00:00Z")]
    [InlineData("America/Los_Angeles", "2026-11-20", "2026-11-20T08:00:00Z")]
    // Its clocks went from 00:00 to 01:00: the day began at one, and a day had 23 hours.
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")]
    // Its clocks go back from 01:00 to 00:00: midnight comes twice, the day begins with the first.
    [InlineData("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z")]
    // Its summer time is the standard one: .NET knows no invalid or doubled times of it.
    [InlineData("Europe/Dublin", "2026-11-20", "2026-11-20T00:00:00Z")]
    [InlineData("Europe/Dublin", "2026-07-01", "2026-06-30T23:00:00Z")]
    [InlineData("Africa/Casablanca", "2024-03-10", "2024-03-09T23:00:00Z")]
    [InlineData("Pacific/Auckland", "0001-01-01", "0001-01-01T00:00:00Z")]
    [InlineData("America/Los_Angeles", "9999-12-31", "9999-12-31T08:00:00Z")]
    [InlineData("Asia/Tokyo", "2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z")]
    [InlineData("Asia/Tokyo", "12h", "2026-11-20T22:00:00Z")]
    public void A_day_begins_when_the_shops_clocks_say_so(string zone, string value, string moment)
    {
        var time = new StoreTime(new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero), TimeZoneInfo.FindSystemTimeZoneById(zone));

        time.Of(value).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(moment);
    }
}
