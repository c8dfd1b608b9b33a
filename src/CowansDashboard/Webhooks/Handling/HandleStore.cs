using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CowansDashboard.Data;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>Handles a batch of one store's deliveries: what they say about the same thing is done once.</summary>
internal sealed class HandleStore(
    NpgsqlDataSource database, ConnectStore stores, ReadStoreAge age, DeliveryQueue queue, RereadNotes notes, ApplyAppEvents app, Redact redact)
{
    private const string SaysNothing = "The body names no id that could be read.";
    private const string FirstPull = "It waits for the first pull of the shop to end.";

    private readonly ConcurrentDictionary<long, ThrottleGovernor> _budgets = [];

    /// <summary>Its budget is nearly used up: reading several products at once costs no more than reading one.</summary>
    public bool IsShortOfPoints(long storeId) => _budgets.TryGetValue(storeId, out var budget)
        && budget.Reading is { MaximumAvailable: > 0 } now && (now.Waiting > 0 || now.CurrentlyAvailable < now.MaximumAvailable / 4);

    public async Task Handle(long storeId, IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        var by = deliveries.ToLookup(one => one.Meaning.Action);
        await queue.Settle([.. by[DeliveryAction.Ignore].Select(one => new SettledDelivery(one, DeliveryOutcome.Ignored)),
            .. by[DeliveryAction.Note].Select(one => new SettledDelivery(one, DeliveryOutcome.Noted))], cancel);
        await Wake(storeId, [.. by[DeliveryAction.BulkEnded]], cancel);
        await queue.Fail(by[DeliveryAction.Unreadable], SaysNothing, isHopeless: true, cancel);
        await redact.Apply([.. by[DeliveryAction.Redact]], cancel);
        if (deliveries.All(one => one.IsSettled))
            return;
        if (await IsRemoved(storeId, cancel))
        {
            await queue.Settle([.. deliveries.Where(one => !one.IsSettled).Select(one => new SettledDelivery(one, DeliveryOutcome.Ignored))], cancel);
            return;
        }

        var scope = await Scope(storeId, cancel);
        _budgets[storeId] = scope.Admin.Governor;
        scope = scope with { Admin = scope.Admin.Brief };
        var isAway = false;
        if (by[DeliveryAction.Uninstalled].Concat(by[DeliveryAction.Scopes]).ToArray() is { Length: > 0 } ofApp)
            await Apart(ofApp, () => app.Apply(scope, ofApp, cancel));
        if (!(await age.Read(storeId, cancel)).EverPulled)
        {
            await BeforeFirstPull(storeId, deliveries, cancel);
            return;
        }
        if (by[DeliveryAction.Locations].ToArray() is { Length: > 0 } ofLocations)
            await Apart(ofLocations, () => new ApplyLocations(scope).Apply(ofLocations, cancel));
        ClaimedDelivery[] ofProducts = [.. by[DeliveryAction.Product], .. by[DeliveryAction.ProductOfItem]];
        await Apart(ofProducts, async () => await new ApplyProducts(scope).Apply(await Products(scope, by, cancel), Fail, cancel));
        ClaimedDelivery[] ofLevels = [.. by[DeliveryAction.Level], .. by[DeliveryAction.Item]];
        await Apart(ofLevels, () => new ApplyLevels(scope).Apply(ofLevels, Fail, cancel));
        await Apart([.. by[DeliveryAction.Collection]], () => new ApplyCollections(scope).Apply(Grouped(by[DeliveryAction.Collection]), Fail, cancel));

        // The first that gets through after Shopify was away calls the others.
        if (!isAway && deliveries.Any(one => one.Postponed > 0))
            await queue.Retry(storeId, cancel);

        // What one kind of thing cannot do, such as read stock without the scope for it, uses up no attempt of the others.
        async Task Apart(ClaimedDelivery[] these, Func<Task> apply)
        {
            try
            {
                await apply();
            }
            catch (Exception error) when (IsTheirs(error))
            {
                await Fail(these, error);
            }
        }

        // That the shop answers nobody at the moment is no fault of what it told.
        Task Fail(IEnumerable<ClaimedDelivery> failed, Exception error)
        {
            if (error is not ShopifyFaultException { Fault: var fault } || !IsAway(fault))
                return queue.Fail(failed, error.Message, isHopeless: false, cancel);
            isAway = true;
            return queue.Postpone(failed, fault.Message, isOutage: fault is ShopifyFault.Unreachable or ShopifyFault.Throttled or ShopifyFault.Http { CanRetry: true }, cancel);
        }
    }

    // Whichever node watches the operation looks at once.
    private async Task Wake(long storeId, ClaimedDelivery[] ended, CancellationToken cancel)
    {
        foreach (var id in ended.Select(one => one.Meaning.EntityId).OfType<long>().Distinct())
        {
            await using var tell = database.CreateCommand($"select pg_notify('{ListenForWebhooks.BulkChannel}', shop || ' ' || $2) from stores where id = $1");
            tell.Parameters.Add(new() { Value = storeId });
            tell.Parameters.Add(new() { Value = id.ToString(CultureInfo.InvariantCulture) });
            await tell.ExecuteNonQueryAsync(cancel);
        }
        await queue.Settle([.. ended.Select(one => new SettledDelivery(one, DeliveryOutcome.Noted))], cancel);
    }

    // Nobody looks at the copy of a shop that was removed here; when it is connected again, it is pulled.
    private async Task<bool> IsRemoved(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select deleted_at is not null from stores where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    // A copy of a few products would look like the shop. What is told before the first pull, that pull brings.
    private async Task BeforeFirstPull(long storeId, IReadOnlyCollection<ClaimedDelivery> deliveries, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select exists (select from runs where store_id = $1 and kind = $2 and finished_at is null)");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = StartPull.Full.Name });
        if (await command.ExecuteScalarAsync(cancel) is true)
            await queue.Await(deliveries, FirstPull, cancel);
        else
            await queue.Settle([.. deliveries.Where(one => !one.IsSettled).Select(one => new SettledDelivery(one, DeliveryOutcome.Noted))], cancel);
    }

    /// <summary>Reads what was noted a moment ago: stock, memberships, and collections that products have entered or left.</summary>
    /// <param name="storeId">Whose.</param>
    /// <param name="noted">What; each is over, or noted for later, when this returns.</param>
    /// <param name="failed">Hears how many could not be read, and why.</param>
    /// <param name="cancel">Begins no further read; what is not over then is still claimed.</param>
    public async Task Reread(long storeId, IReadOnlyCollection<NotedReread> noted, Action<int, Exception> failed, CancellationToken cancel)
    {
        var scope = await Scope(storeId, cancel);
        await Part(RereadNotes.Item, items => new ApplyLevels(scope).Read(Empty(items), Throw, cancel));
        await Part(RereadNotes.Membership, async products =>
        {
            var concerned = await new ConcernedCollections(storeId, database, scope.Admin).Of(products, cancel);
            await scope.Write(async connection =>
            {
                await notes.Note(connection, storeId, RereadNotes.Collection, concerned, cancel);
                return ([], false);
            }, cancel);
        });
        await Part(RereadNotes.Collection, collections => new ApplyCollections(scope).Apply(Empty(collections), Throw, cancel));

        // Some at a time, each over by itself: neither one that cannot be read nor the end of patience takes the others' reading back.
        async Task Part(string entity, Func<long[], Task> read)
        {
            foreach (var some in noted.Where(one => one.Entity == entity).OrderBy(one => one.EntityId).Chunk(RereadNotes.Together))
            {
                try
                {
                    await read([.. some.Select(one => one.EntityId)]);
                    await notes.Finish(some, cancel);
                }
                catch (Exception error) when (IsTheirs(error))
                {
                    await (error is ShopifyFaultException { Fault: var fault } && IsAway(fault) ? notes.Postpone(some, cancel) : notes.Fail(some, cancel));
                    failed(some.Length, error);
                }
            }
        }

        static Task Throw(IEnumerable<ClaimedDelivery> deliveries, Exception error) => Task.FromException(error);
    }

    /// <summary>Shopify answers nobody at the moment, or not this shop.</summary>
    private static bool IsAway(ShopifyFault fault) => fault is ShopifyFault.Unauthorized or ShopifyFault.TokenRefused or ShopifyFault.ShopInactive
        or ShopifyFault.DailyLimit or ShopifyFault.Throttled or ShopifyFault.Unreachable
        or ShopifyFault.Http
        {
            Status: HttpStatusCode.PaymentRequired or HttpStatusCode.Locked or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        };

    /// <summary>Not of the shop, the database or the time that is left, which concern everything.</summary>
    private static bool IsTheirs(Exception error) => error is not (OperationCanceledException or StoreNotConnectedException) && !LostDatabase.Is(error);

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
