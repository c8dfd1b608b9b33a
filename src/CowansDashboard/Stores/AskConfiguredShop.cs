using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Stores;

/// <summary>
/// Asks the shop of the server's settings once, after the start and beside it, for its name, currency and time zone:
/// nobody has to press a test before prices and times are right, and a shop that does not answer holds up nothing.
/// </summary>
internal sealed partial class AskConfiguredShop(ListStores stores, TestConnection test, ILogger<AskConfiguredShop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if ((await stores.List(stoppingToken)).FirstOrDefault(store => store is { SetByServer: true, WasAsked: false }) is not { } store)
            return;
        try
        {
            var asked = await test.Test(store.Id, stoppingToken);
            foreach (var check in asked.Checks.Where(check => check.State is CheckState.Failed or CheckState.Warning))
                LogCheck(store.Shop, check.Name, check.Result, check.Why);
        }
        catch (StoreNotConnectedException)
        {
            // Removed meanwhile.
        }
    }

    [LoggerMessage(5104, LogLevel.Warning, "{Shop}: {Check}: {Result}. {Why}")]
    private partial void LogCheck(string shop, string check, string result, string why);
}
