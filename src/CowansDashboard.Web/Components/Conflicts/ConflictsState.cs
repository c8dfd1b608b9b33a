using System.Globalization;
using CowansDashboard.Conflicts;
using CowansDashboard.Search;

namespace CowansDashboard.Web.Components.Conflicts;

/// <summary>What the page shows, all of it in the address: the filter, the conflict that is open, or the statistics.</summary>
public sealed record ConflictsState(ConflictFilter Filter, long? Open = null, bool ShowsFigures = false, int Days = 30)
{
    public const string Path = "/conflicts";

    public IReadOnlyList<(string Parameter, string Message)> Problems { get; init; } = [];

    public static ConflictsState Read(string address)
    {
        var parameters = FilterText.Parameters(new Uri(address).Query).GroupBy(each => each.Key, StringComparer.Ordinal)
            .ToDictionary(each => each.Key, each => each.Last().Value, StringComparer.Ordinal);
        var (filter, problems) = ConflictFilterText.Read(parameters.GetValueOrDefault);
        var open = long.TryParse(parameters.GetValueOrDefault("open"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (long?)null;
        var days = int.TryParse(parameters.GetValueOrDefault("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Clamp(count, 1, ConflictStatistics.MostDays) : 30;
        return new(filter, open, parameters.GetValueOrDefault("show") == "figures", days) { Problems = problems.Count == 0 ? [] : problems };
    }

    public string ToUrl()
    {
        string[] parts =
        [
            ShowsFigures ? "show=figures" : "",
            ShowsFigures && Days != 30 ? string.Create(CultureInfo.InvariantCulture, $"days={Days}") : "",
            ConflictFilterText.Print(Filter),
            Open is { } open ? string.Create(CultureInfo.InvariantCulture, $"open={open}") : "",
        ];
        var query = string.Join('&', parts.Where(part => part.Length > 0));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }

    /// <summary>Another filter starts with nothing open.</summary>
    public ConflictsState With(ConflictFilter filter) => this with { Filter = filter, Open = null };
}
