using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>Brings the runs of one store into the frame of one browser tab, live, until it looks at another store.</summary>
public sealed partial class FollowRuns(RunFeed runs, ShellFeed feed, TimeProvider clock, ILogger<FollowRuns> log)
{
    static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    readonly DateTimeOffset opened = clock.GetUtcNow();
    readonly Dictionary<long, RunSnapshot> known = [];
    readonly HashSet<long> seen = [];
    readonly Lock gate = new();

    /// <param name="onFinished">Called when a run has ended: the data may be newer now.</param>
    public async Task Follow(long storeId, Func<Task> onFinished, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Forget();
                await foreach (var run in runs.WatchStore(storeId, cancel))
                {
                    if (Keep(run))
                    {
                        await onFinished();
                    }
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            // A page must outlive its database's restart: whatever it was, it is tried again.
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                LogLost(log, storeId, failure);
                await Task.Delay(TryAgain, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The tray was looked at: what has ended need not be shown again.</summary>
    public void MarkSeen()
    {
        lock (gate)
        {
            seen.UnionWith(known.Values.Where(run => run.Status.IsFinished()).Select(run => run.Id));
        }
        Show();
    }

    void Forget()
    {
        lock (gate)
        {
            known.Clear();
        }
    }

    bool Keep(RunSnapshot run)
    {
        bool ended;
        lock (gate)
        {
            ended = run.Status.IsFinished() && known.TryGetValue(run.Id, out var before) && !before.Status.IsFinished();
            known[run.Id] = run;
            foreach (var old in known.Values.Where(each => each.Status.IsFinished()).OrderByDescending(each => each.Id).Skip(20).ToList())
            {
                known.Remove(old.Id);
            }
        }
        Show();
        return ended;
    }

    void Show()
    {
        lock (gate)
        {
            var shown = ShellRunReading.Pick(known.Values, seen, opened);
            var budget = ShellRunReading.Budget(known.Values);
            feed.Set(state => state with { Runs = state.Runs.SequenceEqual(shown) ? state.Runs : shown, Budget = budget });
        }
    }

    [LoggerMessage(9002, LogLevel.Warning, "Runs of store {Store} cannot be followed at the moment; trying again")]
    static partial void LogLost(ILogger logger, long store, Exception exception);
}
