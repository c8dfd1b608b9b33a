using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Tests.Shopify;

/// <summary>Shopify's side of the bucket: takes the requested cost on arrival or refuses, refunds at the end, reports what is left.</summary>
internal sealed class SimulatedBucket(TimeProvider clock, double maximum, double rate)
{
    private double level = double.MaxValue;
    private long levelAt = clock.GetTimestamp();

    public double Spent { get; private set; }

    public int Refused { get; private set; }

    public async Task<QueryCost> Answer(double requested, double actual, TimeSpan there, TimeSpan running, TimeSpan back)
    {
        await Task.Delay(there, clock);
        if (Level() < requested)
        {
            Refused++;
            var refusal = Cost(requested, null);
            await Task.Delay(back, clock);
            return refusal;
        }

        level -= requested;
        await Task.Delay(running, clock);
        level = Math.Min(maximum, Level() + requested - actual);
        Spent += actual;
        var cost = Cost(requested, actual);
        await Task.Delay(back, clock);
        return cost;
    }

    /// <summary>Another app's worth of points vanishes, as when somebody else uses the same token.</summary>
    public void TakeAway(double points) => level = Math.Max(0, Level() - points);

    private double Level()
    {
        var now = clock.GetTimestamp();
        level = Math.Min(maximum, level + rate * clock.GetElapsedTime(levelAt, now).TotalSeconds);
        levelAt = now;
        return level;
    }

    private QueryCost Cost(double requested, double? actual) => new()
    {
        RequestedQueryCost = requested,
        ActualQueryCost = actual,
        ThrottleStatus = new ThrottleStatus { MaximumAvailable = maximum, CurrentlyAvailable = Math.Floor(Level()), RestoreRate = rate },
    };
}
