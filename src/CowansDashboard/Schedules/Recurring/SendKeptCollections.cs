using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>
/// Sends the collections that a kept rule has just made or put in order, and nothing else: one push plan of exactly these, in the name of
/// whoever set the rule. Above what one person may send it waits for a second one.
/// </summary>
public sealed class SendKeptCollections(PreparePush prepare, StartPush start, ReadPushPlan plans)
{
    /// <param name="storeId">The shop.</param>
    /// <param name="title">What the plan is called.</param>
    /// <param name="collections">Our ids.</param>
    /// <param name="by">Who set the rule.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="onlyOrder">Their order alone, and that they are sorted by hand: other edits that wait there stay, whoever makes them and whenever.</param>
    /// <returns>Whether it goes, and what became of it in a sentence.</returns>
    public async Task<(bool Goes, string Said)> Send(long storeId, string title, IReadOnlyCollection<long> collections, AskedBy by, CancellationToken cancel, bool onlyOrder = false)
    {
        if (await prepare.Prepare(new PushRequest(storeId, title, by) { CollectionIds = collections, NeedsApproval = by.Id is null, OnlyFields = onlyOrder ? Orders(collections) : null }, cancel) is not PreparePushOutcome.Prepared { PlanId: var plan })
            return (false, "Not sent: nothing of it can be.");
        if (await plans.Find(storeId, plan, cancel) is { WaitsForApproval: true })
            return (false, $"Not sent yet: a second person has to approve push plan {plan}.");
        return await start.Start(storeId, plan, null, by, cancel) is StartPushOutcome.Refused refused ? (false, $"Not sent: {refused.Sentence}") : (true, $"Push plan {plan} sends {(collections.Count == 1 ? "it" : "them")}.");
    }

    private static HashSet<(string, long, string)> Orders(IEnumerable<long> collections) =>
        [.. collections.SelectMany(id => new[] { (CatalogueFields.Collection, id, MemberOrder.Field), (CatalogueFields.Collection, id, "sort_order") })];
}
