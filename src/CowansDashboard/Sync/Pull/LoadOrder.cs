namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Lets every kind be fetched at once and loaded as soon as it and what it refers to are there, a few at a time:
/// one result is parsed while PostgreSQL writes another. Of those that could be loaded the first of the list comes first.
/// </summary>
public static class LoadOrder
{
    /// <param name="kinds">What to pull; parents before children, and large results before small ones, so that none is left over at the end.</param>
    /// <param name="atOnce">How many results are loaded side by side.</param>
    /// <param name="fetch">Makes a kind's results ready.</param>
    /// <param name="load">Brings them into the copy.</param>
    /// <param name="cancel">Stops all of it; so does the first failure.</param>
    public static async Task Run(
        IReadOnlyList<PullKind> kinds, int atOnce, Func<PullKind, CancellationToken, Task> fetch, Func<PullKind, CancellationToken, Task> load, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetching = kinds.ToDictionary(kind => kind.Name, kind => Begin(fetch, kind));
        var loading = new Dictionary<string, Task>();
        var running = new HashSet<Task>(fetching.Values);
        try
        {
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
                var free = atOnce - loading.Values.Count(task => !task.IsCompleted);
                foreach (var kind in kinds.Where(IsReady).Take(free).ToList())
                    running.Add(loading[kind.Name] = Begin(load, kind));
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
        async Task Begin(Func<PullKind, CancellationToken, Task> work, PullKind kind) => await work(kind, stop.Token);

        bool IsReady(PullKind kind) =>
            !loading.ContainsKey(kind.Name) && fetching[kind.Name].IsCompletedSuccessfully
            && kind.After.Where(fetching.ContainsKey).All(parent => loading.TryGetValue(parent, out var task) && task.IsCompletedSuccessfully);
    }
}
