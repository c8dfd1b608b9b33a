using CowansDashboard.Web.Components.Kit;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Web.Kit;

public sealed class ChartScaleProperties
{
    static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    static ChartSeries Line(IEnumerable<int> values) =>
        new("rows/s", [.. values.Select((value, index) => new ChartPoint(Start.AddSeconds(index), value))]);

    [Fact]
    public void Every_value_fits_and_the_axis_begins_at_zero() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt[]>(), values =>
        {
            var numbers = values.Select(value => value.Get).ToArray();
            var scale = ChartScale.Around([Line(numbers)], null);

            return scale.Lines[0] == 0
                && Math.Abs(scale.Lines[^1] - scale.Top) < scale.Top * 1e-9
                && scale.Lines.Count is >= 2 and <= 6
                && numbers.All(number => number <= scale.Top * (1 + 1e-9));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_last_value_is_always_drawn() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<PositiveInt>>(), values =>
        {
            var series = Line(Enumerable.Repeat(values.Get.Select(value => value.Get), 40).SelectMany(each => each));
            var scale = ChartScale.Around([series], null);
            var drawn = scale.Line(series.Points).Split(' ');

            return drawn.Length <= 240 && drawn[^1] == scale.Line([series.Points[^1]]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_limit_is_on_the_chart_even_when_nothing_comes_near() =>
        ChartScale.Around([Line([1, 2, 3])], 4000).Top.ShouldBe(4000);

    [Fact]
    public void Nothing_measured_is_an_empty_chart_not_a_failure()
    {
        var scale = ChartScale.Around([], null);

        scale.Line([]).ShouldBe("");
        scale.Area([]).ShouldBe("");
    }
}
