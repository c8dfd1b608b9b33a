using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Schedules;

namespace CowansDashboard.Tests.Web.Schedules;

public sealed class ScheduleCalendarTests
{
    private static readonly TimeZoneInfo Dublin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Dublin");
    private static readonly DateTimeOffset Noon = new(2026, 10, 20, 11, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_bar_lies_over_its_days_on_the_shops_clocks_also_when_the_clocks_are_changed()
    {
        // Monday 19 October to 1 November; the clocks go back on the 25th.
        var calendar = ScheduleCalendar.Of([Sale(1, "2026-10-23T23:00Z", "2026-10-27T00:00Z")], [], new(2026, 10, 19), 14, Noon, Dublin);

        var bar = calendar.Bars.ShouldHaveSingleItem();
        (Math.Round(bar.Left * 14 / 100, 3), Math.Round(bar.Width * 14 / 100, 3), bar.BeginsHere, bar.EndsHere).ShouldBe((5, 3, true, true));
        (calendar.Days.Count, calendar.Days.Count(day => day.IsWeekend), calendar.Days.Single(day => day.IsToday).Day).ShouldBe((14, 4, new DateOnly(2026, 10, 20)));
        Math.Round(calendar.Now!.Value * 14 / 100, 3).ShouldBe(1.5);
    }

    [Fact]
    public void What_reaches_beyond_has_no_edge_there_and_what_lies_elsewhere_is_not_shown()
    {
        var calendar = ScheduleCalendar.Of([Sale(1, "2026-10-01T10:00Z", null), Sale(2, "2026-12-01T10:00Z", "2026-12-02T10:00Z")], [], new(2026, 10, 19), 14, Noon, Dublin);

        var bar = calendar.Bars.ShouldHaveSingleItem();
        (bar.Left, bar.Width, bar.BeginsHere, bar.EndsHere).ShouldBe((0, 100, false, false));
    }

    [Fact]
    public void Two_at_once_are_marked_on_both()
    {
        var overlap = new ScheduleOverlap(1, 2, Moment("2026-10-21T23:00Z"), Moment("2026-10-22T23:00Z"), 14);

        var calendar = ScheduleCalendar.Of([Sale(1, "2026-10-20T23:00Z", "2026-10-22T23:00Z"), Sale(2, "2026-10-21T23:00Z", "2026-10-29T00:00Z")], [overlap], new(2026, 10, 19), 14, Noon, Dublin);

        calendar.Bars.ShouldAllBe(bar => bar.Overlaps.Count == 1 && Math.Abs((bar.Overlaps[0].Left * 14 / 100) - 3) < 0.001 && Math.Abs((bar.Overlaps[0].Width * 14 / 100) - 1) < 0.001);
    }

    [Fact]
    public void The_address_holds_how_long_and_from_when()
    {
        var today = new DateOnly(2026, 11, 21);
        var state = SchedulesState.Read("http://here/schedules?view=month&from=2026-12-24");

        (state.First(today), state.Days(today), state.ToUrl()).ShouldBe((new DateOnly(2026, 12, 1), 31, "/schedules?view=month&from=2026-12-24"));
        state.Move(today, 1).ToUrl().ShouldBe("/schedules?view=month&from=2027-01-01");
        SchedulesState.Read("http://here/schedules?from=never").First(today).ShouldBe(today, "what is to come begins with today");
        new SchedulesState().ToUrl().ShouldBe("/schedules");
    }

    private static Schedule Sale(long id, string starts, string? ends) => new(id, 1, "Sale", ScheduleState.Planned)
    {
        PreviewId = id,
        StartsAt = Moment(starts),
        EndsAt = ends is null ? null : Moment(ends),
        StartsLocal = default,
        TimeZone = "Europe/Dublin",
        MadeBy = "Ann",
    };

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
