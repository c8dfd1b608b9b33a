using System.Data.Common;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>What comes again and again in a shop: when, what became of it, and the switch for each.</summary>
public sealed partial class RecurringCard(
    ReadRecurringWork read, ChangeRecurringWork change, RunRecurringWorkNow runNow, PauseRecurringWork pause, ScheduleCollections schedule, RemoveRecurringWork remove, RunFeed feed, IAuthorizationService authorization, Toasts toasts, TimeProvider clock) : LiveComponent
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(12);

    /// <summary>The form of one that does not exist yet.</summary>
    private const string Adding = "new";

    private static readonly RecurringWork Blank = new(RecurringKind.PullCollections, RecurringKind.PullCollections.Default, true, DateTimeOffset.MaxValue);

    private StoreRecurringWork? all;
    private DateTimeOffset now, loaded;
    private AskedBy? person;
    private string? failure, problem, editing;
    private bool mayAct, stale;
    private long followed;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    /// <summary>Told when everything was held back or goes on.</summary>
    [Parameter] public EventCallback OnHeld { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    [Inject] private Heartbeat Beat { get; set; } = default!;

    /// <summary>Whether all of it is held back, for the button of the page.</summary>
    public bool IsPaused => all?.PausedAt is not null;

    protected override void OnInitialized() => Watch(Beat.Subscribe);

    protected override async Task OnParametersSetAsync()
    {
        if (followed == Store.Id)
            return;
        followed = Store.Id;
        var user = (await SignedIn).User;
        person = user.AsAskedBy();
        mayAct = (await authorization.AuthorizeAsync(user, Policies.Merchandiser)).Succeeded;
        (all, editing) = (null, null);
        await Load();
        if (IsPaused)
            await OnHeld.InvokeAsync();
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), snapshot => stale |= snapshot.StoreId == followed && snapshot.Status.IsFinished());
    }

    protected override async Task BeforeRefreshAsync()
    {
        // Turns that started no run are told by nobody.
        if (followed == 0 || (!stale && clock.GetUtcNow() - loaded < LookAgain))
            return;
        stale = false;
        await Load();
    }

    /// <summary>Holds everything back, or lets it go on.</summary>
    public Task Hold(bool held) => Guarded(async () =>
    {
        await pause.Pause(Store.Id, held ? person!.Name : null, Gone);
        await Load();
        StateHasChanged();
        await OnHeld.InvokeAsync();
    });

    private async Task Load()
    {
        try
        {
            now = loaded = clock.GetUtcNow();
            all = await read.Read(Store.Id, Gone);
            failure = null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private string Next(RecurringWork work)
    {
        if (!work.IsOn)
            return "Off";
        if (all!.PausedAt is not null)
            return "Paused";
        if (work.NextAt <= now)
            return "Now";
        var away = work.NextAt - now;
        var at = When.Clock(work.NextAt, now, Store.TimeZone);
        return away < TimeSpan.FromHours(1) ? $"{at}, in {When.Duration(TimeSpan.FromMinutes(Math.Ceiling(away.TotalMinutes)), 1)}" : at;
    }

    private void Edit(string? work) => (editing, problem) = (editing == work ? null : work, null);

    private Task Switch(RecurringWork work) => Guarded(async () =>
    {
        Trouble = (await change.Change(Store.Id, work.Name, new RecurringSettings(work.Rhythm, !work.IsOn) { MostLate = work.MostLate }, person!.Name, Gone))?.Sentence;
        await Load();
    });

    private Task Save(RecurringWork work, RecurringSettings settings) => Guarded(async () =>
    {
        problem = (await change.Change(Store.Id, work.Name, settings with { IsOn = work.IsOn }, person!.Name, Gone))?.Sentence;
        if (problem is not null)
            return;
        editing = null;
        toasts.Say($"{work.Title}: {RecurringWords.When(settings.Rhythm)}");
        await Load();
    });

    private Task Add(RecurringSettings settings) => Guarded(async () =>
    {
        var outcome = await schedule.Schedule(Store.Id, settings.Collections ?? [], settings, person!.Name, Gone);
        problem = (outcome as ScheduleCollectionsOutcome.Wrong)?.Sentence;
        if (problem is not null)
            return;
        editing = null;
        toasts.Say($"{Figure.Count(settings.Collections!.Count, "collection")}: {RecurringWords.When(settings.Rhythm)}");
        await Load();
    });

    private Task Remove(RecurringWork work) => Guarded(async () =>
    {
        await remove.Remove(Store.Id, work.Name, Gone);
        editing = null;
        toasts.Say($"{work.Title}: removed");
        await Load();
    });

    private Task Run(RecurringWork work) => Guarded(async () =>
    {
        switch (await runNow.Run(Store.Id, work.Name, person!, Gone))
        {
            case RunNowOutcome.Refused refused:
                Trouble = $"{work.Title}: not started. {refused.Sentence}";
                break;
            case RunNowOutcome.Started { RunId: null }:
                toasts.Say($"{work.Title}: done");
                break;
            default:
                toasts.Say($"{work.Title}: started");
                break;
        }
        editing = null;
        await Load();
    });
}
