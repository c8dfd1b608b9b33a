namespace CowansDashboard.Runs;

public enum RunCounter
{
    Inserted,
    Updated,
    Unchanged,
    Deleted,
    Conflicts,
    Failed,
    Calls,
    Throttled,
    PointsSpent,
    Orphans,
}

/// <summary>What a run has counted so far.</summary>
public sealed record RunCounters
{
    public long Inserted { get; init; }
    public long Updated { get; init; }
    public long Unchanged { get; init; }
    public long Deleted { get; init; }
    public long Conflicts { get; init; }
    public long Failed { get; init; }
    public long Calls { get; init; }
    public long Throttled { get; init; }
    public long PointsSpent { get; init; }
    public long Orphans { get; init; }

    public long this[RunCounter counter] => counter switch
    {
        RunCounter.Inserted => Inserted,
        RunCounter.Updated => Updated,
        RunCounter.Unchanged => Unchanged,
        RunCounter.Deleted => Deleted,
        RunCounter.Conflicts => Conflicts,
        RunCounter.Failed => Failed,
        RunCounter.Calls => Calls,
        RunCounter.Throttled => Throttled,
        RunCounter.PointsSpent => PointsSpent,
        RunCounter.Orphans => Orphans,
        _ => throw new ArgumentOutOfRangeException(nameof(counter)),
    };

    internal static RunCounters Of(IReadOnlyList<long> counts) => new()
    {
        Inserted = counts[(int)RunCounter.Inserted],
        Updated = counts[(int)RunCounter.Updated],
        Unchanged = counts[(int)RunCounter.Unchanged],
        Deleted = counts[(int)RunCounter.Deleted],
        Conflicts = counts[(int)RunCounter.Conflicts],
        Failed = counts[(int)RunCounter.Failed],
        Calls = counts[(int)RunCounter.Calls],
        Throttled = counts[(int)RunCounter.Throttled],
        PointsSpent = counts[(int)RunCounter.PointsSpent],
        Orphans = counts[(int)RunCounter.Orphans],
    };
}
