using System.Globalization;
using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>What the calendar shows, all of it in the address: how long, and from which day.</summary>
public sealed record SchedulesState(bool IsMonth = false, DateOnly? From = null)
{
    public const string Path = "/schedules";

    private const string Day = "yyyy-MM-dd";

    public static SchedulesState Read(string address)
    {
        var parameters = FilterText.Parameters(new Uri(address).Query).GroupBy(each => each.Key, StringComparer.Ordinal).ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        return new(parameters.GetValueOrDefault("view") == "month",
            DateOnly.TryParseExact(parameters.GetValueOrDefault("from"), Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var from) && from.Year is >= 2000 and < 9000 ? from : null);
    }

    public string ToUrl()
    {
        var query = string.Join('&', new[] { IsMonth ? "view=month" : null, From is { } from ? $"from={from.ToString(Day, CultureInfo.InvariantCulture)}" : null }.OfType<string>());
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }

    public static string Url(long schedule) => FormattableString.Invariant($"{Path}/{schedule}");

    /// <summary>The first day shown: of a month its first, otherwise the chosen day, or today.</summary>
    public DateOnly First(DateOnly today)
    {
        var day = From ?? today;
        return IsMonth ? new DateOnly(day.Year, day.Month, 1) : day;
    }

    public int Days(DateOnly today) => IsMonth ? DateTime.DaysInMonth(First(today).Year, First(today).Month) : 14;

    public SchedulesState Move(DateOnly today, int steps) => this with { From = IsMonth ? First(today).AddMonths(steps) : First(today).AddDays(14 * steps) };
}
