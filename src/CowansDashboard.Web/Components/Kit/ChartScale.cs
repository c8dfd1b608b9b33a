using System.Globalization;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>One value at one moment.</summary>
public readonly record struct ChartPoint(DateTimeOffset At, double Value);

/// <summary>A line of a chart. A forecast is dashed, a pace to compare with is dotted; only what happened is filled.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, ChartLine Line = ChartLine.Measured, int Colour = 1)
{
    public string Dash => Line switch { ChartLine.Forecast => "6 4", ChartLine.Pace => "1.5 4", _ => "none" };
}

/// <summary>One bar: its name in full, its value, and the short words below it.</summary>
public sealed record ChartBar(string Name, double Value, string Below);

public enum ChartLine { Measured, Forecast, Pace }

/// <summary>Where values stand in a chart that is 1,000 wide and 100 high and begins at zero.</summary>
public sealed record ChartScale(DateTimeOffset From, DateTimeOffset To, double Top)
{
    const int MostPoints = 240;

    public static ChartScale Around(IEnumerable<ChartSeries> series, double? limit)
    {
        var points = series.SelectMany(each => each.Points).ToList();
        if (points.Count == 0)
        {
            return new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(1), Ceiling(limit ?? 1));
        }
        var from = points.Min(point => point.At);
        var to = points.Max(point => point.At);
        return new(from, to > from ? to : from.AddSeconds(1), Ceiling(Math.Max(points.Max(point => point.Value), limit ?? 0)));
    }

    /// <summary>The lines across, from zero up.</summary>
    public IReadOnlyList<double> Lines
    {
        get
        {
            var step = Step(Top);
            return [.. Enumerable.Range(0, (int)Math.Round(Top / step) + 1).Select(index => index * step)];
        }
    }

    public double X(DateTimeOffset at) => Math.Clamp((at - From) / (To - From), 0, 1) * 1000;

    public double Y(double value) => 100 - (Math.Clamp(value / Top, 0, 1) * 100);

    /// <summary>The points of a polyline; of many points in one place the last is kept.</summary>
    public string Line(IReadOnlyList<ChartPoint> points)
    {
        var every = Math.Max(1, (points.Count + MostPoints - 1) / MostPoints);
        var kept = points.Where((_, index) => (points.Count - 1 - index) % every == 0);
        return string.Join(' ', kept.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.At):0.#},{Y(point.Value):0.##}")));
    }

    /// <summary>The ground under a line.</summary>
    public string Area(IReadOnlyList<ChartPoint> points) => points.Count == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{X(points[0].At):0.#},100 {Line(points)} {X(points[^1].At):0.#},100");

    // A round number at or above the highest value, so that every line across is a round number too.
    public static double Ceiling(double highest)
    {
        if (!double.IsFinite(highest) || highest <= 0)
        {
            return 1;
        }
        var step = Step(highest);
        return Math.Ceiling(Math.Round(highest / step, 9)) * step;
    }

    static double Step(double highest)
    {
        var rough = highest / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 });
    }
}
