using System.Globalization;

namespace CowansDashboard.Search;

/// <summary>What a filter's moments mean in a store: a day is a day on the clocks of its people.</summary>
internal sealed record StoreTime(DateTimeOffset Now, TimeZoneInfo Zone)
{
    public DateTimeOffset Of(string value)
    {
        if (value[^1] is 'd' or 'h')
        {
            var count = int.Parse(value[..^1], CultureInfo.InvariantCulture);
            return value[^1] == 'd' ? Now.AddDays(-count) : Now.AddHours(-count);
        }
        return DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? Begin(day)
            : DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    // Where clocks go forward at midnight the day begins at one; where they go back to midnight it begins the first time.
    private DateTimeOffset Begin(DateOnly day)
    {
        var clock = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(clock))
            clock = clock.AddMinutes(30);
        var offset = Zone.IsAmbiguousTime(clock) ? Zone.GetAmbiguousTimeOffsets(clock).Max() : Zone.GetUtcOffset(clock);
        // The first and the last day that there is have no other zones.
        return clock - DateTime.MinValue < offset || DateTime.MaxValue - clock < -offset ? new(clock, TimeSpan.Zero) : new(clock, offset);
    }
}
