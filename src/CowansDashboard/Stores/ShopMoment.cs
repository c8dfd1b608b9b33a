namespace CowansDashboard.Stores;

/// <summary>
/// A time on a shop's clocks as a moment. A time that the clocks leave out in spring counts as the moment they go forward;
/// one that comes twice in autumn begins the first time and ends the second time, so that nothing is shorter than it was announced.
/// </summary>
public sealed record ShopMoment(DateTimeOffset At, string? Note)
{
    public static ShopMoment Start(DateTime clock, TimeZoneInfo zone) => Of(clock, zone, second: false);

    public static ShopMoment End(DateTime clock, TimeZoneInfo zone) => Of(clock, zone, second: true);

    // Asked of moments, whose offset is never in doubt: TimeZoneInfo knows no invalid or doubled times of zones such as Dublin's,
    // whose summer time is the standard one.
    private static ShopMoment Of(DateTime typed, TimeZoneInfo zone, bool second)
    {
        var clock = DateTime.SpecifyKind(typed.AddTicks(-(typed.Ticks % TimeSpan.TicksPerMinute)), DateTimeKind.Utc);
        var (before, after) = (new DateTimeOffset(clock.AddDays(-1)), new DateTimeOffset(clock.AddDays(1)));
        TimeSpan[] offsets = [.. new[] { zone.GetUtcOffset(before), zone.GetUtcOffset(after) }.Distinct()];
        DateTimeOffset[] moments = [.. offsets.Select(offset => new DateTimeOffset(clock - offset)).Where(moment => zone.GetUtcOffset(moment) == clock - moment.UtcDateTime).Order()];
        if (moments.Length == 1)
            return new(moments[0], null);
        if (moments.Length > 1)
            return new(second ? moments[^1] : moments[0], FormattableString.Invariant($"{clock:HH:mm} comes twice on {clock:d MMMM yyyy}: the {(second ? "second" : "first")} time counts."));
        var change = Change(zone, before, after);
        return new(change, FormattableString.Invariant($"The clocks leave {clock:HH:mm} out on {clock:d MMMM yyyy}: it counts as {TimeZoneInfo.ConvertTime(change, zone):HH:mm}."));
    }

    /// <summary>The moment between two at which the clocks are changed.</summary>
    private static DateTimeOffset Change(TimeZoneInfo zone, DateTimeOffset before, DateTimeOffset after)
    {
        var old = zone.GetUtcOffset(before);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + ((after - before) / 2);
            (before, after) = zone.GetUtcOffset(middle) == old ? (middle, after) : (before, middle);
        }
        return new DateTimeOffset(after.Ticks - (after.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }
}
