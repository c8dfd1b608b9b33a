namespace CowansDashboard.Shopify.Throttling;

/// <summary>The arithmetic of Shopify's leaky bucket, without clock or state. Nothing here is below zero or above the maximum.</summary>
public static class ThrottleMath
{
    /// <summary>Points in the bucket after a while.</summary>
    public static double Restored(double level, double maximum, double ratePerSecond, TimeSpan elapsed)
    {
        var room = Math.Max(0, maximum);
        var flowed = Math.Max(0, ratePerSecond) * Math.Max(0, elapsed.TotalSeconds);
        return Math.Clamp(level + flowed, 0, room);
    }

    /// <summary>How long until the bucket holds enough; null when it never will, because it is too small or nothing flows.</summary>
    public static TimeSpan? WaitFor(double needed, double level, double maximum, double ratePerSecond)
    {
        if (needed <= level)
        {
            return TimeSpan.Zero;
        }

        if (needed > maximum || ratePerSecond <= 0)
        {
            return null;
        }

        // Rounded up to a whole tick: waking a hair too early would mean waiting twice.
        var seconds = (needed - Math.Max(0, level)) / ratePerSecond;
        return seconds > TimeSpan.MaxValue.TotalSeconds / 2
            ? null
            : TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond));
    }

    /// <summary>
    /// What the next request of a kind will ask for: the dearest of its last answers, since admission goes by the requested cost;
    /// before any answer, the estimate. At least one point, at most what any query may ask for.
    /// </summary>
    public static double PredictedCost(ReadOnlySpan<double> lastRequested, double estimate, double maximum)
    {
        var dearest = 0.0;
        foreach (var cost in lastRequested)
        {
            dearest = Math.Max(dearest, cost);
        }

        var predicted = dearest > 0 ? dearest : estimate;
        return Math.Clamp(double.IsFinite(predicted) ? predicted : 1, 1, Math.Max(1, maximum));
    }

    /// <summary>
    /// Brings our own count of points in line with an answer. The truth lies between what Shopify reported less everything that may
    /// not have reached it by then, and what it reported plus everything that may have flowed back since the request left.
    /// </summary>
    /// <param name="level">Our count.</param>
    /// <param name="reported">Points in the bucket, by the answer.</param>
    /// <param name="unseen">Points of other requests in flight, or settled since this one left: the report may not contain them.</param>
    /// <param name="refunded">Points refunded since this request left: the report may not contain them either.</param>
    /// <param name="age">How old the report may be: the time since the request left.</param>
    /// <param name="ratePerSecond">Points that flow back each second.</param>
    /// <param name="maximum">The bucket's size.</param>
    public static double Corrected(
        double level, double reported, double unseen, double refunded, TimeSpan age, double ratePerSecond, double maximum)
    {
        var room = Math.Max(0, maximum);
        var lowest = Math.Clamp(reported - unseen, 0, room);
        var highest = Math.Clamp(reported + refunded + Math.Max(0, ratePerSecond) * Math.Max(0, age.TotalSeconds), lowest, room);
        return Math.Clamp(level, lowest, highest);
    }

    /// <summary>
    /// How many requests should be under way to spend what flows back (Little's law, a quarter more for unevenness), between two and ten.
    /// A bucket more than half full asks for more, so that it drains; refusals halve the number.
    /// </summary>
    public static int Workers(double ratePerSecond, double averageCost, TimeSpan averageLatency, double fill, bool justThrottled)
    {
        if (averageCost <= 0 || averageLatency <= TimeSpan.Zero)
        {
            return MinimumWorkers;
        }

        var needed = ratePerSecond / averageCost * averageLatency.TotalSeconds * 1.25;
        var drained = fill > 0.5 ? needed * 2 : needed;
        var wanted = justThrottled ? drained / 2 : drained;
        return (int)Math.Clamp(Math.Ceiling(wanted), MinimumWorkers, MaximumWorkers);
    }

    /// <summary>Fewer would leave the shop idle between answers.</summary>
    public const int MinimumWorkers = 2;

    /// <summary>More would only wait for points.</summary>
    public const int MaximumWorkers = 10;
}
