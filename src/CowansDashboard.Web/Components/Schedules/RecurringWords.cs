using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>What people read about work that comes again and again.</summary>
public static class RecurringWords
{
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private static readonly string[] WholeDays = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

    /// <summary>"Every 20 min", "Every 4 h from 01:30", "Daily 03:00", "Mon to Fri 18:00", "Mondays 06:00".</summary>
    public static string When(Rhythm rhythm)
    {
        var at = rhythm.At.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        if (rhythm.EveryMinutes is { } minutes)
            return $"Every {Kit.When.Duration(TimeSpan.FromMinutes(minutes))}{(rhythm.At == TimeOnly.MinValue ? "" : $" from {at}")}{(rhythm.Days == Rhythm.EveryDay ? "" : $", {OnDays(rhythm.Days)}")}";
        return rhythm.Days == Rhythm.EveryDay ? $"Daily {at}" : $"{OnDays(rhythm.Days)} {at}";
    }

    /// <summary>"Mon to Fri", "Mondays", "Mon, Wed and Sat".</summary>
    public static string OnDays(int days)
    {
        int[] chosen = [.. Enumerable.Range(0, 7).Where(day => (days & (1 << day)) != 0)];
        return chosen switch
        {
            [var only] => WholeDays[only],
            [var first, .., var last] when chosen.Length > 2 && last - first == chosen.Length - 1 => $"{Days[first]} to {Days[last]}",
            [.. var most, var last] => $"{string.Join(", ", most.Select(day => Days[day]))} and {Days[last]}",
            _ => "",
        };
    }

    public static Tone Tone(RecurringLast last) => last switch
    {
        { Outcome: RecurringOutcome.Failed } => Kit.Tone.Bad,
        { Outcome: RecurringOutcome.Missed } => Kit.Tone.Wait,
        { Outcome: RecurringOutcome.NotNeeded } => Kit.Tone.Neutral,
        { Run: { } run } when RunWords.Tone(run) is not Kit.Tone.Ok => RunWords.Tone(run),
        { Late: not null } => Kit.Tone.Wait,
        _ => Kit.Tone.Ok,
    };

    public static string? Icon(RecurringLast last) => last.Outcome is RecurringOutcome.NotNeeded ? "minus" : null;

    /// <summary>"09:40 not needed", "09:30 Done, 44 changed", "Mon 16 Nov 07:10, 1 h 10 min late".</summary>
    public static string Last(RecurringLast last, DateTimeOffset now, TimeZoneInfo zone)
    {
        var at = Kit.When.Clock(last.At, now, zone);
        if (last.Outcome is RecurringOutcome.NotNeeded)
            return $"{at} not needed";
        if (last.Outcome is RecurringOutcome.Missed)
            return $"{at} missed";
        if (last.Outcome is RecurringOutcome.Failed)
            return $"{at} Failed";
        return last.Late is { } late ? $"{at}, {Kit.When.Duration(late)} late" : $"{at} {(last.Run is { } run ? Result(run, now, zone) : last.Outcome is RecurringOutcome.Done ? "Done" : "Begun")}";
    }

    /// <summary>What the last turn did, why it came late or not at all, or how long it took; null where nothing is to be said.</summary>
    public static string? Said(RecurringWork work, DateTimeOffset now) => work.Last switch
    {
        { Run: { Status: RunStatus.Failed, Error: { } error } } => error,
        { Said: { Length: > 0 } said } => said,
        { Run: { Status: RunStatus.Succeeded } run } when RunWords.Took(run, now) is { } took => $"Took {Kit.When.Duration(took, 1)}",
        _ => null,
    };

    /// <summary>What happens if it comes late, or what a turn that is due waits for.</summary>
    public static string Late(RecurringWork work) => work switch
    {
        { WaitsFor: { } other } => $"Due, and waits. {other}",
        { MostLate: { } most } => $"Over {Kit.When.Duration(most)} late: waits for its next time",
        { Rhythm.EveryMinutes: not null } => "Late: once, however many were missed",
        _ => "Late: starts as soon as the server is back",
    };

    private static string Result(RunSnapshot run, DateTimeOffset now, TimeZoneInfo zone)
    {
        var changed = run.Counters.Inserted + run.Counters.Updated + run.Counters.Deleted;
        return run.Status is RunStatus.Succeeded && changed > 0 && run.Counters.Conflicts + run.Counters.Failed == 0
            ? $"Done, {Figure.Count(changed)} changed"
            : RunWords.Line(run, now, zone);
    }
}
