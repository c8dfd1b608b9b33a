using System.Globalization;
using CowansDashboard.Stores;

namespace CowansDashboard.Tests.Stores;

/// <summary>Both changes of the clocks, in zones that go by an hour north and south, and by half an hour.</summary>
public sealed class ShopMomentTests
{
    [Theory]
    [InlineData("Europe/Dublin", "2027-03-28 00:59", "2027-03-28T00:59Z")]
    [InlineData("Europe/Dublin", "2027-03-28 02:00", "2027-03-28T01:00Z")]
    [InlineData("Europe/Dublin", "2026-11-27 00:00", "2026-11-27T00:00Z")]
    [InlineData("America/New_York", "2027-03-14 01:59", "2027-03-14T06:59Z")]
    [InlineData("America/New_York", "2027-03-14 03:00", "2027-03-14T07:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03T15:30Z")]
    public void A_time_that_comes_once_is_that_time(string zone, string clock, string moment)
    {
        ShopMoment.Start(Clock(clock), Zone(zone)).ShouldBe(new ShopMoment(Moment(moment), null));
        ShopMoment.End(Clock(clock), Zone(zone)).ShouldBe(new ShopMoment(Moment(moment), null));
    }

    [Theory]
    [InlineData("Europe/Dublin", "2027-03-28 01:00", "2027-03-28T01:00Z", "02:00")]
    [InlineData("Europe/Dublin", "2027-03-28 01:30", "2027-03-28T01:00Z", "02:00")]
    [InlineData("America/New_York", "2027-03-14 02:30", "2027-03-14T07:00Z", "03:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30Z", "02:30")]
    public void A_time_that_the_clocks_leave_out_is_the_moment_they_go_forward(string zone, string clock, string moment, string counts)
    {
        var start = ShopMoment.Start(Clock(clock), Zone(zone));

        start.At.ShouldBe(Moment(moment));
        start.Note.ShouldNotBeNull().ShouldContain($"counts as {counts}");
        ShopMoment.End(Clock(clock), Zone(zone)).At.ShouldBe(start.At);
    }

    [Theory]
    [InlineData("Europe/Dublin", "2026-10-25 01:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z")]
    [InlineData("America/New_York", "2026-11-01 01:00", "2026-11-01T05:00Z", "2026-11-01T06:00Z")]
    [InlineData("Australia/Lord_Howe", "2027-04-04 01:45", "2027-04-03T14:45Z", "2027-04-03T15:15Z")]
    public void A_time_that_comes_twice_begins_the_first_and_ends_the_second_time(string zone, string clock, string starts, string ends)
    {
        var (start, end) = (ShopMoment.Start(Clock(clock), Zone(zone)), ShopMoment.End(Clock(clock), Zone(zone)));

        (start.At, end.At).ShouldBe((Moment(starts), Moment(ends)));
        start.Note!.ShouldContain("the first time counts");
        end.Note!.ShouldContain("the second time counts");
    }

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static DateTime Clock(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
