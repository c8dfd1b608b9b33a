using System.Globalization;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>How people read moments and durations: age under a day, then the date; always in the shop's time zone.</summary>
public static class When
{
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>"just now", "41 s ago", "2 min ago", "3 h 10 min ago", "yesterday 16:44", "Tue 17 Nov, 16:44", "17 Nov 2025".</summary>
    public static string Age(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo? zone)
    {
        var age = now - at;
        var (there, today) = (In(at, zone), In(now, zone));
        return age switch
        {
            _ when age < TimeSpan.FromSeconds(-5) => "in " + Duration(-age, parts: age < TimeSpan.FromMinutes(-10) ? 1 : 2),
            _ when age < TimeSpan.FromSeconds(10) => "just now",
            _ when age < TimeSpan.FromMinutes(1) => $"{age.Seconds} s ago",
            _ when age < TimeSpan.FromHours(1) => $"{age.Minutes} min ago",
            _ when age < TimeSpan.FromHours(24) => Duration(TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes)), parts: age < TimeSpan.FromHours(6) ? 2 : 1) + " ago",
            _ when there.Date == today.Date.AddDays(-1) => $"yesterday {there:HH:mm}",
            _ when age < TimeSpan.FromDays(7) => there.ToString("ddd d MMM, HH:mm", British),
            _ when there.Year == today.Year => there.ToString("d MMM, HH:mm", British),
            _ => there.ToString("d MMM yyyy", British),
        };
    }

    /// <summary>"09:41"; with the day before it when that is not today.</summary>
    public static string Clock(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo? zone, bool seconds = false)
    {
        var there = In(at, zone);
        var time = there.ToString(seconds ? "HH:mm:ss" : "HH:mm", British);
        return there.Date == In(now, zone).Date ? time : there.ToString("ddd d MMM ", British) + time;
    }

    /// <summary>"Friday 20 November 2026, 09:43:12 GMT": the exact moment, for titles.</summary>
    public static string Exact(DateTimeOffset at, TimeZoneInfo? zone) =>
        In(at, zone).ToString("dddd d MMMM yyyy, HH:mm:ss", British) + " " + ZoneName(at, zone);

    /// <summary>"4 min 13 s", "1 h 24 min", "0.8 s", "2 d 3 h".</summary>
    public static string Duration(TimeSpan span, int parts = 2)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }
        if (span < TimeSpan.FromSeconds(1))
        {
            return span.TotalMilliseconds < 10 ? "0 s" : $"{span.TotalSeconds.ToString("0.0", British)} s";
        }
        (long Value, string Unit)[] all = [((long)span.TotalDays, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        var shown = all.SkipWhile(part => part.Value == 0).Take(parts).Where(part => part.Value > 0);
        return string.Join(' ', shown.Select(part => $"{part.Value} {part.Unit}"));
    }

    static DateTimeOffset In(DateTimeOffset at, TimeZoneInfo? zone) => TimeZoneInfo.ConvertTime(at, zone ?? TimeZoneInfo.Utc);

    static string ZoneName(DateTimeOffset at, TimeZoneInfo? zone)
    {
        var offset = (zone ?? TimeZoneInfo.Utc).GetUtcOffset(at);
        var name = zone is null || zone == TimeZoneInfo.Utc ? "UTC" : zone.Id;
        return name == "UTC" ? name : $"{name} (UTC{(offset < TimeSpan.Zero ? "−" : "+")}{offset:hh\\:mm})";
    }
}
