namespace CowansDashboard.Benchmarks;

/// <summary>One piece of work done again and again: its median and the time that one round in twenty exceeds, in milliseconds.</summary>
internal static class Rounds
{
    private const int Before = 3;

    public static async Task<(double P50, double P95)> Measure(int rounds, Func<Task> work)
    {
        for (var i = 0; i < Before; i++)
            await work();
        var times = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await work();
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        return (times[rounds / 2], times[(int)(rounds * 0.95)]);
    }
}
