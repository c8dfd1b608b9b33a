using System.Net;
using CowansDashboard.History;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// Reads products again by id, a few at a time, and merges them as a pull does: conflicts, echoes of our own pushes and history
/// come out the same. One that cannot be merged does not keep its neighbours back.
/// </summary>
internal sealed class ApplyProducts(HandlingScope scope)
{
    private const int Enough = 3;

    /// <param name="products">Shopify's ids, each with the deliveries about it; those of a product read for another reason are none.</param>
    /// <param name="failed">Gets those that could not be merged.</param>
    /// <param name="cancel">Begins no further read.</param>
    public Task Apply(IReadOnlyDictionary<long, List<ClaimedDelivery>> products, Func<IEnumerable<ClaimedDelivery>, Exception, Task> failed, CancellationToken cancel) =>
        PacedWorkers.For(scope.Admin).Run(products.Keys.Order().Chunk(ReadProducts.AtOnce), async (chunk, stop) =>
        {
            try
            {
                await Apply(chunk, products, stop);
            }
            catch (Exception error) when (error is Npgsql.PostgresException or InvalidOperationException or FormatException || chunk.Length > 1 && IsTooMuch(error))
            {
                // Three of them alone, and Shopify got through with none: it is not their fault. Which three is left to chance, since
                // they come back together: the same three that Shopify cannot read would keep the others unread for ever.
                var (tried, tooMuch, last) = (0, 0, error);
                Random.Shared.Shuffle(chunk);
                foreach (var id in chunk)
                {
                    if (tooMuch >= Enough && tooMuch == tried)
                    {
                        await failed(products[id], last);
                        continue;
                    }
                    tried++;
                    try
                    {
                        await Apply([id], products, stop);
                    }
                    catch (Exception alone) when (alone is not OperationCanceledException)
                    {
                        tooMuch += IsTooMuch(alone) ? 1 : 0;
                        last = alone;
                        await failed(products[id], alone);
                    }
                }
            }
        }, null, cancel);

    /// <summary>Shopify did not get through with what was asked: one product may be to blame.</summary>
    private static bool IsTooMuch(Exception error) => error is ShopifyFaultException
    {
        Fault: ShopifyFault.Http { Status: HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout }
    };

    private async Task Apply(long[] ids, IReadOnlyDictionary<long, List<ClaimedDelivery>> products, CancellationToken cancel)
    {
        var left = ids;
        var heardAt = ids.SelectMany(id => products[id]).Select(one => one.HeardAt).DefaultIfEmpty(scope.Admin.Clock.GetUtcNow()).Min();
        for (var attempt = 1; left.Length > 0; attempt++)
        {
            var read = await new ReadProducts(scope.Admin, scope.Database, Lane.Background, scope.StoreId).Read(left, cancel);
            try
            {
                long[] again = [];
                await scope.Write(async connection =>
                {
                    var look = new LookAtMerged(scope.StoreId, heardAt);
                    await look.Before(connection, read, cancel);
                    var counts = await new MergeProducts(scope.StoreId, null).Merge(connection, read, cancel);
                    var seen = await look.After(connection, read, cancel);
                    // A later read has written one of its rows: what was read is already old. That one was begun after these deliveries
                    // had come, so what they tell is in the copy; something that is written all the time is not read for ever.
                    long[] late = [.. counts.Reread.Distinct().Where(left.Contains)];
                    again = attempt == HandlingScope.MostAttempts ? [] : late;
                    if (counts.Failed == 0)
                        await SettleDrift.Products(connection, scope.StoreId, null, [.. left.Except(late)], areGone: false, cancel);
                    await scope.Notes.Note(connection, scope.StoreId, RereadNotes.Membership,
                        seen.Where(one => one.Value.MayHaveMoved).Select(one => one.Key), cancel);
                    await scope.Notes.Note(connection, scope.StoreId, RereadNotes.Collection, look.CollectionsOfGone, cancel);
                    var changeSet = await OpenRemoteChangeSet.Opened(connection, cancel);
                    return (Settled(left.Except(again), products, seen, changeSet), seen.Values.Any(one => one.Written || one is { IsGone: true, Existed: true }));
                }, cancel);
                left = again;
            }
            catch (Exception clash) when (attempt < HandlingScope.MostAttempts && HandlingScope.IsClash(clash))
            {
                // Somebody else wrote them meanwhile: what was read is already old.
            }
        }
    }

    private static List<SettledDelivery> Settled(
        IEnumerable<long> ids, IReadOnlyDictionary<long, List<ClaimedDelivery>> products, Dictionary<long, ProductSeen> seen, long? changeSet) =>
    [
        .. from id in ids
           from delivery in products[id]
           let one = seen.GetValueOrDefault(id)
           let outcome = one?.Outcome ?? DeliveryOutcome.Unchanged
           select new SettledDelivery(delivery, outcome, one is { Recorded: true } or { IsGone: true, Existed: true } ? changeSet : null),
    ];
}
