using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Web.Components.Products;

/// <summary>Sends the status of products that were just deleted or restored to Shopify, and nothing else that waits of them.</summary>
public sealed class PushStatus(PreparePush prepare, ReadPushPlan read, StartPush start)
{
    /// <returns>The run; null where nothing waits, or where it cannot be sent yet, with the reason: then the plan stands among the others.</returns>
    public async Task<(long? RunId, string? WhyNot)> Push(long storeId, IReadOnlyCollection<long> products, AskedBy by, CancellationToken cancel)
    {
        var request = new PushRequest(storeId, products.Count == 1 ? "Status of a product" : $"Status of {products.Count} products", by) { ProductIds = products, OnlyStatus = true };
        if (await prepare.Prepare(request, cancel) is not PreparePushOutcome.Prepared { PlanId: var planId } || await read.Find(storeId, planId, cancel) is not { } plan)
            return (null, null);
        return await start.Start(storeId, planId, plan.Hash, by, cancel) switch
        {
            StartPushOutcome.Started started => (started.RunId, null),
            StartPushOutcome.Refused refused => (null, refused.Sentence),
            var other => throw new InvalidOperationException($"A push began with {other}."),
        };
    }
}
