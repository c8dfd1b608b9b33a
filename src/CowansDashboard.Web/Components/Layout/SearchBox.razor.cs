using CowansDashboard.Web.Components.Products;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>
/// The search of every page. In the list of products it searches while one types, within the filters that are set;
/// elsewhere Enter leads there, and the box says so.
/// </summary>
public sealed partial class SearchBox(NavigationManager navigation, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(275);

    private CancellationTokenSource? waiting;
    private string typed = "", asked = "";
    private bool stepTaken;

    private bool InList => new Uri(navigation.Uri).AbsolutePath == GridState.Path;

    private bool Waits => typed.Trim() is { Length: > 0 } words && (!InList || words != asked);

    protected override void OnInitialized()
    {
        typed = asked = Shown();
        navigation.LocationChanged += Moved;
    }

    private string Shown() => InList ? GridState.Read(navigation.Uri).Filter.Search : "";

    // What was typed since the search went out stays; what a chip, a link or the back button changed is shown.
    private void Moved(object? sender, LocationChangedEventArgs moved) => _ = InvokeAsync(() =>
    {
        if (Shown() is var now && now != asked)
        {
            (typed, asked, stepTaken) = (now, now, false);
        }
        StateHasChanged();
    });

    private async Task Wait()
    {
        Forget();
        if (!InList)
        {
            return;
        }
        var mine = waiting = new();
        try
        {
            await Task.Delay(Pause, clock, mine.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        // The letters of one word are one step of the history, not five.
        Go(replace: stepTaken);
        stepTaken = true;
    }

    private void Search()
    {
        Forget();
        Go(replace: stepTaken && InList);
        stepTaken = false;
    }

    private void Go(bool replace)
    {
        var state = InList ? GridState.Read(navigation.Uri) : new();
        var next = state.With(state.Filter with { Search = typed.Trim() });
        if (InList && next.Filter == state.Filter)
        {
            return;
        }
        asked = next.Filter.Search;
        navigation.NavigateTo(next.ToUrl(), replace: replace);
    }

    private void Forget()
    {
        waiting?.Cancel();
        waiting?.Dispose();
        waiting = null;
    }

    public void Dispose()
    {
        navigation.LocationChanged -= Moved;
        Forget();
    }
}
