using System.Globalization;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>
/// Lines over time: from zero, forecast dashed, limit dotted, the last measured value written at its point.
/// The drawing stretches with its place; words keep their size.
/// </summary>
public sealed partial class LineChart
{
    ChartScale scale = ChartScale.Around([], null);
    int lastColour;

    [Parameter, EditorRequired] public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    /// <summary>What the chart shows, for those who do not see it: "Speed of all streams".</summary>
    [Parameter, EditorRequired] public string Title { get; set; } = "";

    [Parameter, EditorRequired] public string Unit { get; set; } = "";

    [Parameter] public double? Limit { get; set; }

    [Parameter] public string? LimitName { get; set; }

    [Parameter] public int Height { get; set; } = 140;

    /// <summary>Places behind the point, for values that are not counted.</summary>
    [Parameter] public int Decimals { get; set; }

    /// <summary>Set while the last point is the present moment.</summary>
    [Parameter] public bool EndsNow { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    ChartPoint? Last { get; set; }

    string Summary
    {
        get
        {
            var values = Series.Where(each => each.Line is ChartLine.Measured).SelectMany(each => each.Points).Select(point => point.Value).ToList();
            return values.Count == 0
                ? $"{Title}: nothing measured yet"
                : $"{Title}, between {Said(values.Min())} and {Said(values.Max())} {Unit}, last {Said(values[^1])}"
                    + (Limit is { } limit ? $", limit {Figure.Count(limit)}" : "");
        }
    }

    protected override void OnParametersSet()
    {
        scale = ChartScale.Around(Series, Limit);
        var measured = Series.LastOrDefault(each => each is { Line: ChartLine.Measured, Points.Count: > 0 });
        Last = measured?.Points[^1];
        lastColour = measured?.Colour ?? 1;
    }

    // Its words stand where the line does not go: below a line that falls to its last point, above one that rises.
    bool Below(ChartPoint last) => scale.Y(last.Value) < 22
        || (scale.Y(last.Value) < 78 && Series.SelectMany(each => each.Points).Any(point => scale.X(point.At) > 700 && scale.Y(point.Value) < scale.Y(last.Value) - 2));

    string Label(DateTimeOffset at)
    {
        var there = TimeZoneInfo.ConvertTime(at, Store?.TimeZone ?? TimeZoneInfo.Utc);
        var span = scale.To - scale.From;
        var form = span < TimeSpan.FromMinutes(4) ? "HH:mm:ss" : span < TimeSpan.FromHours(26) ? "HH:mm" : "d MMM";
        return there.ToString(form, CultureInfo.GetCultureInfo("en-GB"));
    }

    string Said(double value) => Decimals == 0 ? Figure.Count(value) : value.ToString($"N{Decimals}", CultureInfo.GetCultureInfo("en-GB"));

    static string Css(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
