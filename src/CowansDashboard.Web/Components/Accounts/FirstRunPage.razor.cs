using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Settings;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Accounts;

/// <summary>The way from a password to a pulled shop. Each step is read from what is, so that it can be left and taken up again.</summary>
public sealed partial class FirstRunPage(
    ListStores stores, RemoveStore remove, TestConnection tests, StartPull start, CurrentStore current, NavigationManager navigation, TimeProvider clock)
{
    private StoreRow? store;
    private ConnectionTest? test;
    private bool loaded;
    private bool testing;
    private bool renaming;
    private bool pulling;
    private string? refused;
    private string? kept;

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private int Step => store is null || renaming ? 2 : test is { CanPull: true } ? 4 : 3;

    private string PasswordLine => current.Person?.PasswordSetAt is { } at
        ? $"Set {When.Age(at, clock.GetUtcNow(), current.Store?.TimeZone)}. The one-time password is spent."
        : "Set by who started the server.";

    private string ShopLine => store is null ? "How this server reaches Shopify" : renaming ? store.Shop
        : $"{store.Shop}, {(store.HasClientCredentials ? "with client ID and secret" : "with an access token")}{(store.SetByServer ? ", from the server’s settings" : "")}";

    private string TestLine => test is null
        ? "Asks for everything a pull depends on; changes nothing"
        : ConnectionTestList.Summary(test, clock.GetUtcNow(), current.Store?.TimeZone);

    protected override async Task OnInitializedAsync()
    {
        if (await IsOver())
            return;
        await current.Load(Gone);
        var all = await stores.List(Gone);
        store = all.Count > 0 ? all[0] : null;
        loaded = true;
        if (store is not null)
            await Test();
    }

    private async Task Named(StoreRow named)
    {
        (store, test, renaming, kept) = (named, null, false, null);
        await Test();
    }

    private async Task Another()
    {
        if (await IsOver())
            return;
        if (await remove.Remove(store!.Id, Gone) is StoreChange.Refused refusal)
            kept = refusal.Reason;
        else
            (store, test, renaming, kept) = (null, null, false, null);
    }

    // A shop that was pulled is changed in the settings, where removing it asks first.
    private async Task<bool> IsOver()
    {
        var over = !await FirstRun.IsOpen(stores, Gone);
        if (over)
            navigation.NavigateTo("/settings", replace: true);
        return over;
    }

    private async Task Pull()
    {
        (pulling, refused) = (true, null);
        var outcome = await start.Start(new(store!.Id, PullScope.Full, (await SignedIn).User.AsAskedBy()), Gone);
        switch (outcome)
        {
            case StartPullOutcome.Started started:
                navigation.NavigateTo($"/sync/runs/{started.RunId}");
                break;
            case StartPullOutcome.AlreadyActive active:
                navigation.NavigateTo($"/sync/runs/{active.RunId}");
                break;
            case StartPullOutcome.Wrong wrong:
                (pulling, refused) = (false, wrong.Sentence);
                break;
        }
    }

    private async Task Test()
    {
        testing = true;
        StateHasChanged();
        try
        {
            test = await tests.Test(store!.Id, Gone);
        }
        finally
        {
            testing = false;
        }
        await current.Load(Gone);
    }
}
