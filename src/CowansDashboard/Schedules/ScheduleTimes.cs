using CowansDashboard.Stores;

namespace CowansDashboard.Schedules;

/// <summary>What a person types: times on the shop's clocks, whether it goes to Shopify by itself, a name.</summary>
public sealed record ScheduleTimes(DateTime Start, DateTime? End)
{
    public string? Title { get; init; }

    public bool Sends { get; init; } = true;
}

/// <summary>A typed value that is no good: which, and what would be right.</summary>
public sealed record ScheduleProblem(string Value, string Sentence);

/// <summary>Times of a schedule as moments. Pure.</summary>
internal sealed record CheckedTimes(ShopMoment Start, ShopMoment? End, ScheduleProblem? Problem)
{
    /// <summary>When it begins, and when it ends if it does.</summary>
    public IEnumerable<DateTimeOffset> All => End is null ? [Start.At] : [Start.At, End.At];

    private static readonly TimeSpan Furthest = TimeSpan.FromDays(5 * 366);

    /// <param name="times">As typed.</param>
    /// <param name="zone">The shop's.</param>
    /// <param name="now">Nothing new begins before it.</param>
    /// <param name="begun">It runs already: only its end can change.</param>
    public static CheckedTimes Of(ScheduleTimes times, TimeZoneInfo zone, DateTimeOffset now, bool begun)
    {
        if (times.Start.Year is < 2000 or > 9000 || times.End?.Year is < 2000 or > 9000)
            return new(new(now, null), null, new(times.Start.Year is < 2000 or > 9000 ? "start" : "end", "Choose a day and a time."));
        var start = ShopMoment.Start(times.Start, zone);
        var end = times.End is { } typed ? ShopMoment.End(typed, zone) : null;
        var problem = !begun && start.At < now ? new("start", "The start lies in the past: choose a time to come, or apply the edit now.")
            : start.At > now + Furthest ? new("start", "The start lies more than five years ahead.")
            : end is null ? (begun ? new ScheduleProblem("end", "It runs until its end: choose one, or end it now.") : null)
            : end.At <= start.At ? new("end", "The end must come after the start.")
            : end.At <= now ? new("end", "The end lies in the past.")
            : end.At > now + Furthest ? new("end", "The end lies more than five years ahead.")
            : null;
        return new(start, end, problem);
    }
}
