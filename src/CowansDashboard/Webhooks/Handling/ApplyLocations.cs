using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>Reads all locations again, once for all events about any of them.</summary>
internal sealed class ApplyLocations(HandlingScope scope)
{
    public async Task Apply(IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        var read = await new ReadLocations(scope.Admin, scope.Database).Read(cancel);
        await scope.Write(async connection =>
        {
            var counts = await new MergeLocations(scope.StoreId, null).Merge(connection, read, cancel);
            var outcome = counts.Inserted + counts.Updated + counts.Deleted > 0 ? DeliveryOutcome.Changed : DeliveryOutcome.Unchanged;
            return ([.. deliveries.Select(delivery => new SettledDelivery(delivery, outcome))], outcome == DeliveryOutcome.Changed);
        }, cancel);
    }
}
