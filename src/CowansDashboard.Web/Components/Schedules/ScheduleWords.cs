using System.Globalization;
using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>What people read about a schedule.</summary>
public static class ScheduleWords
{
    private static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    public static string State(Schedule schedule, DateTimeOffset now) => schedule.State switch
    {
        ScheduleState.Planned when schedule.IsHeldBack(now) => "Held back",
        ScheduleState.Planned when schedule.WaitsForApproval => "Needs approval",
        ScheduleState.Planned => "Planned",
        ScheduleState.Starting => "Begins",
        ScheduleState.Active => "Running",
        ScheduleState.Ending => "Ends",
        ScheduleState.Done when schedule.EndsAt is null => "Set",
        ScheduleState.Done => "Over",
        ScheduleState.Cancelled => "Called off",
        _ => "Missed",
    };

    public static Tone Tone(Schedule schedule) => schedule.State switch
    {
        ScheduleState.Planned => schedule.WaitsForApproval ? Kit.Tone.Wait : Kit.Tone.Pending,
        ScheduleState.Starting or ScheduleState.Active or ScheduleState.Ending => Kit.Tone.Run,
        ScheduleState.Done => schedule.Skipped + schedule.Lifted > 0 ? Kit.Tone.Wait : Kit.Tone.Ok,
        ScheduleState.Missed => Kit.Tone.Bad,
        _ => Kit.Tone.Neutral,
    };

    /// <summary>"Fri 27 Nov, 00:00 until Tue 1 Dec, 00:00".</summary>
    public static string Span(Schedule schedule, TimeZoneInfo zone) =>
        $"{Moment(schedule.StartsAt, schedule, zone)}{(schedule.EndsAt is { } end ? $" until {Moment(end, schedule, zone)}" : ", and stays")}";

    /// <summary>"Fri 27 Nov, 00:00"; with the year where that is not the one in which it was scheduled.</summary>
    public static string Moment(DateTimeOffset at, Schedule schedule, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(at, zone);
        return there.ToString(there.Year == schedule.MadeAt.Year ? "ddd d MMM, HH:mm" : "ddd d MMM yyyy, HH:mm", British);
    }

    /// <summary>What a value was when it was scheduled, and what it becomes.</summary>
    public static (string Before, string After) Change(ScheduledValue value, string currency) => value.Element.Length > 0
        ? value.Value?.GetValue<bool>() == true ? ("", $"+{value.Element}") : (value.Element, "")
        : (BulkWords.Value(value.Field, value.Seen, currency), BulkWords.Value(value.Field, value.Value, currency));

    public static string Stands(ScheduledValue value) => value.Said ?? value.State switch
    {
        "waiting" => "Waits",
        "active" => "Holds",
        "ended" => "Done",
        _ => "Left as it was",
    };
}
