using System.Data.Common;
using System.Globalization;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Api;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Webhooks;

/// <summary>What Shopify posts: how much, how late, by topic, what is subscribed, each event with what it changed, and handling it once more.</summary>
public sealed partial class WebhooksPage(
    NavigationManager navigation, IJSRuntime js, Toasts toasts, TimeProvider clock, AuthenticationStateProvider authentication, IAuthorizationService authorization, CurrentStore current, ShellFeed shell,
    WebhookFeed feed, ReadDeliveries read, CountDeliveries count, CountOutcomes countOutcomes, ReadDeliveryChanges readChanges, ReadReplays readReplays, NameEntities nameEntities,
    ReadSubscriptions readSubscriptions, ReadCallbackAddress readAddress, ReadWebhookTroubles readTroubles, MarkGapsSeen markSeen, CheckSubscriptions checkSubscriptions,
    SendTestDelivery sendTest, ReplayDeliveries replay, ReplayFiltered replayFiltered, ReadMissed readMissed, ListStores stores)
{
    private const int PageSize = 50;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CountAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);

    // What was missed is known by a comparison only, which does not come every second.
    private static readonly TimeSpan MissedAgain = TimeSpan.FromMinutes(1);

    private WebhooksState state = new(new DeliveryFilter());
    private IReadOnlyList<DeliveryRow>? rows;
    private IReadOnlyDictionary<long, IReadOnlyList<ChangeLine>> changes = new Dictionary<long, IReadOnlyList<ChangeLine>>();
    private IReadOnlyList<NamedEntity> names = [];
    private long? next;
    private PageFigures? figures;
    private StoreSubscriptions? subscriptions;
    private WebhookTroubles troubles = WebhookTroubles.None;
    private CallbackAddress? address;
    private DeliveryDetails? details;
    private IReadOnlyList<ChangeLine> changed = [];
    private IReadOnlyList<ReplayRow> replays = [];
    private NamedEntity? named;
    private string? failure, problem, shop, testSaid;
    private string sinceTopic = "";
    private DateTime since;
    private bool busy, replaying;
    private long? loadedStore;
    private long countedAt, missedAt;
    private IReadOnlyDictionary<string, long>? missed;
    private TimeSpan counting;
    private IDisposable? heard;
    private IJSObjectReference? script;

    [CascadingParameter] public ShellStore? Store { get; set; }

    private TimeProvider Clock => clock;

    private bool MayAct { get; set; }

    private bool IsAdmin { get; set; }

    private bool MayReadPayload => MayAct || (details is not null && !PersonalPayload.Is(details.Row.Topic));

    private int? Position => details is null || rows is null ? null : rows.ToList().FindIndex(row => row.Id == details.Row.Id) is >= 0 and var at ? at + 1 : null;

    private string? Headline
    {
        get
        {
            if (figures is null)
                return null;
            // The chips above the list count the same, from the same look.
            var total = figures.Outcomes.Where(each => each.Key != "again").Sum(each => each.Value);
            var (again, waiting) = (figures.Outcomes.GetValueOrDefault("again"), figures.Outcomes.GetValueOrDefault(DeliveryState.Queued));
            var lost = missed?.Values.Sum() ?? 0;
            var when = When.Clock(figures.Since, clock.GetUtcNow(), Store!.TimeZone);
            return total == 0
                ? $"No event was heard since {when}." + (subscriptions is { Registered: > 0 } known ? $" {Figure.Count(known.Registered)} of {Figure.Count(known.Wanted, "topic is", "topics are")} registered at Shopify." : "")
                : $"{Figure.Count(total, "event")} heard since {when}{(again > 0 ? $", {Figure.Count(again)} of them more than once" : "")}."
                    + (subscriptions is { } wanted && wanted.Registered < wanted.Wanted && address is not null ? $" {Figure.Count(wanted.Registered)} of {Figure.Count(wanted.Wanted, "topic is", "topics are")} registered." : "")
                    + (lost > 0 ? $" {Figure.Count(lost)} missed and found by reading." : "")
                    + (waiting > 0 ? $" {Figure.Count(waiting)} {(waiting == 1 ? "waits" : "wait")}{(troubles.HeldUp is { } held ? $", since {When.Clock(held.Since, clock.GetUtcNow(), Store!.TimeZone, seconds: true)} for Shopify to answer" : "")}." : "");
        }
    }

    private IReadOnlyList<ChartPoint> Lags => [.. figures!.Slots.Where(slot => slot.LagP95 is not null).Select(slot => new ChartPoint(slot.From, slot.LagP95!.Value.TotalSeconds))];

    private string? TestLine => testSaid ?? (figures?.LastTest is { } test ? $"Test event at {When.Clock(test.HeardAt, clock.GetUtcNow(), Store!.TimeZone)}: heard{(test.TriggeredAt is { } sent && sent < test.HeardAt ? $" in {WebhookWords.Lag(test.HeardAt - sent)}" : "")}, signature right" : null);

    protected override void OnInitialized()
    {
        navigation.LocationChanged += Moved;
        state = WebhooksState.Read(navigation.Uri);
        since = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.Utc).DateTime;
        // Events that change nothing tell no page; they appear with the next look.
        Keep(clock.CreateTimer(_ => MarkAndRefresh(), null, Look, Look));
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || Store.Id == loadedStore)
            return;
        (rows, figures, subscriptions, details, troubles) = (null, null, null, null, WebhookTroubles.None);
        loadedStore = Store.Id;
        (countedAt, missedAt, missed) = (0, 0, null);
        heard?.Dispose();
        heard = feed.Subscribe(Store.Id, MarkAndRefresh);
        var there = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Store.TimeZone).DateTime;
        since = new DateTime(there.Year, there.Month, there.Day, there.Hour, 0, 0, DateTimeKind.Unspecified);
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        MayAct = (await authorization.AuthorizeAsync(person, Policies.Merchandiser)).Succeeded;
        IsAdmin = (await authorization.AuthorizeAsync(person, Policies.Admin)).Succeeded;
        shop = (await stores.List(Gone)).FirstOrDefault(each => each.Id == Store.Id)?.Shop;
        await Load(quietly: false);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            script = await js.InvokeAsync<IJSObjectReference>("import", "./Components/Webhooks/WebhooksPage.razor.js");
    }

    protected override Task ReadAgainAsync() => Load(quietly: true);

    private void MarkAndRefresh()
    {
        MarkAged();
        Refresh();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath != WebhooksState.Path)
            return;
        _ = InvokeAsync(async () =>
        {
            var before = state;
            state = WebhooksState.Read(moved.Location);
            problem = null;
            if (state.Filter != before.Filter || state.After != before.After)
            {
                rows = null;
                StateHasChanged();
                await Load(quietly: true);
            }
            else
            {
                await Open();
            }
            StateHasChanged();
        });
    }

    private async Task Load(bool quietly)
    {
        if (Store is null)
            return;
        var (store, asked) = (Store, state);
        try
        {
            if (!quietly)
                StateHasChanged();
            // Below the newest page nothing new appears by itself: the rows stay under the eye that reads them.
            var found = rows is null || asked.After is null ? await read.Find(store.Id, asked.Filter, asked.After, PageSize, Gone) : null;
            // What the list shows otherwise than before stands in the counts above it at once, where counting is quick.
            var moved = found is not null && counting < Quick && !found.Rows.Select(row => (row.Id, row.State, row.Outcome)).SequenceEqual((rows ?? []).Select(row => (row.Id, row.State, row.Outcome)));
            await Figures(store, always: !quietly || moved);
            if (found is not null)
            {
                if (asked != state || store != Store)
                    return;
                (rows, next) = (found.Rows, found.Next);
                names = await nameEntities.Of(store.Id, rows, Gone);
                changes = await readChanges.First(store.Id, rows, Gone);
            }
            await Open();
            failure = null;
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            if (rows is not null)
                throw;
            failure = wrong.Message;
        }
        if (!quietly)
            StateHasChanged();
    }

    // Counting a busy day costs more than a page of the list: not more than a tenth of the time goes into it.
    private async Task Figures(ShellStore store, bool always)
    {
        if (!always && countedAt != 0 && clock.GetElapsedTime(countedAt) is var past && (past < CountAgain || past < counting * 10))
            return;
        var began = clock.GetTimestamp();
        var midnight = ShopMoment.Start(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), store.TimeZone).Date, store.TimeZone).At;
        var (topics, slots, outcomes) = (await count.ByTopic(store.Id, midnight, Gone), await count.ByTime(store.Id, midnight, Gone), await countOutcomes.Count(store.Id, midnight, Gone));
        subscriptions = await readSubscriptions.Read(store.Id, Gone);
        troubles = await readTroubles.Read(store.Id, Gone);
        address = await readAddress.Read(Gone);
        if (missedAt == 0 || clock.GetElapsedTime(missedAt) > MissedAgain)
        {
            missed = (await readMissed.Topics(store.Id, midnight, Gone)).ToDictionary(topic => topic.Topic, topic => topic.Missed, StringComparer.OrdinalIgnoreCase);
            missedAt = clock.GetTimestamp();
        }
        figures = new(midnight, topics, slots, outcomes, await sendTest.Last(store.Id, midnight, Gone),
            await count.ByTopic(store.Id, clock.GetUtcNow() - TopicsTable.Recent, Gone));
        (countedAt, counting) = (clock.GetTimestamp(), clock.GetElapsedTime(began));
    }

    private async Task Open()
    {
        if (state.Open is not { } id)
        {
            details = null;
            return;
        }
        var found = await read.Read(Store!.Id, id, Gone);
        changed = found is null ? [] : await readChanges.Read(Store.Id, id, Gone);
        replays = found is { Row.Replays: > 0 } ? await readReplays.Of(Store.Id, id, Gone) : [];
        named = found is not null && await nameEntities.Of(Store.Id, [found.Row], Gone) is [var first, ..] ? first : null;
        details = found;
    }

    private Task<IReadOnlyList<NamedEntity>> Named(string text) => nameEntities.Find(Store!.Id, text, Gone);

    private void Go(WebhooksState to) => navigation.NavigateTo(to.ToUrl());

    private void Close() => navigation.NavigateTo((state with { Open = null }).ToUrl());

    private bool CanStep(int step) => Position is { } at && at - 1 + step is var to && to >= 0 && to < rows!.Count;

    // Walking along the list is one step of the history, not fifty.
    private void Step(int step)
    {
        if (CanStep(step))
            navigation.NavigateTo((state with { Open = rows![Position!.Value - 1 + step].Id }).ToUrl(), replace: true);
    }

    private Task Test() => Busy(async () =>
    {
        switch (await sendTest.Send(Store!.Id, CancellationToken.None))
        {
            case TestDelivery.Heard sent:
                testSaid = $"Test event at {When.Clock(clock.GetUtcNow(), clock.GetUtcNow(), Store.TimeZone)}: heard in {WebhookWords.Lag(sent.Lag)}, signature right";
                toasts.Say(sent.Sentence.TrimEnd('.'));
                break;
            case TestDelivery.NotHeard not:
                problem = not.Sentence;
                break;
        }
    });

    private Task Check() => Busy(async () =>
    {
        var outcome = await checkSubscriptions.Check(Store!.Id, CancellationToken.None);
        if (outcome is SubscriptionCheck.Done)
            toasts.Say(outcome.Sentence.TrimEnd('.'));
        else
            problem = outcome.Sentence;
    });

    private Task MarkSeen() => Busy(async () =>
    {
        await markSeen.Mark(Store!.Id, (await Person()).Name, CancellationToken.None);
        shell.Set(state => state with { Webhooks = null });
        await current.Load(Gone);
    });

    private async Task<AskedBy> Person() => (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();

    private Task ReplayOne() => Busy(async () => Say(await replay.Of(Store!.Id, [details!.Row.Id], await Person(), CancellationToken.None)));

    private Task ReplayAll() => Busy(async () =>
    {
        var again = await replayFiltered.Replay(Store!.Id, state.Filter, await Person(), CancellationToken.None);
        Say(again);
        if (again >= ReplayFiltered.Most)
            problem = $"The newest {Figure.Count(again)} are replayed. For more than that a pull is quicker.";
    });

    private Task ReplaySince() => Busy(async () =>
    {
        var at = ShopMoment.Start(since, Store!.TimeZone).At;
        Say(await replay.Since(Store.Id, at, sinceTopic.Length == 0 ? null : sinceTopic, await Person(), CancellationToken.None));
        replaying = false;
    });

    private void Say(long again) => toasts.Say(again == 0 ? "No event was heard in that time" : $"{Figure.Count(again, "event is", "events are")} handled once more");

    private async Task Copy()
    {
        if (script is not null && details is not null)
            toasts.Say(await script.InvokeAsync<bool>("copy", Gone, System.Text.Encoding.UTF8.GetString(details.Body)) ? "Payload copied" : "The browser does not let it be copied: open “As it came” and copy it there");
    }

    private async Task Busy(Func<Task> act)
    {
        if (busy)
            return;
        (busy, problem) = (true, null);
        try
        {
            await act();
            await Load(quietly: false);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            problem = "The database does not answer. Try again in a moment.";
        }
        finally
        {
            busy = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        navigation.LocationChanged -= Moved;
        heard?.Dispose();
        Dispose();
        if (script is null)
            return;
        try
        {
            await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone.
        }
    }

    private sealed record PageFigures(
        DateTimeOffset Since, IReadOnlyList<TopicCount> Topics, IReadOnlyList<HeardInTenMinutes> Slots, IReadOnlyDictionary<string, long> Outcomes, LastTest? LastTest, IReadOnlyList<TopicCount> Lately);
}
