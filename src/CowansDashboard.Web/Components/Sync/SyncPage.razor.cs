using CowansDashboard.Insights;
using CowansDashboard.Stores;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>Starts pulls, shows what runs, and lists what ran.</summary>
public sealed partial class SyncPage(RunFeed feed, ListRuns list, CountRuns count, ReadStoreAge readAge, CountPendingProducts countPending) : LiveComponent
{
    const int PageSize = 25;
    const int LastPage = 1_000_000;

    readonly LiveRuns live = new();
    IReadOnlyList<RunSnapshot>? page;
    long? total, waiting;
    bool everPulled;
    DateTimeOffset? dataAsOf;
    (long Store, int Page)? read;
    long followed;

    [SupplyParameterFromQuery(Name = "page")] public int? PageNumber { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    [Inject] TimeProvider Clock { get; set; } = default!;

    int Page => Math.Clamp(PageNumber ?? 1, 1, LastPage);

    int Offset => (Page - 1) * PageSize;

    IReadOnlyList<RunSnapshot> Unfinished => live.Unfinished;

    const int MostBars = 12;

    string Waits => waiting switch
    {
        0 => "Nothing waits. What is edited here goes to Shopify by a plan that you see first.",
        > 0 => $"{Figure.Count(waiting.Value, "product waits", "products wait")} with edits that Shopify does not have. They go by a plan that you see first.",
        _ => "What was edited here goes to Shopify by a plan that you see first.",
    };

    RunSnapshot? Active => Unfinished.FirstOrDefault(run => run.Kind.StartsWith("pull-", StringComparison.Ordinal) || run.Kind == CowansDashboard.Sync.Reconcile.StartComparison.Kind.Name);

    // New runs appear at the top of the first page as they begin.
    IReadOnlyList<RunSnapshot> Shown => Page > 1
        ? [.. page!.Select(live.Newest)]
        : [.. live.All.Where(run => page!.All(shown => shown.Id != run.Id) && (page!.Count == 0 || run.Id > page[0].Id)), .. page!.Select(live.Newest)];

    IReadOnlyList<RunSnapshot> Finished => [.. (page ?? []).Select(live.Newest).Where(run => run is { Status: RunStatus.Succeeded, Done: > 0, StartedAt: not null, FinishedAt: not null } && run.Kind.StartsWith("pull-", StringComparison.Ordinal))];

    IReadOnlyList<ChartBar> SpeedOfPulls => [.. Finished.Take(MostBars).Reverse().Select(run => new ChartBar(
        $"{RunWords.Title(run.Kind)}, {When.Age(run.FinishedAt!.Value, Clock.GetUtcNow(), Store!.TimeZone)}",
        run.Done / Math.Max(0.5, (run.FinishedAt.Value - run.StartedAt!.Value).TotalSeconds),
        When.Clock(run.FinishedAt.Value, Clock.GetUtcNow(), Store.TimeZone)))];

    string? Context => Store is null ? null
        : dataAsOf is { } at ? $"The copy shows {Store.Name} as of {When.Clock(at, Clock.GetUtcNow(), Store.TimeZone)}, {When.Age(at, Clock.GetUtcNow(), Store.TimeZone)}."
        : $"{Store.Name} has not been pulled yet.";

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || read == (Store.Id, Page))
        {
            return;
        }
        read = (Store.Id, Page);
        if (followed != Store.Id)
        {
            followed = Store.Id;
            live.Clear();
            var store = Store.Id;
            Follow(feed.WatchStore(store, Gone), snapshot => Heard(store, snapshot));
        }
        await Read();
    }

    void Heard(long store, RunSnapshot snapshot)
    {
        if (store != followed)
        {
            return;
        }
        live.Take(snapshot);
        if (snapshot.Status.IsFinished() && page is not null && snapshot.FinishedAt > Clock.GetUtcNow().AddMinutes(-1))
        {
            MarkAged();
        }
    }

    protected override Task ReadAgainAsync() => Read();

    async Task Read()
    {
        var (store, asked) = (followed, Page);
        var (all, first) = await count.Count(store, Offset, Gone);
        IReadOnlyList<RunSnapshot> rows = first is null ? [] : await list.List(new RunFilter(store, Before: first + 1, Limit: PageSize), Gone);
        var age = await readAge.Read(store, Gone);
        var pending = await countPending.Count(store, Gone);
        if ((store, asked) != (followed, Page))
        {
            // Another shop or page was asked for meanwhile: its answer is on the way.
            return;
        }
        (total, page, waiting) = (all, rows, pending);
        (everPulled, dataAsOf) = age;
        Refresh();
    }

    static string PageUrl(int number) => number <= 1 ? "/sync" : $"/sync?page={number}";
}
