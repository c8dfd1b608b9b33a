using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Schedules.Recurring;

public enum RecurringOutcome
{
    /// <summary>It started a run, whose row says the rest.</summary>
    Started,
    Done,
    Failed,

    /// <summary>Something that reads the same was running.</summary>
    NotNeeded,

    /// <summary>It would have been too late.</summary>
    Missed,
}

/// <summary>One kind of work in one shop: when it comes, and what became of it the last time.</summary>
public sealed record RecurringWork(RecurringKind Kind, Rhythm Rhythm, bool IsOn, DateTimeOffset NextAt)
{
    /// <summary>As programs and the database call it, one of a kind in its shop.</summary>
    public string Name { get; init; } = Kind.Name;

    /// <summary>The collections that it reads, by Shopify's ids and by title; empty where it concerns the whole shop.</summary>
    public IReadOnlyList<CollectionChoice> Collections { get; init; } = [];

    /// <summary>A person made it and can take it away.</summary>
    public bool IsMade => Kind == RecurringKind.PullCollections;

    /// <summary>As people call it: "Read Shirts, Trousers and 3 more again".</summary>
    public string Title => Collections switch
    {
        [] => Kind.Title,
        [var only] => $"Read {only.Title} again",
        [var first, var second] => $"Read {first.Title} and {second.Title} again",
        [var first, var second, ..] => $"Read {first.Title}, {second.Title} and {Collections.Count - 2} more again",
    };

    /// <summary>Later than this it waits for its next time.</summary>
    public TimeSpan? MostLate { get; init; }

    public RecurringLast? Last { get; init; }

    /// <summary>It is due and waits for this to end.</summary>
    public string? WaitsFor { get; init; }
}

/// <summary>What became of a turn.</summary>
/// <param name="DueAt">When it was due; null when a person started it.</param>
/// <param name="At">When it was looked at.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Said">More about that.</param>
/// <param name="Missed">Turns before it that no server was there for.</param>
/// <param name="Run">The run that it started.</param>
public sealed record RecurringLast(DateTimeOffset? DueAt, DateTimeOffset At, RecurringOutcome Outcome, string? Said, int Missed, RunSnapshot? Run)
{
    private static readonly TimeSpan Prompt = TimeSpan.FromMinutes(2);

    /// <summary>By how much it came too late; null when it was on time.</summary>
    public TimeSpan? Late => DueAt is { } due && At - due > Prompt ? At - due : null;
}

/// <summary>All recurring work of a shop.</summary>
public sealed record StoreRecurringWork(IReadOnlyList<RecurringWork> Work, DateTimeOffset? PausedAt, string? PausedBy);
