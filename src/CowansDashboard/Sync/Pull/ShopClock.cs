using System.Globalization;

namespace CowansDashboard.Sync.Pull;

/// <summary>A moment as the shop's own clocks show it, with the name of their zone: what a log line says.</summary>
public static class ShopClock
{
    public static string Say(DateTimeOffset moment, TimeZoneInfo zone) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(moment, zone):yyyy-MM-dd HH:mm:ss} ({(zone == TimeZoneInfo.Utc ? "UTC" : zone.Id)})");
}
