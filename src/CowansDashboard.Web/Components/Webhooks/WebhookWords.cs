using System.Globalization;
using System.Text;
using System.Text.Json;
using CowansDashboard.History;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Web.Components.Webhooks;

/// <summary>How events, their outcomes and gaps are said.</summary>
public static class WebhookWords
{
    private const int LongestValue = 160;

    /// <summary>Names of the filters, in the order in which they stand; the first five always.</summary>
    public static IReadOnlyList<(string Outcome, string Word)> Filters { get; } =
    [
        (DeliveryOutcome.Changed, "Changed"), (DeliveryOutcome.Own, "Our own"), (DeliveryOutcome.Unchanged, "Nothing new"), (DeliveryOutcome.Conflict, "Conflict"), (DeliveryState.Dead, "Gave up"),
        (DeliveryOutcome.Deleted, "Deleted"), (DeliveryOutcome.Noted, "Noted"), (DeliveryOutcome.Ignored, "Ignored"), (DeliveryState.Queued, "Waiting"),
    ];

    public static Tone ToneOf(DeliveryRow row) => row switch
    {
        { State: DeliveryState.Dead } => Tone.Bad,
        { State: DeliveryState.Queued, Error: not null } => Tone.Wait,
        { State: DeliveryState.Queued } => Tone.Neutral,
        { Outcome: DeliveryOutcome.Conflict } => Tone.Conflict,
        { Outcome: DeliveryOutcome.Changed or DeliveryOutcome.Deleted or DeliveryOutcome.Own } => Tone.Ok,
        _ => Tone.Neutral,
    };

    public static string? IconOf(DeliveryRow row) => row switch
    {
        { State: DeliveryState.Queued, Error: null } => "clock",
        { State: DeliveryState.Done, Outcome: DeliveryOutcome.Deleted } => "trash",
        { State: DeliveryState.Done, Outcome: DeliveryOutcome.Unchanged or DeliveryOutcome.Noted or DeliveryOutcome.Ignored } => "minus",
        _ => null,
    };

    /// <summary>One line for a list: "Applied: price 89.00 to 71.20".</summary>
    /// <param name="row">Which.</param>
    /// <param name="changes">Its first changes.</param>
    /// <param name="again">When one that waits is tried next, as the page says times.</param>
    public static string Outcome(DeliveryRow row, IReadOnlyList<ChangeLine>? changes = null, string? again = null) => row switch
    {
        { State: DeliveryState.Dead } => $"Gave up after {Figure.Count(row.Attempts, "try", "tries")}{(row.Error is { Length: > 0 } error ? $": {Short(error)}" : "")}",
        { State: DeliveryState.Queued, InHand: true, Error: not null } => "Waiting, being tried now",
        { State: DeliveryState.Queued, Error: not null, Tries: > 0 } => $"Waiting, tried {Times(row.Tries)}{(again is null ? "" : $", again at {again}")}",
        { State: DeliveryState.Queued } => "Waiting",
        { IsTest: true } => "Test event, changes nothing",
        { Outcome: DeliveryOutcome.Changed } => "Applied" + Said(changes),
        { Outcome: DeliveryOutcome.Own } => "Our own write, confirmed",
        { Outcome: DeliveryOutcome.Conflict } => changes is [var only] ? $"Conflict in {only.Label.ToLowerInvariant()}" : "Conflict",
        { Outcome: DeliveryOutcome.Deleted } => "Deleted in Shopify",
        { Outcome: DeliveryOutcome.Unchanged } => "Nothing new",
        { Outcome: DeliveryOutcome.Ignored } => "Not kept here",
        _ => "Noted",
    };

    public static string Word(DeliveryRow row) => row switch
    {
        { State: DeliveryState.Dead } => "Gave up",
        { State: DeliveryState.Queued } => "Waiting",
        { Outcome: DeliveryOutcome.Changed } => "Applied",
        { Outcome: DeliveryOutcome.Own } => "Our own",
        { Outcome: DeliveryOutcome.Conflict } => "Conflict",
        { Outcome: DeliveryOutcome.Deleted } => "Deleted",
        { Outcome: DeliveryOutcome.Unchanged } => "Nothing new",
        { Outcome: DeliveryOutcome.Ignored } => "Not kept here",
        _ => "Noted",
    };

    /// <summary>", replayed twice"; nothing where nobody asked for it.</summary>
    public static string Replayed(DeliveryRow row) => row.Replays == 0 ? "" : row.ReplayWaits ? ", replay waits" : $", replayed{(row.Replays == 1 ? "" : $" {Times(row.Replays)}")}";

