using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>Reads collections again by id, with all members, and merges each as a pull does; one that Shopify answers with null is gone.</summary>
internal sealed class ApplyCollections(HandlingScope scope)
{
    private const long OutsideOfRuns = 0;

    public Task Apply(IReadOnlyDictionary<long, List<ClaimedDelivery>> collections, Func<IEnumerable<ClaimedDelivery>, Exception, Task> failed, CancellationToken cancel) =>
        PacedWorkers.For(scope.Admin).Run(collections.Keys.Order(), async (id, stop) =>
        {
            try
            {
                await Apply(id, collections[id], stop);
            }
            catch (Exception error) when (error is Npgsql.PostgresException or InvalidOperationException or FormatException)
            {
                await failed(collections[id], error);
            }
        }, null, cancel);

    private async Task Apply(long id, List<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var read = await new ReadCollections(scope.Admin, scope.Database).Read([id], cancel);
            await ReadMembers(read, cancel);
            // What is made of this collection, or leaves it out, moves with it and says nothing.
            var above = await CollectionsAbove.Add(scope.Database, scope.StoreId, OutsideOfRuns, [id], cancel);
            try
            {
                await scope.Write(async connection =>
                {
                    var counts = await new MergeCollections(scope.StoreId, null).Merge(connection, read, cancel);
                    if (counts.Failed == 0)
                        await SettleDrift.Collections(connection, scope.StoreId, null, [.. read.Collections.Where(one => one.IsWhole).Select(one => one.ShopifyId)], cancel);
                    var outcome = Outcome(counts, isGone: read.Gone.Count > 0);
                    var changeSet = await OpenRemoteChangeSet.Opened(connection, cancel);
                    if (outcome != DeliveryOutcome.Unchanged)
                        await scope.Notes.Note(connection, scope.StoreId, RereadNotes.Collection, above.Where(one => one != id), cancel);
                    return ([.. deliveries.Select(delivery => new SettledDelivery(delivery, outcome, changeSet))], outcome != DeliveryOutcome.Unchanged);
                }, cancel);
                return;
            }
            catch (Exception clash) when (attempt < HandlingScope.MostAttempts && HandlingScope.IsClash(clash))
            {
                // Somebody else wrote it meanwhile: what was read is already old.
            }
        }
    }

    // A membership is kept between rows that are there.
    private async Task ReadMembers(CollectionsRead read, CancellationToken cancel)
    {
        var unknown = await UnknownMembers.Of(scope.Database, scope.StoreId, read, cancel);
        if (unknown.Length > 0)
            await new ApplyProducts(scope).Apply(unknown.ToDictionary(id => id, _ => new List<ClaimedDelivery>()), (_, error) => Task.FromException(error), cancel);
    }

    private static string Outcome(MergeCounts counts, bool isGone) => counts switch
    {
        { Deleted: > 0 } when isGone => DeliveryOutcome.Deleted,
        { Conflicts: > 0 } => DeliveryOutcome.Conflict,
        { Inserted: > 0 } or { Updated: > 0 } or { Deleted: > 0 } => DeliveryOutcome.Changed,
        _ => DeliveryOutcome.Unchanged,
    };
}
