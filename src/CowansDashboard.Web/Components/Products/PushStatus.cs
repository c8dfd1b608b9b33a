using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Web.Components.Products;

/// <summary>Sends the status of products that were just deleted or restored to Shopify, and nothing else that waits of them.</summary>
public sealed class PushStatus(PreparePush prepare, ReadPushPlan read, StartPush start)
{
    /// <returns>The run; null where nothing waits, or somebody has to approve it first: then the plan stands among the others.</returns>
    public async Task<long?> Push(long storeId, IReadOnlyCollection<long> products, AskedBy by, CancellationToken cancel)
    {
        var request = new PushRequest(storeId, products.Count == 1 ? "Status of a product" : $"Status of {products.Count} products", by) { ProductIds = products, OnlyStatus = true };
        if (await prepare.Prepare(request, cancel) is not PreparePushOutcome.Prepared { PlanId: var planId } || await read.Find(storeId, planId, cancel) is not { } plan)
            return null;
        return await start.Start(storeId, planId, plan.Hash, by, cancel) is StartPushOutcome.Started started ? started.RunId : null;
    }
}
