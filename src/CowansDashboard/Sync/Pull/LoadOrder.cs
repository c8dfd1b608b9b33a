namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Lets every kind be fetched at once and loaded as soon as it and the rows that it refers to are there, a few at a time:
/// one result is parsed while PostgreSQL writes another. Of those that could be loaded the first of the list comes first.
/// </summary>
public static class LoadOrder
{
    /// <param name="kinds">What to pull; parents before children, and large results before small ones, so that none is left over at the end.</param>
    /// <param name="atOnce">How many results are loaded side by side.</param>
    /// <param name="fetch">Makes a kind's results ready.</param>
    /// <param name="load">Brings them into the copy, and calls as soon as the rows that others refer to are in: what else the result holds need not be waited for.</param>
    /// <param name="cancel">Stops all of it; so does the first failure.</param>
    public static async Task Run(
        IReadOnlyList<PullKind> kinds, int atOnce, Func<PullKind, CancellationToken, Task> fetch, Func<PullKind, Action, CancellationToken, Task> load, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetching = kinds.ToDictionary(kind => kind.Name, kind => Begin(() => fetch(kind, stop.Token)));
        var loading = new Dictionary<string, Task>();
        var referable = new Dictionary<string, TaskCompletionSource>();
        var running = new HashSet<Task>(fetching.Values);
        try
        {
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
                foreach (var name in loading.Where(one => one.Value.IsCompletedSuccessfully).Select(one => one.Key))
                    referable[name].TrySetResult();
                var free = atOnce - loading.Values.Count(task => !task.IsCompleted);
                foreach (var kind in kinds.Where(IsReady).Take(free).ToList())
                {
                    var rowsAreIn = referable[kind.Name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    running.Add(loading[kind.Name] = Begin(() => load(kind, () => rowsAreIn.TrySetResult(), stop.Token)));
                    running.Add(rowsAreIn.Task);
                }
            }
        }
        catch
        {
            // The first failure is the reason; that the others were stopped because of it is not.
            await stop.CancelAsync();
            await Task.WhenAll(fetching.Values.Concat(loading.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        // Never throws by itself: what goes wrong at once is a failure like any other.
        static async Task Begin(Func<Task> work) => await work();

        bool IsReady(PullKind kind) =>
            !loading.ContainsKey(kind.Name) && fetching[kind.Name].IsCompletedSuccessfully
            && kind.After.Where(fetching.ContainsKey).All(parent => referable.TryGetValue(parent, out var rowsAreIn) && rowsAreIn.Task.IsCompleted);
    }
}
