using System.Data.Common;
using CowansDashboard.Data;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>
/// A component that follows something live: it subscribes in OnInitialized with <see cref="Watch"/>, is drawn again
/// at most ten times a second however often it is told, and lets go of everything when it leaves the page.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan UntilDatabaseIsBack = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource gone = new();
    readonly List<IDisposable> watched = [];
    ITimer? later;
    long lastDrawn;
    int waiting;
    bool drawing;
    bool again;
    bool aged;

    [Inject] TimeProvider Time { get; set; } = default!;

    protected LiveComponent() => Gone = gone.Token;

    /// <summary>Ends when the component leaves the page. Work that goes on a moment longer may still ask for it.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>Something that a person asked for is being done.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Why what a person asked for last was not done; null when it was.</summary>
    protected string? Trouble { get; set; }

    /// <summary>Does what a person asked for; a database that is away is said, and is no reason to take the page away.</summary>
    protected async Task Guarded(Func<Task> work)
    {
        (IsBusy, Trouble) = (true, null);
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // It left the page meanwhile.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Trouble = "The database does not answer. Try again in a moment.";
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>Subscribes to a feed; its word draws this component again.</summary>
    protected void Watch(Func<Action, IDisposable> subscribe) => watched.Add(subscribe(Refresh));

    /// <summary>Reads an endless feed until the component leaves the page; each value draws it again.</summary>
    protected void Follow<T>(IAsyncEnumerable<T> feed, Action<T> take) => _ = InvokeAsync(() => FollowAsync(feed, take));

    /// <summary>Keeps a subscription that does its own work until the component leaves the page.</summary>
    protected void Keep(IDisposable subscription) => watched.Add(subscription);

    /// <summary>Asks to be drawn again. From any thread; many calls within a tenth of a second draw once.</summary>
    protected void Refresh()
    {
        if (gone.IsCancellationRequested || Interlocked.Exchange(ref waiting, 1) == 1)
        {
            return;
        }
        var since = lastDrawn == 0 ? Pause : Time.GetElapsedTime(lastDrawn);
        if (since >= Pause)
        {
            Draw(null);
        }
        else
        {
            later?.Dispose();
            later = Time.CreateTimer(Draw, null, Pause - since, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What is shown has aged: it is read again before the component is drawn next.</summary>
    protected void MarkAged() => aged = true;

    /// <summary>Reads again what has aged. When the database is away it is called again once that is back.</summary>
    protected virtual Task ReadAgainAsync() => Task.CompletedTask;

    /// <summary>Work to do before the component is drawn again because of a feed.</summary>
    protected virtual Task BeforeRefreshAsync() => Task.CompletedTask;

    void Draw(object? _)
    {
        if (!gone.IsCancellationRequested)
        {
            // DispatchExceptionAsync is the border: a failing refresh reaches the error boundary, not the feed.
            _ = InvokeAsync(DrawAsync);
        }
    }

    async Task FollowAsync<T>(IAsyncEnumerable<T> feed, Action<T> take)
    {
        try
        {
            await foreach (var value in feed.WithCancellation(Gone))
            {
                take(value);
                Refresh();
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // It left the page meanwhile.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    // What ages while it is read is read once more.
    async Task ReadAged()
    {
        aged = false;
        try
        {
            await ReadAgainAsync();
        }
        catch
        {
            aged = true;
            throw;
        }
    }

    // One at a time: what is told while a drawing still reads is drawn right after it.
    async Task DrawAsync()
    {
        if (drawing)
        {
            again = true;
            return;
        }
        drawing = true;
        try
        {
            do
            {
                again = false;
                lastDrawn = Time.GetTimestamp();
                Interlocked.Exchange(ref waiting, 0);
                if (aged)
                {
                    await ReadAged();
                }
                await BeforeRefreshAsync();
                StateHasChanged();
            }
            while (again && !gone.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // It left the page meanwhile.
        }
        catch (DbException away) when (away.IsTransient || LostDatabase.Is(away))
        {
            // What is shown stays; a restart of the database is no reason to take a page away.
            later?.Dispose();
            later = Time.CreateTimer(Draw, null, UntilDatabaseIsBack, Timeout.InfiniteTimeSpan);
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
        finally
        {
            drawing = false;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || gone.IsCancellationRequested)
        {
            return;
        }
        gone.Cancel();
        later?.Dispose();
        watched.ForEach(each => each.Dispose());
        gone.Dispose();
    }
}
