using CowansDashboard.Runs;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>Everything the frame shows that pages do not own. What is null or empty is not drawn.</summary>
public sealed record ShellState
{
    public static readonly ShellState Empty = new();

    public ShellPerson? Person { get; init; }
    public IReadOnlyList<ShellStore> Stores { get; init; } = [];
    public ShellStore? Store { get; init; }
    public DateTimeOffset? DataAsOf { get; init; }
    /// <summary>How often Shopify told of a change since this tab was opened.</summary>
    public long Heard { get; init; }

    /// <summary>Another one than before: what a page shows of the copy may have changed.</summary>
    public CopyState Copy => new(DataAsOf, Heard);

    public ShellBudget? Budget { get; init; }

    /// <summary>Conflicts that wait for a person.</summary>
    public long Conflicts { get; init; }

    /// <summary>Null until it is known.</summary>
    public ShellWebhooks? Webhooks { get; init; }
    /// <summary>Fields that differ from Shopify and wait for a click.</summary>
    public long Drift { get; init; }

    public IReadOnlyList<ShellRun> Runs { get; init; } = [];

    public int RunningNow => Runs.Count(run => run.IsRunning);
}

/// <summary>The copy as it was when a page looked last: after a pull, and after each change that was heard.</summary>
public readonly record struct CopyState(DateTimeOffset? DataAsOf, long Heard);

/// <summary>How quickly webhooks are handled, in seconds, null while none was; how many things about them need a person; and how many events wait for Shopify to answer.</summary>
public sealed record ShellWebhooks(double? LagSeconds, int Troubles, int HeldUp = 0);

/// <summary>A shop of this installation, and how its people read time and money.</summary>
public sealed record ShellStore(long Id, string Name, string Currency, TimeZoneInfo TimeZone, string? Plan = null)
{
    public string Detail => Plan is null ? Currency : $"{Plan} · {Currency}";
}

/// <param name="MayAct">May start, pause and cancel runs.</param>
public sealed record ShellPerson(long Id, string Name, string Email, string Role, bool MayAct)
{
    public string Initials => string.Concat(
        Name.Split([' ', '.', '@'], StringSplitOptions.RemoveEmptyEntries).Take(2).Select(word => char.ToUpperInvariant(word[0])));
}

/// <summary>The points Shopify lets us spend now.</summary>
public sealed record ShellBudget(double Available, double Maximum, double RestoreRate);

/// <summary>One run as the tray shows it. <c>Done</c> is null when the total is not known.</summary>
public sealed record ShellRun(long Id, string Title, RunStatus Status)
{
    public double? Done { get; init; }
    public double? RowsPerSecond { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Finished { get; init; }
    public DateTimeOffset? Ends { get; init; }

    /// <summary>Why it waits, stands or ended, or what it did.</summary>
    public string? Reason { get; init; }

    /// <summary>What it could not do though it is done, such as "1 refused".</summary>
    public string? LeftBehind { get; init; }

    /// <summary>It asks a question that only its page can put well.</summary>
    public bool Asks { get; init; }

    public bool IsRunning => Status is RunStatus.Running or RunStatus.Waiting or RunStatus.Pausing or RunStatus.Cancelling;
    public bool CanPause => RunStatusMoves.AskToPause(Status) is not null;
    public bool CanResume => Status is RunStatus.Paused && !Asks;
    public bool CanCancel => RunStatusMoves.AskToCancel(Status) is not null;
}
