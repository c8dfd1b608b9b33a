using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>What a forecast needs to know of a shop: its budget now, and what its latest pushes took.</summary>
public sealed class ReadPushFacts(NpgsqlDataSource database, ConnectStore stores)
{
    // Until a shop has answered once: the slowest plan's, which promises too little and never too much.
    private static readonly PushFacts Unknown = new(100, 0);

    public async Task<PushFacts> Read(long storeId, CancellationToken cancel)
    {
        var facts = Unknown;
        try
        {
            var admin = await stores.Connect(storeId, cancel);
            if (admin.Governor.Reading.RestoreRate == 0)
                await admin.Send(Queries.Shop(), Lane.Interactive, cancel);
            var reading = admin.Governor.Reading;
            if (reading.RestoreRate > 0)
                facts = new PushFacts(reading.RestoreRate, reading.CurrentlyAvailable);
        }
        catch (Exception away) when (away is ShopifyFaultException or StoreNotConnectedException)
        {
            // A plan needs no shop; only its forecast does.
        }
        foreach (var timing in await PushTimings.Latest(database, storeId, cancel))
            facts = facts.With(timing);
        return facts;
    }
}
