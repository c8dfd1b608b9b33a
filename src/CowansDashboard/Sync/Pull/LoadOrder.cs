namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Lets every kind be fetched at once and loaded as soon as it and what it refers to are there, a few at a time:
/// one result is parsed while PostgreSQL writes another.
/// </summary>
public static class LoadOrder
{
    /// <param name="kinds">What to pull; parents before children.</param>
    /// <param name="atOnce">How many results are loaded side by side.</param>
    /// <param name="fetch">Makes a kind's results ready.</param>
    /// <param name="load">Brings them into the copy.</param>
    /// <param name="cancel">Stops all of it; so does the first failure.</param>
    public static async Task Run(
        IReadOnlyList<PullKind> kinds, int atOnce, Func<PullKind, CancellationToken, Task> fetch, Func<PullKind, CancellationToken, Task> load, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var places = new SemaphoreSlim(atOnce);
        var loaded = new Dictionary<string, Task>();
        foreach (var kind in kinds)
        {
            Task[] before = [.. kind.After.Where(loaded.ContainsKey).Select(name => loaded[name])];
            loaded[kind.Name] = One(kind, before);
        }

        try
        {
            await Task.WhenAll(loaded.Values);
        }
        catch
        {
            // The first failure is the reason; that the others were stopped because of it is not.
            var reason = loaded.Values.FirstOrDefault(task => task.IsFaulted) ?? loaded.Values.First(task => task.IsCanceled);
            await reason;
        }

        async Task One(PullKind kind, Task[] before)
        {
            try
            {
                await fetch(kind, stop.Token);
                await Task.WhenAll(before);
                await places.WaitAsync(stop.Token);
                try
                {
                    await load(kind, stop.Token);
                }
                finally
                {
                    places.Release();
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
