using CowansDashboard.Stores;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>
/// When something comes again, on a shop's clocks: every so many minutes from a time of day on, or once at that time on some
/// days of the week. Pure. Each day of the calendar has its time exactly once, also where the clocks leave that time out or
/// show it twice; between two of them minutes are counted as they pass, so that no clock change doubles or loses a turn.
/// </summary>
/// <param name="EveryMinutes">Minutes from turn to turn; null for once a day.</param>
/// <param name="At">The time of day, or that of the first turn.</param>
/// <param name="Days">A bit for each day of the week, Monday first.</param>
public sealed record Rhythm(int? EveryMinutes, TimeOnly At, int Days = Rhythm.EveryDay)
{
    public const int EveryDay = 0b1111111;

    public const int MondayToFriday = 0b0011111;

    public const int Fewest = 5;

    private const int MostCounted = 1_000;

    public static Rhythm Every(int minutes, int hour = 0, int minute = 0) => new(minutes, new TimeOnly(hour, minute));

    public static Rhythm Daily(int hour, int minute) => new(null, new TimeOnly(hour, minute));

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Problem => this switch
    {
        { EveryMinutes: < Fewest or > 1440 } => $"Choose between {Fewest} minutes and 24 hours (1440 minutes).",
        { Days: <= 0 or > EveryDay } => "Choose at least one day of the week.",
        _ => null,
    };

    /// <summary>The first turn after a moment.</summary>
    public DateTimeOffset Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        // A day before, because the turns of yesterday last until the first one of today.
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime).AddDays(-1);
        for (var ahead = 0; ahead <= 9; ahead++, day = day.AddDays(1))
        {
            if (!Includes(day))
                continue;
            var first = First(day, zone);
            if (first > after)
                return first;
            if (EveryMinutes is not { } minutes)
                continue;
            var steps = (long)Math.Floor((after - first) / TimeSpan.FromMinutes(minutes)) + 1;
            var next = first + (steps * TimeSpan.FromMinutes(minutes));
            if (next < First(day.AddDays(1), zone))
                return next;
        }
        throw new InvalidOperationException("A rhythm without days has no next turn.");
    }

    /// <summary>How many turns lie after one moment and up to another; counting ends at a thousand.</summary>
    public int Turns(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        var turns = 0;
        for (var next = Next(after, zone); next <= until && turns < MostCounted; next = Next(next, zone))
            turns++;
        return turns;
    }

    private bool Includes(DateOnly day) => (Days & (1 << (((int)day.DayOfWeek + 6) % 7))) != 0;

    private DateTimeOffset First(DateOnly day, TimeZoneInfo zone) => ShopMoment.Start(day.ToDateTime(At), zone).At;
}
