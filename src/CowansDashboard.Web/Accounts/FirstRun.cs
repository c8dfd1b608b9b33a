using CowansDashboard.Stores;

namespace CowansDashboard.Web.Accounts;

/// <summary>The steps of the first administrator: they are open until one shop was pulled.</summary>
public static class FirstRun
{
    public const string Path = "/first-run";

    public static async Task<bool> IsOpen(ListStores stores, CancellationToken cancel) =>
        (await stores.List(cancel)).All(store => store.DataAsOf is null && store.LastFullPullAt is null);
}
