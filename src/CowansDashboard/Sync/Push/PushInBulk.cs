using CowansDashboard.Stores;

namespace CowansDashboard.Sync.Push;

public sealed class PushInBulk(PushScope scope, ShopifyHttp http, SyncOptions options)
{
    public Task Push(CancellationToken cancel) => Task.FromResult((scope, http, options, cancel));
}
