using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>What people read about a run: its name, its state, why it takes so long and what it found.</summary>
public static class RunWords
{
    /// <summary>The kind of a run that sends edits to Shopify: what it cannot do is refused, not unreadable.</summary>
    public const string Push = "push";

    public static string Title(string kind) => kind switch
    {
        "pull-full" => "Pull everything",
        "pull-incremental" => "Pull changes",
        "pull-selection" => "Pull selected products",
        "reconcile" => "Compare with Shopify",
        Push => "Push to Shopify",
        "schedule" => "Schedules",
        _ => Sentence(kind.Replace('-', ' ')),
    };

    public static Tone Tone(RunSnapshot run) => run.Status switch
    {
        RunStatus.Running => Kit.Tone.Run,
        RunStatus.Succeeded => run.Counters.Failed + run.Counters.Conflicts > 0 ? Kit.Tone.Wait : Kit.Tone.Ok,
        RunStatus.Failed => Kit.Tone.Bad,
        RunStatus.Cancelled or RunStatus.Cancelling => Kit.Tone.Neutral,
        _ => Kit.Tone.Wait,
    };

    public static string State(RunStatus status) => status switch
    {
        RunStatus.Enqueued => "Queued",
        RunStatus.Running => "Running",
        RunStatus.Waiting => "Waiting",
        RunStatus.Pausing => "Pausing",
        RunStatus.Paused => "Paused",
        RunStatus.Cancelling => "Cancelling",
        RunStatus.Cancelled => "Cancelled",
        RunStatus.Interrupted => "Interrupted",
        RunStatus.Succeeded => "Done",
        RunStatus.Failed => "Failed",
        _ => status.ToString(),
    };

    /// <summary>The state in a table: "74%, ends 09:47", "Done, 3 unreadable", "Paused".</summary>
    public static string Line(RunSnapshot run, DateTimeOffset now, TimeZoneInfo? zone)
    {
        if (run.Status is RunStatus.Running)
        {
            var share = Share(run) is { } part ? Figure.Percent(part) : Figure.Count(run.Done, "row");
            return Ends(run, now) is { } ends ? $"{share}, ends {When.Clock(ends, now, zone)}" : share;
        }
        return Outcome(run);
    }

    /// <summary>The state, and what a run that is done could not do: "Done, 1 refused".</summary>
    public static string Outcome(RunSnapshot run) => LeftBehind(run) is { } left ? $"{State(run.Status)}, {left}" : State(run.Status);

    /// <summary>What a run that is done could not do; null where it did all.</summary>
    public static string? LeftBehind(RunSnapshot run)
    {
        string[] left =
        [
            .. run.Counters.Conflicts > 0 ? [Figure.Count(run.Counters.Conflicts, "conflict")] : Array.Empty<string>(),
            .. run.Counters.Failed > 0 ? [$"{Figure.Count(run.Counters.Failed)} {(run.Kind == Push ? "refused" : "unreadable")}"] : Array.Empty<string>(),
        ];
        return run.Status is RunStatus.Succeeded && left.Length > 0 ? string.Join(", ", left) : null;
    }

    /// <summary>From 0 to 1; null as long as nobody knows the total.</summary>
    public static double? Share(RunSnapshot run) => run.Status is RunStatus.Succeeded ? 1 : run.Total is > 0 ? (double)run.Done / run.Total.Value : null;

    /// <summary>
    /// How far the bar stands. While the rows of some stream are still uncounted each stream is an equal part of it,
    /// so that it moves; the words beside it claim no percentage then.
    /// </summary>
    public static double? BarShare(RunSnapshot run) => Share(run) ?? (run.Streams.Count == 0 ? null : run.Streams.Average(Share));

    static double Share(RunStreamSnapshot stream) =>
        stream.IsDone ? 1 : stream.Total is > 0 and var total ? Math.Min(1, (double)stream.Done / total) : 0;

    /// <summary>"3 of 7 streams done".</summary>
    public static string? Streams(RunSnapshot run) => run.Streams.Count == 0
        ? null
        : $"{run.Streams.Count(stream => stream.IsDone)} of {Figure.Count(run.Streams.Count, "stream")} done";

    public static string StreamTitle(string name) => name switch
    {
        "products" => "Products and options",
        "variants" => "Variants and their metafields",
        "inventory" => "Inventory levels",
        "metafields" => "Metafields of products",
        "media" => "Pictures and other media",
        "collections" => "Collections, members, metafields",
        "publications" => "Where products are published",
        "check" => "Checked again one by one",
        "search" => "Search and grid",
        "items" => "Rows of the plan",
        _ => Sentence(name),
    };

    public static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    public static DateTimeOffset? Ends(RunSnapshot run, DateTimeOffset now) =>
        run.Status is RunStatus.Running && run.EtaSeconds is { } seconds ? now.AddSeconds(seconds) : null;

    public static TimeSpan? Took(RunSnapshot run, DateTimeOffset now) => (run.StartedAt, run.FinishedAt) switch
    {
        (null, _) => null,
        ({ } started, { } finished) => finished - started,
        ({ } started, null) => now - started,
    };

    /// <summary>Why it stands where it stands, in one sentence; null when there is nothing to explain.</summary>
    public static string? Why(RunSnapshot run) => run.Status switch
    {
        RunStatus.Failed => run.Error,
        RunStatus.Waiting or RunStatus.Running => run.WaitingFor,
        RunStatus.Enqueued => "It starts as soon as a place is free.",
        RunStatus.Pausing => "It stops at the next saved place and keeps it.",
        RunStatus.Cancelling => "It stops at the next saved place. What is already pulled stays.",
        RunStatus.Interrupted => run.Reason ?? "The server stopped. It goes on from the last saved place by itself.",
        _ => run.Reason,
    };

    public static bool CanPause(RunStatus status) => RunStatusMoves.AskToPause(status) is not null;

    public static bool CanCancel(RunStatus status) => RunStatusMoves.AskToCancel(status) is not null;
}
