using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Events about this app itself. The topic is no signed word: that the app was taken out of the shop is believed when Shopify
/// lets us in no more.
/// </summary>
internal sealed class ApplyAppEvents(DeliveryQueue queue, TestConnection test, LoseConnection lose, PauseRuns pause)
{
    private const string Uninstalled = "The app was taken out of the shop in Shopify. Install it again, then test the connection in Settings.";

    public async Task Apply(HandlingScope scope, IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        if (deliveries.Any(one => one.Meaning.Action == DeliveryAction.Uninstalled) && await IsOut(scope.Admin, cancel))
        {
            await lose.Lose(scope.StoreId, Uninstalled, cancel);
            await pause.Pause(scope.StoreId, Uninstalled, cancel);
        }
        else if (deliveries.Any(one => one.Meaning.Action == DeliveryAction.Scopes))
        {
            // It keeps the scopes that Shopify names.
            await test.Test(scope.StoreId, cancel);
        }
        await queue.Settle([.. deliveries.Select(delivery => new SettledDelivery(delivery, DeliveryOutcome.Noted))], cancel);
    }

    private static async Task<bool> IsOut(ShopifyAdmin admin, CancellationToken cancel)
    {
        try
        {
            await admin.Send(Queries.Shop(), Lane.Background, cancel);
            return false;
        }
        catch (ShopifyFaultException refused) when (refused.Fault is ShopifyFault.Unauthorized or ShopifyFault.TokenRefused)
        {
            return true;
        }
    }
}
