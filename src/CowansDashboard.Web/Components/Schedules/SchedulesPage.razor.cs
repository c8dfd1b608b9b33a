using System.Data.Common;
using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules;
using CowansDashboard.Stores;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>What begins and ends by itself: a calendar with what overlaps, and a list with what each did.</summary>
public sealed partial class SchedulesPage(ReadSchedules read, RunFeed feed, NavigationManager navigation, TimeProvider clock) : LiveComponent
{
    private const int Most = 100;

    private static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    private SchedulesState state = new();
    private IReadOnlyList<Schedule>? all;
    private IReadOnlyList<ScheduleOverlap> overlaps = [];
    private ScheduleCalendar? calendar;
    private DateTimeOffset now;
    private string? failure;
    private long followed;
    private bool stale;
    private RecurringCard? recurring;

    [CascadingParameter] public ShellStore? Store { get; set; }

    private DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Store?.TimeZone ?? TimeZoneInfo.Utc).DateTime);

    // What begins next, whatever the calendar shows.
    private Schedule? Next => all?.Where(one => one.State is ScheduleState.Planned && one.StartsAt > now).MinBy(one => one.StartsAt);

    private string Heading
    {
        get
        {
            var first = state.First(Today);
            return state.IsMonth ? first.ToString("MMMM yyyy", British) : $"{first.ToString("d MMMM", British)} to {first.AddDays(state.Days(Today) - 1).ToString("d MMMM", British)}";
        }
    }

    private string? Context => Store is null ? null
        : $"All times on the shop’s clocks, {Store.TimeZone.Id}."
            + (all is { Count: > 0 } ? $" {Figure.Count(all.Count(one => one.State is ScheduleState.Active))} running, {Figure.Count(all.Count(one => one.State is ScheduleState.Planned))} to come{(overlaps.Count > 0 ? $", {Figure.Count(overlaps.Count, "overlap")}" : "")}." : "");

    protected override void OnInitialized()
    {
        state = SchedulesState.Read(navigation.Uri);
        navigation.LocationChanged += Moved;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
            return;
        followed = Store.Id;
        all = null;
        await Load();
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), snapshot => stale |= snapshot.StoreId == followed && snapshot.Kind == PerformSchedules.Kind.Name && snapshot.Status.IsFinished());
    }

    protected override async Task BeforeRefreshAsync()
    {
        if (!stale)
            return;
        stale = false;
        await Load();
    }

    private void Moved(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(async () =>
    {
        if (new Uri(change.Location).AbsolutePath != SchedulesState.Path)
            return;
        state = SchedulesState.Read(change.Location);
        await Load();
        StateHasChanged();
    });

    private async Task Load()
    {
        if (Store is null)
            return;
        try
        {
            now = clock.GetUtcNow();
            var first = state.First(Today);
            var from = ShopMoment.Start(first.ToDateTime(TimeOnly.MinValue), Store.TimeZone).At;
            var until = ShopMoment.Start(first.AddDays(state.Days(Today)).ToDateTime(TimeOnly.MinValue), Store.TimeZone).At;
            all = await read.List(Store.Id, Most, Gone);
            overlaps = await read.Overlaps(Store.Id, Gone);
            calendar = ScheduleCalendar.Of(await read.Between(Store.Id, from, until, Gone), overlaps, first, state.Days(Today), now, Store.TimeZone);
            failure = null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    protected override void Dispose(bool disposing)
    {
        navigation.LocationChanged -= Moved;
        base.Dispose(disposing);
    }
}
