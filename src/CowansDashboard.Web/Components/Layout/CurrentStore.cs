using CowansDashboard.Accounts;
using CowansDashboard.Conflicts;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Webhooks.Subscriptions;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>
/// The store that one browser tab works in: what the person chose last, else the first one. The layout loads it before
/// any page is drawn; pages take it as a cascading <see cref="ShellStore"/>, or subscribe to <see cref="ShellFeed"/>.
/// </summary>
public sealed class CurrentStore(
    AuthenticationStateProvider authentication, ReadPerson people, RememberStore remember, ListStores stores, CountOpenConflicts conflicts,
    ReadDrift drift, ReadWebhookTroubles webhooks, ShellFeed feed, TimeProvider clock)
{
    private static readonly TimeSpan WebhooksAgain = TimeSpan.FromSeconds(3);

    private long? _unremembered, _webhooksOf;
    private long _webhooksAt;

    public ShellStore? Store => feed.State.Store;

    /// <summary>Who is signed in; null before the first load.</summary>
    public Person? Person { get; private set; }

    /// <summary>Reads person and stores anew: at the start, and after either was changed.</summary>
    public async Task Load(CancellationToken cancel)
    {
        feed.OnChoose = id => Choose(id, CancellationToken.None);
        if (_unremembered is { } kept && Person is not null)
        {
            await remember.Remember(Person.Id, kept, cancel);
            if (_unremembered == kept)
                _unremembered = null;
        }
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        Person = user.AccountId is { } account ? await people.Read(account, cancel) : null;
        var rows = await stores.List(cancel);
        var wanted = feed.State.Store?.Id ?? Person?.StoreId;
        var row = rows.FirstOrDefault(each => each.Id == wanted) ?? (rows.Count > 0 ? rows[0] : null);
        var open = row is null ? 0 : (await conflicts.Count(row.Id, cancel)).Fields;
        var heard = row is null ? null : await Webhooks(row.Id, cancel);
        var differing = row is null ? 0 : await drift.CountOpen(row.Id, cancel);
        var all = rows.Select(Shown).ToList();
        feed.Set(state => state with
        {
            Person = Person is null ? null : new(Person.Id, Person.Name, Person.Email, Roles.Title(Person.Role), MayAct: Person.Role is not Roles.Viewer),
            Stores = all.SequenceEqual(state.Stores) ? state.Stores : all,
            Store = row is null ? null : Shown(row),
            DataAsOf = row?.DataAsOf,
            Conflicts = open,
            Webhooks = heard,
            Drift = differing,
        });
    }

    /// <summary>What waits is not handled, so nothing tells of it: its age is looked at while the rest stays as it is.</summary>
    public async Task LookAtWebhooks(CancellationToken cancel)
    {
        if (Store is not { Id: var store })
            return;
        var heard = await Webhooks(store, cancel);
        feed.Set(state => state.Store?.Id == store ? state with { Webhooks = heard } : state);
    }

    // While much is heard this is asked several times a second; the figures need not be newer than a few seconds.
    private async Task<ShellWebhooks> Webhooks(long store, CancellationToken cancel)
    {
        if (feed.State.Webhooks is { } shown && _webhooksOf == store && clock.GetElapsedTime(_webhooksAt) < WebhooksAgain)
            return shown;
        (_webhooksOf, _webhooksAt) = (store, clock.GetTimestamp());
        var read = await webhooks.Read(store, cancel);
        // To a tenth of a second, as it is shown: a figure that moves behind that draws nothing again.
        return new(read.Lag is { } lag ? Math.Round(lag.TotalSeconds, 1) : null, read.Count, read.HeldUp?.Events ?? 0);
    }

    public async Task Choose(long store, CancellationToken cancel)
    {
        if (feed.State.Stores.FirstOrDefault(each => each.Id == store) is not { } chosen || chosen.Id == Store?.Id)
            return;
        feed.Set(state => state with { Store = chosen, DataAsOf = null, Budget = null, Conflicts = 0, Drift = 0, Webhooks = null, Runs = [] });
        // The next load that reaches the database keeps it: this one may come while it is away.
        _unremembered = store;
        await Load(cancel);
    }

    private static ShellStore Shown(StoreRow store) => new(
        store.Id, store.Name, store.Currency,
        StoreZone.Of(store.TimeZone),
        store.Plan.Length > 0 ? store.Plan : null);
}
