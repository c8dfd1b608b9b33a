using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Tests.Web.Kit;

public sealed class WhenTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 43, 12, TimeSpan.Zero);
    static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    static readonly TimeZoneInfo Auckland = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland");

    [Theory]
    [InlineData(3, "just now")]
    [InlineData(41, "41 s ago")]
    [InlineData(120, "2 min ago")]
    [InlineData(3 * 3600 + 600, "3 h 10 min ago")]
    [InlineData(8 * 3600 + 600, "8 h ago")]
    [InlineData(30 * 3600, "yesterday 03:43")]
    [InlineData(65 * 3600, "Tue 17 Nov, 16:43")]
    [InlineData(400 * 24 * 3600, "16 Oct 2025")]
    public void Age_under_a_day_then_the_date(int secondsAgo, string shown) =>
        When.Age(Now.AddSeconds(-secondsAgo), Now, London).ShouldBe(shown);

    [Fact]
    public void What_is_still_to_come_says_so() => When.Age(Now.AddMinutes(5), Now, London).ShouldBe("in 5 min");

    [Fact]
    public void Times_are_the_shops()
    {
        When.Clock(Now, Now, Auckland).ShouldBe("22:43");
        When.Exact(Now, Auckland).ShouldBe("Friday 20 November 2026, 22:43:12 Pacific/Auckland (UTC+13:00)");
    }

    [Fact]
    public void Another_day_is_named() => When.Clock(Now.AddHours(20), Now, London, seconds: true).ShouldBe("Sat 21 Nov 05:43:12");

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(.84, "0.8 s")]
    [InlineData(64, "1 min 4 s")]
    [InlineData(3600, "1 h")]
    [InlineData(5040, "1 h 24 min")]
    [InlineData(3605, "1 h")]
    [InlineData(183_600, "2 d 3 h")]
    [InlineData(-4, "0 s")]
    public void A_duration_has_at_most_two_parts(double seconds, string shown) => When.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(shown);
}