    /// <summary>What came of handling it once more: "applied", "nothing new".</summary>
    public static string Outcome(ReplayRow replay) => replay switch
    {
        { State: DeliveryState.Dead } => $"gave up after {Figure.Count(replay.Attempts, "try", "tries")}",
        { State: DeliveryState.Queued } => "waits",
        { Outcome: DeliveryOutcome.Changed } => "applied",
        { Outcome: DeliveryOutcome.Own } => "our own write",
        { Outcome: DeliveryOutcome.Conflict } => "conflict",
        { Outcome: DeliveryOutcome.Deleted } => "deleted",
        { Outcome: DeliveryOutcome.Unchanged } => "nothing new",
        { Outcome: DeliveryOutcome.Ignored } => "not kept here",
        _ => "noted",
    };

    /// <summary>What it is about, as people call it.</summary>
    public static string About(DeliveryRow row, string? named = null) => row.IsTest ? "Test event" : (row.Title ?? named, row.Entity, row.EntityId) switch
    {
        ({ Length: > 0 } title, _, _) => title,
        (_, "shop", _) => "The shop",
        (_, "bulk_operation", { } id) => $"Bulk operation {id}",
        (_, { } entity, { } id) => $"{char.ToUpperInvariant(entity[0])}{entity[1..].Replace('_', ' ')} {id}",
        _ => "–",
    };

    /// <summary>"0.8 s", "under 0.1 s", "4 min 10 s"; a dash where it was not handled.</summary>
    public static string Lag(TimeSpan? lag) => lag switch
    {
        null => "–",
        { TotalSeconds: < 0.05 } => "under 0.1 s",
        { TotalSeconds: < 60 } span => $"{span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
        { } span => When.Duration(span),
    };

    public static string PerMinute(double rate) => rate switch
    {
        0 => "0",
        < 0.1 => "under 0.1",
        < 100 => rate.ToString("0.0", CultureInfo.InvariantCulture),
        _ => Figure.Count(rate),
    };

    public static string Times(int times) => times switch { 1 => "once", 2 => "twice", _ => $"{Figure.Count(times)} times" };

    /// <summary>"products/update", "products/update and orders/create", "products/update, orders/create and 4 more".</summary>
    public static string Topics(IReadOnlyList<string> topics) => topics switch
    {
        [var one] => one,
        [var one, var two] => $"{one} and {two}",
        [var one, var two, ..] => $"{one}, {two} and {topics.Count - 2} more topics",
        _ => "no topic",
    };

    public static string GapTitle(GapRow gap) => gap.Reason switch
    {
        Loss.Elsewhere => $"{Topics(gap.Topics)} was pointed elsewhere",
        Loss.Moved => "The dashboard’s address was changed",
        _ => $"Shopify had dropped {Topics(gap.Topics)}",
    };

    /// <summary>"Registered again at 08:19. What came from 08:12 on was pulled, 41 rows changed."</summary>
    public static string GapText(GapRow gap, DateTimeOffset now, TimeZoneInfo? zone)
    {
        var from = When.Clock(gap.From, now, zone);
        var repaired = (gap.RepairedAt, gap.RunId, gap.Changed) switch
        {
            ({ } at, _, { } changed) => $"A pull from before it repaired that at {When.Clock(at, now, zone)}: {(changed == 0 ? "nothing had changed" : Figure.Count(changed, "row") + " changed")}.",
            ({ } at, _, _) => $"A pull from before it repaired that at {When.Clock(at, now, zone)}.",
            (_, not null, _) => "A pull from before it is under way.",
            _ => "A pull from before it begins as soon as the one that is unfinished has ended.",
        };
        return $"Not everything was heard from {from} to {When.Clock(gap.To, now, zone)}. It is registered again. {repaired}";
    }

    /// <summary>The top fields of a payload as people read them; empty when it is no JSON object.</summary>
    public static IReadOnlyList<(string Name, string Value)> Fields(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is not JsonValueKind.Object ? [] : [.. document.RootElement.EnumerateObject().Select(field => (field.Name, Value(field.Value)))];
        }
        // A lone surrogate in a name or text is kept as it came, and shown raw.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    public static string Raw(byte[] body) => Encoding.UTF8.GetString(body).Replace('\0', '␀');

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => Figure.Count(value.GetArrayLength(), "entry", "entries"),
        JsonValueKind.Object => Figure.Count(value.EnumerateObject().Count(), "field"),
        JsonValueKind.String when value.GetString() is { } text => text.Length == 0 ? "empty" : text.Length > LongestValue ? text[..LongestValue] + "…" : text.Replace('\0', '␀'),
        _ => value.ToString(),
    };

    private static string Said(IReadOnlyList<ChangeLine>? changes) => changes switch
    {
        null or [] => "",
        [{ Field: "created" } line] => $": {line.Entity} added",
        [{ Field: "removed" } line] => $": {line.Entity} removed",
        [var line] => $": {line.Label.ToLowerInvariant()} {Short(HistoryWords.Value(line.Field, line.Old), 30)} to {Short(HistoryWords.Value(line.Field, line.New), 30)}",
        [var line, ..] => $": {line.Label.ToLowerInvariant()} and more",
    };

    private static string Short(string text, int longest = 60) => text.Length > longest ? text[..longest] + "…" : text;
}
