using System.Collections.Concurrent;
using System.Data.Common;
using CowansDashboard.Accounts;
using Microsoft.AspNetCore.SignalR;

namespace CowansDashboard.Web.Runs;

/// <summary>
/// Closes the hub's connections of accounts that were closed or changed: a socket is authorized only once, when it is
/// opened. One timer for all of them.
/// </summary>
public sealed class ProgressAccounts(AccountStamps stamps, TimeProvider clock) : BackgroundService
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _open = new();

    public void Add(HubCallerContext caller) => _open[caller.ConnectionId] = caller;

    public void Remove(HubCallerContext caller) => _open.TryRemove(caller.ConnectionId, out _);

    public async Task Check(CancellationToken cancel)
    {
        foreach (var caller in _open.Values)
            if (!await IsCurrent(caller, cancel))
                caller.Abort();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AccountStamps.MaximumAge, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await Check(stoppingToken);
    }

    private async Task<bool> IsCurrent(HubCallerContext caller, CancellationToken cancel)
    {
        try
        {
            return caller.User is { AccountId: { } id } user && await stamps.IsCurrent(id, user.SecurityStamp ?? "", cancel);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            // The stamps bear with a short absence of the database; this one was too long to trust anybody.
            return false;
        }
    }
}
