using System.Globalization;

namespace CowansDashboard.Schedules;

public enum ScheduleState
{
    Planned,
    Starting,
    Active,
    Ending,
    Done,
    Cancelled,

    /// <summary>Its end was over before it could begin.</summary>
    Missed,
}

/// <summary>A scheduled change as it is shown: when, how it stands, what it did.</summary>
public sealed record Schedule(long Id, long StoreId, string Title, ScheduleState State)
{
    public required long PreviewId { get; init; }
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Null: it stays.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public required DateTime StartsLocal { get; init; }
    public DateTime? EndsLocal { get; init; }
    public required string TimeZone { get; init; }
    public bool Sends { get; init; }
    public string? MadeById { get; init; }
    public required string MadeBy { get; init; }
    public DateTimeOffset MadeAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public long? StartChangeSet { get; init; }
    public long? EndChangeSet { get; init; }
    public long? StartPlan { get; init; }
    public long? EndPlan { get; init; }
    public string? StartSaid { get; init; }
    public string? EndSaid { get; init; }

    /// <summary>Products, collections and fields that it sets; what was left out because it is above no limit counts too.</summary>
    public long Products { get; init; }

    public long Collections { get; init; }

    public long Fields { get; init; }
    public long Waiting { get; init; }
    public long Active { get; init; }
    public long Ended { get; init; }

    /// <summary>Fields that somebody else changed while it ran.</summary>
    public long Lifted { get; init; }

    public long Skipped { get; init; }

    /// <summary>Why a second person must agree; nothing when one is enough.</summary>
    public IReadOnlyList<string> NeedsApproval { get; init; } = [];

    public string? ApprovedBy { get; init; }

    public bool WaitsForApproval => State is ScheduleState.Planned && NeedsApproval.Count > 0 && ApprovedBy is null;

    /// <summary>It has begun without being sent, and somebody decided later that its end is, above what one person alone may send: the push of its end waits.</summary>
    public bool EndWaitsForApproval => State is ScheduleState.Active or ScheduleState.Ending or ScheduleState.Done
        && Sends && StartPlan is null && StartChangeSet is not null && EndsAt is not null && NeedsApproval.Count > 0 && ApprovedBy is null;

    /// <summary>Its time has come, and nobody has approved it.</summary>
    public bool IsHeldBack(DateTimeOffset now) => WaitsForApproval && StartsAt <= now;

    public bool IsOpen => State is ScheduleState.Planned or ScheduleState.Starting or ScheduleState.Active or ScheduleState.Ending;

    internal static string Count(long number, string one) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");
}

/// <summary>Two schedules that hold the same fields at the same time.</summary>
public sealed record ScheduleOverlap(long First, long Second, DateTimeOffset From, DateTimeOffset? Until, long Products)
{
    /// <summary>Collections of which both hold a field.</summary>
    public long Collections { get; init; }
}
