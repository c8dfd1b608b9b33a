using CowansDashboard.Data;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// The last look before something is sent: reads the products at Shopify, merges what came, decides what of the plan may still go,
/// and commits the intent. What is left goes at once, because the look grows old.
/// </summary>
public sealed class PrepareProducts(PushScope scope)
{
    /// <summary>Claims products for this run; those that another push holds are not in the answer.</summary>
    public Task<long[]> Claim(long[] products, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var command = new NpgsqlCommand("""
            with mine as (
                insert into push_claims as held (product_id, run_id) select p, $2 from unnest($1::bigint[]) p order by p
                on conflict (product_id) do update set run_id = excluded.run_id, claimed_at = now()
                where held.run_id = $2 or not exists (
                    select from runs r where r.id = held.run_id and r.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted'))
                returning product_id)
            select coalesce(array_agg(product_id order by product_id), '{}') from mine
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }, cancel);

    /// <summary>Reads and merges these products and answers what goes. Nothing but fields of products and variants waits of plain ones.</summary>
    public async Task<IReadOnlyList<PushProduct>> Prepare(long[] products, bool plain, CancellationToken cancel)
    {
        await scope.Run.CheckFence(cancel);
        return await Decide(products, await scope.Look.Read(products, plain, cancel), cancel);
    }

    private Task<IReadOnlyList<PushProduct>> Decide(long[] products, Func<NpgsqlConnection, Task<MergeCounts>> merge, CancellationToken cancel) =>
        scope.Write(async transaction =>
        {
            var connection = transaction.Connection;
            await HoldProducts.Hold(connection, products, cancel);
            var counts = await merge(connection);
            scope.Count(transaction, counts);
            var items = await PushItems.Open(connection, scope.PlanId, products, cancel);
            // Whom a push of the collection brings there at this moment waits until that is over.
            var elsewhere = await WithCollections(connection, items, cancel);
            items.RemoveAll(item => elsewhere.Contains(item.Id));
            var rows = await PushRows.Read(connection, products, items, cancel);
            var (go, settled) = (new List<PushProduct>(), new List<SettledItem>());
            foreach (var ofProduct in items.GroupBy(item => item.ProductId))
                if (Of(ofProduct, rows, settled) is { Entities.Count: > 0 } product)
                    go.Add(product);
            await PushItems.Close(connection, [.. items.Join(settled, item => item.Id, one => one.ItemId, (item, one) => (item, one))], cancel);
            await PushItems.Await(connection, scope.Run.StoreId, go, cancel);
            go = await WithCustomIds(connection, go, cancel);
            await scope.ArchiveCreated(transaction, products, cancel);
            var over = products.Except(go.Select(product => product.ProductId)).ToArray();
            await Release(connection, over, cancel);
            // Where nothing has changed but that it is on its way, there is nothing new to show.
            if (counts is not { Inserted: 0, Updated: 0, Deleted: 0, Conflicts: 0 } || settled.Any(item => item.Status != PushStatus.Sent))
                await RefreshSummaries.Refresh(connection, products, cancel);
            transaction.Advance(scope.Stream, settled.Count(item => item.Status != PushStatus.Sent));
            PushCounts.Count(transaction, settled);
            return (IReadOnlyList<PushProduct>)go;
        }, cancel);

    private async Task<HashSet<long>> WithCollections(NpgsqlConnection connection, List<PushItem> items, CancellationToken cancel)
    {
        long[] members = [.. items.Where(item => item.Entity == CatalogueFields.Member).Select(item => item.Id)];
        if (members.Length == 0)
            return [];
        await using var command = new NpgsqlCommand($"""
            select coalesce(array_agg(i.id), '{"{}"}') from push_items i join collection_members m on m.id = i.entity_id
            where i.id = any($1) and exists (
                select from sent_fields f join push_items o on o.id = f.push_item_id join push_plans p on p.id = o.plan_id and p.id <> $2
                join runs r on r.id = p.run_id and r.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted')
                where f.entity = '{CollectionMembers.Entity}' and f.entity_id = m.collection_id and f.value @> to_jsonb(m.product_id))
            """, connection);
        command.Parameters.Add(new() { Value = members });
        command.Parameters.Add(new() { Value = scope.PlanId });
        return [.. (long[])(await command.ExecuteScalarAsync(cancel))!];
    }

    private static PushProduct Of(IGrouping<long, PushItem> items, PushRows rows, List<SettledItem> settled)
    {
        var entities = new List<PushEntity>();
        var product = rows.Product(items.Key);
        var isGone = PushDecision.IsGone(items, item => rows.Row(item.Entity, item.EntityId));
        foreach (var item in items)
        {
            if (isGone)
            {
                settled.Add(PushDecision.Settle(item, [new FieldFate("", PushStatus.Skipped, PushDecision.NoLongerHere)]));
                continue;
            }
            var now = rows.Row(item.Entity, item.EntityId);
            // What Shopify has made already is made, also where its product was removed here meanwhile.
            if (!(item.Kind == PushKind.Create && now is { Kind: PushKind.Update }) && PushDecision.Held(item, product?.Removal) is { } away)
            {
                settled.Add(PushDecision.Settle(item, [away]));
                continue;
            }
            var decision = PushDecision.Before(item, now, rows.InConflict(item.Entity, item.EntityId));
            if (!decision.Goes)
            {
                settled.Add(PushDecision.Settle(item, rows.Told(item, decision.Stay)));
                continue;
            }
            entities.Add(new PushEntity(item.Id, item.Key, item.Entity, item.EntityId, now!.ShopifyId, item.Kind, now.Row, decision.Go));
            // Kept with the item until its answer: a field in conflict is part of what became of it.
            FieldFate[] held = [.. decision.Stay.Where(fate => fate.Status == PushStatus.Conflict)];
            var words = held.Length == 0 ? null : PushDecision.Settle(item, held).Outcome;
            settled.Add(new SettledItem(item.Id, PushStatus.Sent, words, item.Attempts + 1));
        }
        return new PushProduct(items.Key, product?.ShopifyId, product?.Options ?? [], entities);
    }

    private static async Task<List<PushProduct>> WithCustomIds(NpgsqlConnection connection, List<PushProduct> products, CancellationToken cancel)
    {
        long[] created = [.. products.Where(product => product.ShopifyId is null).Select(product => product.ProductId)];
        if (created.Length == 0)
            return products;
        await using var command = new NpgsqlCommand("""
            with made as (insert into push_creates (product_id) select unnest($1::bigint[]) on conflict do nothing returning product_id, custom_id)
            select product_id, custom_id from made union select product_id, custom_id from push_creates where product_id = any($1)
            """, connection);
        command.Parameters.Add(new() { Value = created });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new Dictionary<long, Guid>();
        while (await reader.ReadAsync(cancel))
            ids[reader.GetInt64(0)] = reader.GetGuid(1);
        return [.. products.Select(product => ids.TryGetValue(product.ProductId, out var id) ? product with { CustomId = id } : product)];
    }

    /// <summary>Others may send these products.</summary>
    public async Task Release(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("delete from push_claims where run_id = $1 and product_id = any($2)", connection);
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
