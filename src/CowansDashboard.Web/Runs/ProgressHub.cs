using CowansDashboard.Runs.Progress;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace CowansDashboard.Web.Runs;

/// <summary>
/// Live progress for programs: call Watch(runId) or WatchStore(storeId), then receive "progress" messages; ids as
/// strings. Unwatch(id) ends a watch.
/// </summary>
[Authorize]
public sealed class ProgressHub(RunFeed feed, ProgressWatches watches, ProgressAccounts accounts) : Hub
{
    public Task Watch(string runId) => watches.Begin(Context, $"run {runId}", cancel => feed.Watch(Id(runId, "runId"), cancel));

    public Task WatchStore(string storeId) => watches.Begin(Context, $"store {storeId}", cancel => feed.WatchStore(Id(storeId, "storeId"), cancel));

    public Task Unwatch(string runId) => watches.End(Context, $"run {runId}");

    public Task UnwatchStore(string storeId) => watches.End(Context, $"store {storeId}");

    public override Task OnConnectedAsync()
    {
        accounts.Add(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        accounts.Remove(Context);
        return watches.EndAll(Context);
    }

    private static long Id(string text, string name) =>
        long.TryParse(text, out var id) && id > 0 ? id : throw new HubException($"{name} is \"{text}\"; it should be a number of 1 or more, as a string.");
}
