using System.Globalization;
using CowansDashboard.Stores;

namespace CowansDashboard.Search;

/// <summary>What a filter's moments mean in a store: a day is a day on the clocks of its people.</summary>
internal sealed record StoreTime(DateTimeOffset Now, TimeZoneInfo Zone)
{
    private static readonly TimeSpan NoZones = TimeSpan.FromDays(3);

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
        if (clock - DateTime.MinValue > NoZones && DateTime.MaxValue - clock > NoZones)
            return ShopMoment.Start(clock, Zone).At;
        // Around the first and the last day that there is clocks are never changed, and some zones have no such day.
        return clock - DateTime.MinValue < Zone.BaseUtcOffset || DateTime.MaxValue - clock < -Zone.BaseUtcOffset ? new(clock, TimeSpan.Zero) : new(clock, Zone.BaseUtcOffset);
    }
}
