using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>Keeps a page's failure inside the page: the frame stays, and trying again is one press.</summary>
public sealed partial class PageBoundary(ILogger<PageBoundary> log, NavigationManager navigation) : ErrorBoundary, IDisposable
{
    protected override void OnInitialized() => navigation.LocationChanged += OnMoved;

    // Another page is another chance.
    void OnMoved(object? sender, LocationChangedEventArgs moved)
    {
        if (CurrentException is not null)
        {
            _ = InvokeAsync(Recover);
        }
    }

    protected override Task OnErrorAsync(Exception exception)
    {
        LogFailure(log, navigation.Uri, exception);
        return Task.CompletedTask;
    }

    public void Dispose() => navigation.LocationChanged -= OnMoved;

    [LoggerMessage(9001, LogLevel.Error, "The page {Address} failed")]
    static partial void LogFailure(ILogger logger, string address, Exception exception);
}
