using System.Data.Common;
using CowansDashboard.Stores;

namespace CowansDashboard.Web.Security;

/// <summary>
/// Keeps the policy in step with the shops that are connected, here or on another node. No request waits for it, and
/// while the database is away the last one holds.
/// </summary>
public sealed class PictureHosts(IConfiguration configuration, ListStores stores, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Uri? _configured = Uri.TryCreate(configuration["Shopify:BaseUrl"], UriKind.Absolute, out var url) ? url : null;
    private ContentSecurityPolicy? _policy;

    public ContentSecurityPolicy Policy => _policy ??= Of([]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                _policy = Of(await stores.List(stoppingToken));
            }
            catch (Exception failure) when (failure is DbException or TimeoutException)
            {
                // The next time.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private ContentSecurityPolicy Of(IEnumerable<StoreRow> shops) => ContentSecurityPolicy.Of(shops.Select(shop => shop.Host).Append(_configured).OfType<Uri>());
}
