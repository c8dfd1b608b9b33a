using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

public sealed record PushRequest(long StoreId, string Title, AskedBy AskedBy)
{
    /// <summary>Our ids; null for everything that waits in the store, or for no product where collections are named.</summary>
    public IReadOnlyCollection<long>? ProductIds { get; init; }

    /// <summary>Our ids of collections; null for all that wait, or for none where products are named.</summary>
    public IReadOnlyCollection<long>? CollectionIds { get; init; }

    /// <summary>Only their status, because they were deleted or restored; what else waits of them stays.</summary>
    public bool OnlyStatus { get; init; }

    /// <summary>Of the products and collections only these fields, whatever else waits, in the same rows too; a row that comes or goes is named without a field. Null for all that waits.</summary>
    public IReadOnlySet<(string Entity, long Id, string Field)>? OnlyFields { get; init; }

    /// <summary>Nothing is sent before a second person has approved the plan, also below the limit of the shop.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>direct or bulk, whatever would be quicker; null lets the plan choose.</summary>
    public string? Path { get; init; }
}

public abstract record PreparePushOutcome
{
    private PreparePushOutcome()
    {
    }

    public sealed record Prepared(long PlanId) : PreparePushOutcome;

    public sealed record NothingWaits(string Sentence) : PreparePushOutcome;
}

/// <summary>Makes a plan of what waits for Shopify and saves it. Nothing is sent; above the limit of the shop a second person approves it first.</summary>
public sealed class PreparePush(NpgsqlDataSource database, ReadPushFacts facts)
{
    private const int ProductsAtOnce = 1_000;

