using System.Data.Common;
using CowansDashboard.Accounts;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Layout;

public sealed partial class MainLayout(
    ShellFeed feed, CurrentStore current, FollowRuns follow, FollowWebhooks followWebhooks, Heartbeat beat, NavigationManager navigation, IJSRuntime js, TimeProvider clock, ILogger<MainLayout> log) : LayoutComponentBase, IAsyncDisposable
{
    /// <summary>The section in which a page with unsaved changes puts its bar.</summary>
    public const string OverTopBar = "over-top-bar";

    static readonly TimeSpan WebhooksEvery = TimeSpan.FromSeconds(5);

    readonly CancellationTokenSource gone = new();
    readonly List<IDisposable> subscriptions = [];
    CancellationTokenSource following = new();
    ShellStore? store;
    IJSObjectReference? keys;
    bool loaded;
    bool failed;

    protected override async Task OnInitializedAsync()
    {
        subscriptions.Add(feed.Subscribe(() => _ = InvokeAsync(ShowStore)));
        subscriptions.Add(beat.Subscribe(() => _ = InvokeAsync(Reload)));
        await Load();
        // It ends with its token and lets no failure out.
        _ = LookAtWebhooks();
    }

    async Task LookAtWebhooks()
    {
        using var every = new PeriodicTimer(WebhooksEvery, clock);
        var stop = gone.Token;
        try
        {
            while (await every.WaitForNextTickAsync(stop))
            {
                await InvokeAsync(() => Quietly(current.LookAtWebhooks));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The tab is gone.
        }
    }

    // Pages are drawn once it is known who looks and in which store.
    async Task Load()
    {
        try
        {
            await current.Load(gone.Token);
            ShowStore();
            (loaded, failed) = (true, false);
            LeadToFirstRun();
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            failed = true;
            LogNotLoaded(log, failure);
        }
    }

    // Each page that is opened passes here: without a shop there is nothing on it yet.
    protected override void OnParametersSet() => LeadToFirstRun();

    void LeadToFirstRun()
    {
        if (loaded && current.Person is { Role: Roles.Admin } && feed.State.Stores.Count == 0 && FirstRun.LeadsAway(new Uri(navigation.Uri).AbsolutePath))
        {
            navigation.NavigateTo(FirstRun.Path, replace: true);
        }
    }

    // Other people and other nodes change the data's age and the shops. What is shown stays while the database is away.
    async Task Reload()
    {
        if (await Quietly(current.Load) && failed)
        {
            (loaded, failed) = (true, false);
            StateHasChanged();
        }
    }

    async Task<bool> Quietly(Func<CancellationToken, Task> read)
    {
        try
        {
            await read(gone.Token);
            return true;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    void ShowStore()
    {
        var next = feed.State.Store;
        if (next == store || gone.IsCancellationRequested)
        {
            return;
        }
        if (next?.Id != store?.Id)
        {
            following.Cancel();
            following.Dispose();
            following = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
            if (next is not null)
            {
                // They end with their token and let no failure out.
                _ = follow.Follow(next.Id, () => InvokeAsync(Reload), following.Token);
                _ = followWebhooks.Follow(next.Id, () => InvokeAsync(Reload), following.Token);
            }
        }
        store = next;
        StateHasChanged();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            keys = await js.InvokeAsync<IJSObjectReference>("import", "./Components/Layout/MainLayout.razor.js");
        }
    }

    public async ValueTask DisposeAsync()
    {
        subscriptions.ForEach(each => each.Dispose());
        await gone.CancelAsync();
        following.Dispose();
        gone.Dispose();
        if (keys is not null)
        {
            try
            {
                await keys.InvokeVoidAsync("stop");
                await keys.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The tab is gone, and its listeners with it.
            }
        }
    }

    [LoggerMessage(5201, LogLevel.Error, "Person and stores could not be read")]
    static partial void LogNotLoaded(ILogger logger, Exception failure);
}
