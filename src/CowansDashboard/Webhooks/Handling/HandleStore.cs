using CowansDashboard.Shopify;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>Handles a batch of one store's deliveries: what they say about the same thing is done once.</summary>
internal sealed class HandleStore(NpgsqlDataSource database, ConnectStore stores, DeliveryQueue queue, RereadNotes notes, ApplyAppEvents app, Redact redact)
{
    private const string SaysNothing = "The body names no id that could be read.";

    public async Task Handle(long storeId, IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        var by = deliveries.ToLookup(one => one.Meaning.Action);
        await queue.Settle([.. by[DeliveryAction.Ignore].Select(one => new SettledDelivery(one, DeliveryOutcome.Ignored)),
            .. by[DeliveryAction.Note].Select(one => new SettledDelivery(one, DeliveryOutcome.Noted))], cancel);
        await queue.Fail(by[DeliveryAction.Unreadable], SaysNothing, isHopeless: true, cancel);
        await redact.Apply([.. by[DeliveryAction.Redact]], cancel);
        if (deliveries.All(one => one.IsSettled))
            return;

        var scope = await Scope(storeId, cancel);
        if (by[DeliveryAction.Uninstalled].Concat(by[DeliveryAction.Scopes]).ToArray() is { Length: > 0 } ofApp)
            await app.Apply(scope, ofApp, cancel);
        if (by[DeliveryAction.Locations].ToArray() is { Length: > 0 } ofLocations)
            await new ApplyLocations(scope).Apply(ofLocations, cancel);
        await new ApplyProducts(scope).Apply(await Products(scope, by, cancel), Fail, cancel);
        await new ApplyLevels(scope).Apply([.. by[DeliveryAction.Level], .. by[DeliveryAction.Item]], Fail, cancel);
        await new ApplyCollections(scope).Apply(Grouped(by[DeliveryAction.Collection]), Fail, cancel);

        Task Fail(IEnumerable<ClaimedDelivery> failed, Exception error) => queue.Fail(failed, error.Message, isHopeless: false, cancel);
    }

    /// <summary>Reads what was noted a moment ago: stock, memberships, and collections that products have entered or left.</summary>
    public async Task Reread(long storeId, IReadOnlyCollection<NotedReread> noted, CancellationToken cancel)
    {
        var scope = await Scope(storeId, cancel);
        long[] Of(string entity) => [.. noted.Where(one => one.Entity == entity).Select(one => one.EntityId)];
        await new ApplyLevels(scope).Read(Empty(Of(RereadNotes.Item)), Throw, cancel);
        if (Of(RereadNotes.Membership) is { Length: > 0 } products)
        {
            var concerned = await new ConcernedCollections(storeId, database, scope.Admin).Of(products, cancel);
            await scope.Write(async connection =>
            {
                await notes.Note(connection, storeId, RereadNotes.Collection, concerned, cancel);
                return ([], false);
            }, cancel);
        }
        await new ApplyCollections(scope).Apply(Empty(Of(RereadNotes.Collection)), Throw, cancel);

        static Task Throw(IEnumerable<ClaimedDelivery> deliveries, Exception error) => Task.FromException(error);
    }

    private async Task<HandlingScope> Scope(long storeId, CancellationToken cancel) => new(storeId, database, await stores.Connect(storeId, cancel), notes);

    // An event about an item is one about its product; of an item that the copy does not hold nothing can be wrong here.
    private async Task<Dictionary<long, List<ClaimedDelivery>>> Products(HandlingScope scope, ILookup<DeliveryAction, ClaimedDelivery> by, CancellationToken cancel)
    {
        var products = Grouped(by[DeliveryAction.Product]);
        var ofItems = by[DeliveryAction.ProductOfItem].ToArray();
        if (ofItems.Length == 0)
            return products;
        await using var command = database.CreateCommand("""
            select v.inventory_item_id, p.shopify_id from variants v join products p on p.id = v.product_id
            where v.store_id = $1 and v.inventory_item_id = any($2) and v.deleted_at is null and p.shopify_id is not null
            """);
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = ofItems.Select(one => one.Meaning.EntityId!.Value).Distinct().ToArray() });
        var productOf = new Dictionary<long, long>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                productOf[reader.GetInt64(0)] = reader.GetInt64(1);
        foreach (var delivery in ofItems)
            if (productOf.TryGetValue(delivery.Meaning.EntityId!.Value, out var product))
                (products.TryGetValue(product, out var known) ? known : products[product] = []).Add(delivery);
        await queue.Settle([.. ofItems.Where(one => !productOf.ContainsKey(one.Meaning.EntityId!.Value)).Select(one => new SettledDelivery(one, DeliveryOutcome.Noted))], cancel);
        return products;
    }

    private static Dictionary<long, List<ClaimedDelivery>> Grouped(IEnumerable<ClaimedDelivery> deliveries) =>
        deliveries.GroupBy(one => one.Meaning.EntityId!.Value).ToDictionary(group => group.Key, group => group.ToList());

    private static Dictionary<long, List<ClaimedDelivery>> Empty(long[] ids) => ids.ToDictionary(id => id, _ => new List<ClaimedDelivery>());
}
