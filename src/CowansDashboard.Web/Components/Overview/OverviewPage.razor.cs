using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections;
using CowansDashboard.Conflicts;
using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Webhooks.Subscriptions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Overview;

/// <summary>The shop at a glance: its figures, the age of the data, what waits for a person, the budget, the last runs.</summary>
public sealed partial class OverviewPage(
    RunFeed feed, ReadFigures readFigures, FindDuplicateSkus findSkus, CountOpenConflicts countConflicts, ListAwaitedApprovals listApprovals, ReadSchedules readSchedules, ListAwaitedPlans listPlans, ReadRefused readRefused, CountWaitingCollections countCollections, ListHaltedRemovals listHalted, ReadRecurringPause readPause, ReadDrift readDrift, ReadStoreAge readAge, ReadWebhookTroubles readWebhooks, ShellFeed shell, StartPull start, NavigationManager navigation) : LiveComponent
{
    const int SkusNamed = 1;
    const int MostPlans = 5;

    readonly LiveRuns live = new();
    CatalogueFigures? figures;
    DuplicateSkus? skus;
    OpenConflicts? conflicts;
    WaitingWork? work;
    WebhookTroubles? webhooks;
    ShellWebhooks? shown;
    IReadOnlyList<Attention> attention = [];
    DateTimeOffset? dataAsOf;
    bool everPulled;
    bool busy;
    string? refused;
    long followed;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    [Inject] TimeProvider Clock { get; set; } = default!;

    RunSnapshot? LastDone => live.All.FirstOrDefault(run => run.Status is RunStatus.Succeeded);

    string? Context
    {
        get
        {
            if (Store is null)
            {
                return null;
            }
            var now = Clock.GetUtcNow();
            var there = TimeZoneInfo.ConvertTime(now, Store.TimeZone);
            var age = dataAsOf is { } at ? $"The copy shows the shop as of {When.Clock(at, now, Store.TimeZone)}, {When.Age(at, now, Store.TimeZone)}." : "The copy has not been filled yet.";
            return $"{there:dddd d MMMM yyyy, HH:mm} in the shop. {age}";
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
        {
            return;
        }
        followed = Store.Id;
        (figures, skus, conflicts, work, webhooks) = (null, null, null, null, null);
        live.Clear();
        await ReadAll();
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), snapshot => Heard(store, snapshot));
        skus = await findSkus.Find(store, SkusNamed, Gone);
        Weigh();
    }

    protected override Task ReadAgainAsync() => ReadAll();

    protected override void OnInitialized() => Watch(shell.Subscribe);

    protected override async Task BeforeRefreshAsync()
    {
        if (followed != 0 && shell.State.Webhooks != shown)
        {
            shown = shell.State.Webhooks;
            webhooks = await readWebhooks.Read(followed, Gone);
        }
        Weigh();
    }

    void Heard(long store, RunSnapshot snapshot)
    {
        if (store != followed)
        {
            return;
        }
        live.Take(snapshot);
        if (figures is not null && snapshot.Status.IsFinished() && snapshot.FinishedAt > Clock.GetUtcNow().AddMinutes(-1))
        {
            MarkAged();
        }
    }

    async Task ReadAll()
    {
        (everPulled, dataAsOf) = await readAge.Read(followed, Gone);
        figures = await readFigures.Read(followed, Gone);
        conflicts = await countConflicts.Count(followed, Gone);
        work = new(figures.PendingProducts, await listApprovals.List(followed, Gone), await readSchedules.NotBegun(followed, Clock.GetUtcNow(), Gone))
        {
            Plans = await listPlans.List(followed, MostPlans, Gone), Paused = await readPause.Read(followed, Gone), Differing = await readDrift.CountOpen(followed, Gone),
            Refused = await readRefused.Read(followed, null, Gone), PendingCollections = await countCollections.Count(followed, Gone), Halted = await listHalted.List(followed, MostPlans, Gone),
        };
        webhooks = await readWebhooks.Read(followed, Gone);
    }

    void Weigh() => attention = Attention.Of(live.All, skus, dataAsOf, everPulled, Clock.GetUtcNow(), conflicts, work, webhooks, Store?.TimeZone);

    Task PullNow() => Pull(everPulled ? PullScope.Incremental : PullScope.Full);

    Task PullEverything() => Pull(PullScope.Full);

    async Task Pull(PullScope scope)
    {
        (busy, refused) = (true, null);
        try
        {
            var asked = await start.Start(new PullRequest(followed, scope, (await SignedIn).User.AsAskedBy()), CancellationToken.None);
            switch (asked)
            {
                case StartPullOutcome.Started started:
                    navigation.NavigateTo($"/sync/runs/{started.RunId}");
                    break;
                case StartPullOutcome.AlreadyActive active:
                    navigation.NavigateTo($"/sync/runs/{active.RunId}");
                    break;
                case StartPullOutcome.Wrong wrong:
                    refused = wrong.Sentence;
                    break;
            }
        }
        finally
        {
            busy = false;
        }
    }
}
