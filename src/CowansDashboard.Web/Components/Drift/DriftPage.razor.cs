using System.Data.Common;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Webhooks;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Drift;

/// <summary>How far the copy agrees with Shopify: what webhooks missed, what differs now, what comparisons found.</summary>
public sealed partial class DriftPage(
    ReadDrift read, ReadMissed readMissed, CountDeliveries count, TakeInDrift takeIn, StartComparison start, ChooseRepair choose, RunFeed feed, NavigationManager navigation, Toasts toasts, TimeProvider clock) : LiveComponent
{
    private const int RowsAtOnce = 100;

    private DriftView view = new();
    private DriftSummary? summary;
    private IReadOnlyList<MissedTopic>? topics;
    private IReadOnlyDictionary<string, TimeSpan?> lags = new Dictionary<string, TimeSpan?>();
    private List<DriftRow>? rows;
    private RunSnapshot? active;
    private DateTimeOffset now;
    private string? failure;
    private bool more, stale;
    private long followed;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private TimeZoneInfo Zone => Store?.TimeZone ?? TimeZoneInfo.Utc;

    private DateTimeOffset Midnight => ShopMoment.Start(TimeZoneInfo.ConvertTime(now, Zone).Date, Zone).At;

    private string Since => When.Clock(Midnight, now, Zone);

    private IReadOnlyDictionary<DriftGroup, long> Counts => view.Found ? summary!.Found : summary!.Open;

    private string? Context => summary switch
    {
        null or { EverPulled: false } => null,
        { LastFull: null } => "The copy has not been compared with Shopify field by field yet.",
        { LastFull: { } last } => $"{(summary.OpenNow == 0 ? "Nothing differs from Shopify" : $"{Figure.Count(summary.OpenNow, "field differs", "fields differ")} from Shopify now")}, out of {DriftWords.Fields(last.Fields)} compared at {When.Clock(last.EndedAt, now, Zone)}{(last.IsWhole ? "" : ", as far as Shopify answered")}.",
    };

    /// <summary>Topics with something to tell since midnight; the others are counted.</summary>
    private IReadOnlyList<MissedTopic> Told => [.. topics!.Where(topic => topic.Expected > 0 || topic.PerHour.Any(hour => hour > 0) || topic.BackAt > Midnight)];

    private string Quiet => $"{Figure.Count(topics!.Count - Told.Count, Told.Count == 0 ? "topic" : "more topic")} had nothing to tell{(topics!.Except(Told).Count(topic => !topic.IsRegistered) is > 0 and var missing ? $"; {Figure.Count(missing)} of them {(missing == 1 ? "is" : "are")} not registered" : "")}.";

    private string CompareWord => summary?.LastFull is { } last ? $"Compare now, {When.Duration(last.Took, 1)}" : "Compare now";

    private string Missed
    {
        get
        {
            var (missed, expected) = (topics!.Sum(topic => topic.Missed), topics!.Sum(topic => topic.Expected));
            var said = topics!.Count == 0 ? "" : expected == 0 ? "No event was heard or missed." : missed == 0 ? $"None of {Figure.Count(expected, "event")}. What comes up to {When.Duration(ReadMissed.Grace)} late is no miss."
                : $"{Figure.Count(missed)} of {Figure.Count(expected, "event")}, {(100.0 * missed / expected).ToString("0.##", DashboardNumbers)}%. Found by pulls and comparisons.";
            var young = topics!.Sum(topic => topic.Young);
            return young == 0 ? said : $"{said} {Figure.Count(young)} not counted yet: found less than {When.Duration(ReadMissed.Grace)} ago, {(young == 1 ? "its event" : "their events")} may still come.";
        }
    }

    private static System.Globalization.CultureInfo DashboardNumbers => System.Globalization.CultureInfo.GetCultureInfo("en-GB");

    private string NothingTitle => view.Found ? "Nothing was found today" : summary!.LastFull is { } last ? $"Nothing differs. Compared {DriftWords.Fields(last.Fields)} at {When.Clock(last.EndedAt, now, Zone)}" : "Not every field has been compared yet";

    private string NothingText => view.Found ? "What comparisons find and take in stands here, field by field."
        : summary!.LastFull is null ? "Compare now, or wait for the comparison of the coming night."
        : summary.TakesIn ? "What the next comparison finds is taken in at once." : "What the next comparison finds stands here until somebody takes it in.";

    protected override void OnInitialized()
    {
        view = DriftView.Read(navigation.Uri);
        navigation.LocationChanged += Moved;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
            return;
        followed = Store.Id;
        (summary, active) = (null, null);
        await Load();
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), Take);
    }

    protected override async Task BeforeRefreshAsync()
    {
        if (!stale)
            return;
        stale = false;
        await Load();
    }

    private void Take(RunSnapshot run)
    {
        if (run.StoreId != followed || (run.Kind != StartComparison.Kind.Name && !run.Kind.StartsWith("pull-", StringComparison.Ordinal)))
            return;
        if (!run.Status.IsFinished())
            active = run;
        else if (active?.Id == run.Id || run.FinishedAt > now)
            (active, stale) = (active?.Id == run.Id ? null : active, true);
    }

    private void Moved(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(async () =>
    {
        if (new Uri(change.Location).AbsolutePath != DriftView.Path)
            return;
        view = DriftView.Read(change.Location);
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
            summary = await read.Summary(Store.Id, Midnight, Gone);
            topics = summary.EverPulled ? await readMissed.Topics(Store.Id, Midnight, Gone) : [];
            lags = (await count.ByTopic(Store.Id, Midnight, Gone)).ToDictionary(topic => topic.Topic, topic => topic.LagP95, StringComparer.OrdinalIgnoreCase);
            var next = await read.List(Store.Id, !view.Found, view.Group, null, RowsAtOnce + 1, Gone);
            (rows, more, failure) = ([.. next.Take(RowsAtOnce)], next.Count > RowsAtOnce, null);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private Task ShowMore() => Guarded(async () =>
    {
        var next = await read.List(Store!.Id, !view.Found, view.Group, rows![^1].Id, RowsAtOnce + 1, Gone);
        rows.AddRange(next.Take(RowsAtOnce));
        more = next.Count > RowsAtOnce;
    });

    private Task Compare() => Guarded(async () =>
        Say(await start.Start(Store!.Id, ComparisonDepth.Full, (await SignedIn).User.AsAskedBy(), Gone), "Comparing everything"));

    private Task TakeIn(DriftRow? row) => Guarded(async () =>
        Say(await takeIn.TakeIn(Store!.Id, row is null ? null : [row.Id], (await SignedIn).User.AsAskedBy(), Gone), row is null ? "Everything that differs is read again and taken in" : DriftWords.GoesAlong(row).TrimEnd('.')));

    private Task Choose(ChangeEventArgs change) => Guarded(async () =>
    {
        await choose.Choose(Store!.Id, (string?)change.Value == "note" ? RepairChoice.ByClick : RepairChoice.AtOnce, Gone);
        await Load();
    });

    private void Say(StartComparisonOutcome outcome, string done)
    {
        if (outcome is StartComparisonOutcome.Started)
            toasts.Say(done);
        Trouble = outcome switch
        {
            StartComparisonOutcome.AlreadyActive active => active.Sentence,
            StartComparisonOutcome.Wrong refused => refused.Sentence,
            _ => null,
        };
    }

    protected override void Dispose(bool disposing)
    {
        navigation.LocationChanged -= Moved;
        base.Dispose(disposing);
    }
}
