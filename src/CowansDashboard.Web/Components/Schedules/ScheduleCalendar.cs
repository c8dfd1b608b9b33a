using System.Globalization;
using CowansDashboard.Schedules;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>A day at the head of the calendar.</summary>
public sealed record CalendarDay(DateOnly Day, bool IsToday)
{
    public bool IsWeekend => Day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}

/// <summary>A schedule as a bar, in percent of the width; where it reaches beyond what is shown it has no edge.</summary>
public sealed record CalendarBar(Schedule Schedule, double Left, double Width, bool BeginsHere, bool EndsHere)
{
    /// <summary>Where another schedule holds the same fields, in percent of the width.</summary>
    public IReadOnlyList<(double Left, double Width)> Overlaps { get; init; } = [];
}

/// <summary>Schedules laid over days on the shop's clocks. Pure: a day is as wide as any other, also when the clocks are changed.</summary>
public sealed record ScheduleCalendar(IReadOnlyList<CalendarDay> Days, IReadOnlyList<CalendarBar> Bars, double? Now)
{
    private const double Narrowest = 1.2;

    public static ScheduleCalendar Of(
        IReadOnlyList<Schedule> schedules, IReadOnlyList<ScheduleOverlap> overlaps, DateOnly first, int days, DateTimeOffset now, TimeZoneInfo zone)
    {
        double Place(DateTimeOffset at)
        {
            var there = TimeZoneInfo.ConvertTime(at, zone);
            return (DateOnly.FromDateTime(there.DateTime).DayNumber - first.DayNumber + there.TimeOfDay.TotalDays) / days * 100;
        }

        (double Left, double Width)? Shown(DateTimeOffset from, DateTimeOffset? until)
        {
            var (left, right) = (Math.Max(0, Place(from)), until is { } end ? Math.Min(100, Place(end)) : 100);
            return left >= 100 || right <= 0 ? null : (left, Math.Max(Narrowest, right - left));
        }

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var bars = new List<CalendarBar>();
        foreach (var one in schedules)
        {
            // What stays has done its work at its start; until then it is shown as what would go on.
            var end = one.EndedAt is { } ended && one.EndsAt is { } planned ? (ended < planned ? ended : planned) : one.EndsAt ?? one.EndedAt;
            if (Shown(one.StartsAt, end) is not { } bar)
                continue;
            var over = overlaps.Where(each => each.First == one.Id || each.Second == one.Id).Select(each => Shown(each.From, each.Until)).OfType<(double, double)>();
            bars.Add(new(one, bar.Left, bar.Width, Place(one.StartsAt) >= 0, end is { } last && Place(last) <= 100) { Overlaps = [.. over] });
        }
        var place = Place(now);
        return new([.. Enumerable.Range(0, days).Select(offset => first.AddDays(offset)).Select(day => new CalendarDay(day, day == today))], bars, place is >= 0 and <= 100 ? place : null);
    }

    public static string Css(double percent) => percent.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
