using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Collections;
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
    public static (string Before, string After) Change(ScheduledValue value, string currency, ReferenceNames names) => value switch
    {
        { Field: "members" } => IsOn(value) ? ("", "put in") : ("in it", "taken out"),
        { Field: "publications" } => IsOn(value) ? ("", $"+{value.Place}") : (value.Place ?? "", ""),
        { Element.Length: > 0 } => IsOn(value) ? ("", $"+{value.Element}") : (value.Element, ""),
        { Field: "definition" } => (CollectionWords.Definition(value.Seen, names, currency), CollectionWords.Definition(value.Value, names, currency)),
        { Field: "sort_order" } => (CollectionWords.Order(value.Seen?.ToString() ?? ""), CollectionWords.Order(value.Value?.ToString() ?? "")),
        { Field: MemberOrder.Field } => ("", $"{Figure.Count(MemberOrder.Moved(value.Seen, value.Value), "product")} moved"),
        _ => (BulkWords.Value(value.Field, value.Seen, currency), BulkWords.Value(value.Field, value.Value, currency)),
    };

    /// <summary>"3 products and 1 collection".</summary>
    public static string Reach(long products, long collections) => collections == 0 ? Figure.Count(products, "product")
        : products == 0 ? Figure.Count(collections, "collection") : $"{Figure.Count(products, "product")} and {Figure.Count(collections, "collection")}";

    /// <summary>The sources that values speak of.</summary>
    public static IEnumerable<CollectionSource> Sources(IEnumerable<ScheduledValue> values) => values.Where(value => value.Field == "definition")
        .SelectMany(value => new[] { value.Seen, value.Value }).OfType<JsonObject>()
        .Select(definition => SourceReading.Read(definition["collections"] is JsonArray ? SourceChecks.OfCollections : SourceChecks.ByConditions, JsonSerializer.SerializeToElement(definition)));

    private static bool IsOn(ScheduledValue value) => value.Value?.GetValue<bool>() == true;

    public static string Stands(ScheduledValue value) => value.Said ?? value.State switch
    {
        "waiting" => "Waits",
        "active" => "Holds",
        "ended" => "Done",
        _ => "Left as it was",
    };
}