    public async Task<PreparePushOutcome> Prepare(PushRequest request, CancellationToken cancel)
    {
        var plan = new PushPlan(await facts.Read(request.StoreId, cancel));
        await using var connection = await database.OpenConnectionAsync(cancel);
        await PushScope.Quickly(connection, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var products = request.ProductIds?.Distinct().Order().ToArray()
            ?? (request.CollectionIds is null ? await ReadPendingChanges.Waiting(connection, request.StoreId, cancel) : []);
        var collections = request.CollectionIds?.Distinct().Order().ToArray()
            ?? (request.ProductIds is null ? await ReadPendingCollections.Waiting(connection, request.StoreId, cancel) : []);
        // Who is put into a collection goes with the collection where the plan holds that: many in one call, before its order, and once.
        var ofCollections = collections.ToHashSet();
        var planId = await Insert(connection, request, cancel);
        var any = false;
        foreach (var some in products.Chunk(ProductsAtOnce))
        {
            var mine = await OfStore(connection, "products", request.StoreId, some, cancel);
            var conflicts = (await PushRows.Conflicts(connection, mine, cancel)).ToHashSet();
            var items = new List<(long? CollectionId, long ProductId, string? Meaning, PlannedItem Item)>();
            foreach (var product in Wanted(Without(await ReadPendingChanges.Read(connection, mine, cancel), ofCollections), request.OnlyFields))
                items.AddRange(plan.Add(request.OnlyStatus ? Status(product) : product, conflicts)
                    .Select(item => ((long?)null, product.ProductId, item.Changes.Any(change => change.Field == "status") && item.Kind == PushKind.Update ? product.Meaning : null, item)));
            any |= items.Count > 0;
            await Copy(connection, planId, request.StoreId, items, cancel);
        }
        // After the products: one that is new must be in Shopify before a collection can hold it.
        foreach (var some in collections.Chunk(ProductsAtOnce))
        {
            var mine = await OfStore(connection, "collections", request.StoreId, some, cancel);
            var conflicts = (await CollectionRows.Conflicts(connection, mine, cancel)).ToHashSet();
            var items = new List<(long? CollectionId, long ProductId, string? Meaning, PlannedItem Item)>();
            foreach (var collection in Wanted(await ReadPendingCollections.Read(connection, mine, cancel), request.OnlyFields))
                items.AddRange(plan.Add(collection, conflicts).Select(item => ((long?)collection.CollectionId, 0L, (string?)null, item)));
            any |= items.Count > 0;
            await Copy(connection, planId, request.StoreId, items, cancel);
        }
        if (!any)
            return new PreparePushOutcome.NothingWaits(request switch
            {
                { ProductIds: null, CollectionIds: null } => "Nothing waits for Shopify in this store.",
                { ProductIds: null } => "Nothing of these collections waits for Shopify.",
                _ => "Nothing of these products waits for Shopify.",
            });
        await Complete(connection, planId, plan, request.Path, cancel);
        // What a schedule sends was approved with the schedule.
        if (request.AskedBy.Id is not null && plan.Products + plan.Collections + plan.Moved > (await ReadGuardLimits.Read(connection, request.StoreId, cancel)).MostPushed)
            await AskSecondPerson(connection, planId, cancel);
        await transaction.CommitAsync(cancel);
        return new PreparePushOutcome.Prepared(planId);
    }

    internal static async Task AskSecondPerson(NpgsqlConnection connection, long planId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("update push_plans set needs_approval = true, approved_hash = null, approved_by_id = null, approved_by_name = null, approved_at = null where id = $1", connection);
        command.Parameters.Add(new() { Value = planId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static PendingProduct Status(PendingProduct product) => product with
    {
        Entities = [.. product.Entities.Where(one => one is { Entity: "product", Kind: PushKind.Update } && one.Pending.ContainsKey("status"))
            .Select(one => one with { Pending = new JsonObject { ["status"] = one.Pending["status"]?.DeepClone() } })],
    };

    private static IEnumerable<PendingProduct> Without(IEnumerable<PendingProduct> products, HashSet<long> collections) => collections.Count == 0 ? products
        : products.Select(product => product with
        {
            Entities = [.. product.Entities.Where(entity => entity.Entity != CatalogueFields.Member || entity.Row["collection_id"] is not { } id || !collections.Contains(id.GetValue<long>()))],
        }).Where(product => product.Entities.Count > 0);

    private static IEnumerable<PendingProduct> Wanted(IEnumerable<PendingProduct> products, IReadOnlySet<(string, long, string)>? fields) => fields is null ? products
        : products.Select(product => product with { Entities = Wanted(product.Entities, fields) }).Where(product => product.Entities.Count > 0);

    private static IEnumerable<PendingCollection> Wanted(IEnumerable<PendingCollection> collections, IReadOnlySet<(string, long, string)>? fields) => fields is null ? collections
        : collections.Select(collection => collection with { Entities = Wanted(collection.Entities, fields) }).Where(collection => collection.Entities.Count > 0);

    private static IReadOnlyList<PendingEntity> Wanted(IReadOnlyList<PendingEntity> entities, IReadOnlySet<(string, long, string)> fields) =>
    [
        .. entities.Where(entity => entity.Kind == PushKind.Update || fields.Contains((entity.Entity, entity.Id, "")))
            .Select(entity => entity.Kind != PushKind.Update ? entity
                : entity with { Pending = new JsonObject(entity.Pending.Where(one => fields.Contains((entity.Entity, entity.Id, one.Key))).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()))) })
            .Where(entity => entity.Kind != PushKind.Update || entity.Pending.Count > 0),
    ];

    private static async Task<long> Insert(NpgsqlConnection connection, PushRequest request, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into push_plans (store_id, title, hash, path, reason, products, entities, fields, refused, operations, points, seconds, needs_approval, made_by_id, made_by_name)
            values ($1, $2, '', 'direct', '', 0, 0, 0, 0, 0, 0, 0, $3, $4, $5) returning id
            """, connection);
        command.Parameters.Add(new() { Value = request.StoreId });
        command.Parameters.Add(new() { Value = request.Title });
        command.Parameters.Add(new() { Value = request.NeedsApproval });
        command.Parameters.Add(new() { Value = (object?)request.AskedBy.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = request.AskedBy.Name });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<long[]> OfStore(NpgsqlConnection connection, string table, long storeId, long[] ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select coalesce(array_agg(id order by id), '{{}}') from {table} where store_id = $1 and id = any($2)", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task Copy(NpgsqlConnection connection, long planId, long storeId, List<(long? CollectionId, long ProductId, string? Meaning, PlannedItem Item)> items, CancellationToken cancel)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy push_items (plan_id, store_id, product_id, entity, entity_id, kind, fields, status, outcome, meaning, collection_id) from stdin (format binary)", cancel);
        foreach (var (collection, product, meaning, item) in items)
        {
            await writer.StartRowAsync(cancel);
            await writer.WriteAsync(planId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(storeId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(product, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(item.Entity, NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(item.EntityId, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(item.Kind.ToString().ToLowerInvariant(), NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(item.Fields().ToJsonString(), NpgsqlDbType.Jsonb, cancel);
            await writer.WriteAsync(PushItems.Word(item.Status), NpgsqlDbType.Text, cancel);
            foreach (var text in new[] { item.Outcome, meaning })
                if (text is null)
                    await writer.WriteNullAsync(cancel);
                else
                    await writer.WriteAsync(text, NpgsqlDbType.Text, cancel);
            if (collection is { } id)
                await writer.WriteAsync(id, NpgsqlDbType.Bigint, cancel);
            else
                await writer.WriteNullAsync(cancel);
        }
        await writer.CompleteAsync(cancel);
    }

    private static async Task Complete(NpgsqlConnection connection, long planId, PushPlan plan, string? asked, CancellationToken cancel)
    {
        await using (var command = new NpgsqlCommand("""
            update push_plans set products = $2, entities = $3, fields = $4, refused = $5, operations = $6, points = $7, collections = $8 where id = $1
            """, connection))
        {
            command.Parameters.Add(new() { Value = planId });
            command.Parameters.Add(new() { Value = plan.Products });
            command.Parameters.Add(new() { Value = plan.Entities });
            command.Parameters.Add(new() { Value = plan.FieldCount });
            command.Parameters.Add(new() { Value = plan.RefusedItems });
            command.Parameters.Add(new() { Value = plan.Operations });
            command.Parameters.Add(new() { Value = (decimal)Math.Round(plan.Points, 1) });
            command.Parameters.Add(new() { Value = plan.Collections });
            await command.ExecuteNonQueryAsync(cancel);
        }
        await PlannedPaths.Write(connection, planId, plan.Load, plan.Choose(asked), cancel);
        await KeepKeys(connection, planId, cancel);
        await PlanHash.Write(connection, planId, cancel);
    }

    // The same change of stock whose outcome nobody knows goes under the key that it went under before.
    private static async Task KeepKeys(NpgsqlConnection connection, long planId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update push_items i set idempotency_key = o.idempotency_key
            from sent_fields f join push_items o on o.id = f.push_item_id and o.status = 'failed'
            where i.plan_id = $1 and i.entity = 'inventory level' and f.entity = i.entity and f.entity_id = i.entity_id and o.fields = i.fields
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
