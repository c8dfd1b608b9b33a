using CowansDashboard.Stores;

namespace CowansDashboard.Web.Accounts;

/// <summary>The steps of the first administrator: they are open until one shop was pulled.</summary>
public static class FirstRun
{
    public const string Path = "/first-run";

    // Where somebody without a shop has something to do.
    private static readonly string[] Reachable = [Path, "/settings", "/password", "/_kit"];

    /// <summary>Whether an administrator who has no shop yet is led from this page to the first steps.</summary>
    public static bool LeadsAway(string path) => !Reachable.Any(start => path == start || path.StartsWith(start + "/", StringComparison.Ordinal));

    /// <summary>Where an administrator goes after the door: to the first steps, or where they wanted to go.</summary>
    public static async Task<string> Or(string wanted, ListStores stores, CancellationToken cancel)
    {
        var all = await stores.List(cancel);
        var path = wanted.Split('?', '#')[0];
        return all.Count == 0 ? LeadsAway(path) ? Path : wanted
            : path == "/" && all.All(store => store.DataAsOf is null && store.LastFullPullAt is null) ? Path : wanted;
    }

    public static async Task<bool> IsOpen(ListStores stores, CancellationToken cancel) =>
        (await stores.List(cancel)).All(store => store.DataAsOf is null && store.LastFullPullAt is null);
}
