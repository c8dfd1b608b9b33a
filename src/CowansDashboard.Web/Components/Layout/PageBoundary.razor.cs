using CowansDashboard.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>Keeps a page's failure inside the page: the frame stays, and trying again is one press.</summary>
public sealed partial class PageBoundary(ILogger<PageBoundary> log, NavigationManager navigation, TimeProvider clock) : ErrorBoundary, IDisposable
{
    static readonly TimeSpan UntilDatabaseIsBack = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource gone = new();

    protected override void OnInitialized() => navigation.LocationChanged += OnMoved;

    // Another page is another chance.
    void OnMoved(object? sender, LocationChangedEventArgs moved)
    {
        if (CurrentException is not null)
        {
            _ = InvokeAsync(Recover);
        }
    }

    protected override async Task OnErrorAsync(Exception exception)
    {
        LogFailure(log, navigation.Uri, exception);
        if (LostDatabase.Is(exception))
        {
            // A restart of the database takes seconds; nobody should have to press a button for that.
            await Task.Delay(UntilDatabaseIsBack, clock, gone.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            Recover();
        }
    }

    public void Dispose()
    {
        navigation.LocationChanged -= OnMoved;
        gone.Cancel();
        gone.Dispose();
    }

    [LoggerMessage(9001, LogLevel.Error, "The page {Address} failed")]
    static partial void LogFailure(ILogger logger, string address, Exception exception);
}
