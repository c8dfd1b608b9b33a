using System.Collections.Concurrent;
using CowansDashboard.Runs.Progress;
using Microsoft.AspNetCore.SignalR;

namespace CowansDashboard.Web.Runs;

/// <summary>
/// What each connection of the hub watches. Each watch sends at the pace of its own connection: a slow one skips old
/// snapshots and holds up nobody.
/// </summary>
public sealed partial class ProgressWatches(IHubContext<ProgressHub> hub, TimeProvider clock, ILogger<ProgressWatches> log)
{
    private const int MostPerConnection = 100;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, CancellationTokenSource>> _watches = new();

    public Task Begin(HubCallerContext caller, string name, Func<CancellationToken, IAsyncEnumerable<RunSnapshot>> watch)
    {
        var own = _watches.GetOrAdd(caller.ConnectionId, _ => new());
        if (own.Count >= MostPerConnection)
            throw new HubException($"One connection watches {MostPerConnection} runs or stores at most.");
        var stop = CancellationTokenSource.CreateLinkedTokenSource(caller.ConnectionAborted);
        var cancel = stop.Token;
        var snapshots = watch(cancel);
        if (own.TryAdd(name, stop))
            _ = Send(caller, new(name, stop), own, snapshots, cancel);
        else
            stop.Dispose();
        return Task.CompletedTask;
    }

    public Task End(HubCallerContext caller, string name) =>
        _watches.TryGetValue(caller.ConnectionId, out var own) ? End(own, name) : Task.CompletedTask;

    public async Task EndAll(HubCallerContext caller)
    {
        if (!_watches.TryRemove(caller.ConnectionId, out var own))
            return;
        foreach (var name in own.Keys)
            await End(own, name);
    }

    // Whoever takes a watch out of the list disposes of its source. It is out at once, before it has unwound, so that
    // the next Watch of the same name begins another.
    private static async Task End(ConcurrentDictionary<string, CancellationTokenSource> own, string name)
    {
        if (!own.TryRemove(name, out var stop))
            return;
        await stop.CancelAsync();
        stop.Dispose();
    }

    private async Task Send(
        HubCallerContext caller, KeyValuePair<string, CancellationTokenSource> watch, ConcurrentDictionary<string, CancellationTokenSource> own,
        IAsyncEnumerable<RunSnapshot> snapshots, CancellationToken cancel)
    {
        try
        {
            var client = hub.Clients.Client(caller.ConnectionId);
            await foreach (var snapshot in snapshots)
                await client.SendAsync("progress", RunStatusData.Of(snapshot, clock.GetUtcNow()), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            // The border of a watch: nobody awaits it. Better a closed connection, which the client opens again, than a silent one.
            LogEnded(watch.Key, error);
            caller.Abort();
        }
        finally
        {
            if (own.TryRemove(watch))
                watch.Value.Dispose();
        }
    }

    [LoggerMessage(2060, LogLevel.Warning, "The watch of {Name} ended, its connection is closed")]
    private partial void LogEnded(string name, Exception error);
}
