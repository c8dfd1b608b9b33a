using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Leaves items of a plan out, or takes them in again; its figures and its path follow. An approval given before counts no longer.
/// </summary>
public sealed class AlterPush(NpgsqlDataSource database, ReadPushFacts facts)
{
    /// <summary>False when the plan is being sent, or was: then nothing changes.</summary>
    public async Task<bool> Exclude(long storeId, long planId, IReadOnlyCollection<long> items, bool excluded, CancellationToken cancel)
    {
        var known = await facts.Read(storeId, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Hold(connection, storeId, planId, cancel) is not { } plan)
            return false;
        long[] products = await Owners(connection, "nullif(product_id, 0)", planId, [.. items], cancel);
        long[] collections = await Owners(connection, "collection_id", planId, [.. items], cancel);
        var before = await Weigh(connection, planId, products, cancel) + await WeighCollections(connection, planId, collections, cancel);
        await using (var command = new NpgsqlCommand("update push_items set excluded = $3, updated_at = now() where plan_id = $1 and id = any($2) and excluded <> $3", connection))
        {
            command.Parameters.Add(new() { Value = planId });
            command.Parameters.Add(new() { Value = items.ToArray() });
            command.Parameters.Add(new() { Value = excluded });
            await command.ExecuteNonQueryAsync(cancel);
        }
        var load = plan.Load + await Weigh(connection, planId, products, cancel) + await WeighCollections(connection, planId, collections, cancel) - before;
        await Recount(connection, planId, load, PushPlan.Choose(known, load, plan.Asked), cancel);
        await PlanHash.Write(connection, planId, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static async Task<(PushLoad Load, string? Asked)?> Hold(NpgsqlConnection connection, long storeId, long planId, CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand("""
            select plain_calls, plain_points, whole_calls, whole_points, looks, case when starts_with(reason, $3) then path end
            from push_plans where id = $1 and store_id = $2 and run_id is null for update
            """, connection);
        hold.Parameters.Add(new() { Value = planId });
        hold.Parameters.Add(new() { Value = storeId });
        hold.Parameters.Add(new() { Value = PushPlan.AskedFor });
        await using var reader = await hold.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (new PushLoad(reader.GetInt32(0), reader.GetDouble(1), reader.GetInt32(2), reader.GetDouble(3), reader.GetDouble(4)), reader.IsDBNull(5) ? null : reader.GetString(5))
            : null;
    }

    private static async Task<long[]> Owners(NpgsqlConnection connection, string owner, long planId, long[] items, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select coalesce(array_agg(distinct {owner}), '{{}}') from push_items where plan_id = $1 and id = any($2) and {owner} is not null", connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = items });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>What these products add to the plan, without what is left out.</summary>
    private static async Task<PushLoad> Weigh(NpgsqlConnection connection, long planId, long[] products, CancellationToken cancel)
    {
        var items = await PushItems.Open(connection, planId, products, cancel);
        var rows = await PushRows.Read(connection, products, items, cancel);
        var variants = await Variants(connection, products, cancel);
        var load = default(PushLoad);
        foreach (var ofProduct in items.GroupBy(item => item.ProductId))
        {
            var entities = ofProduct.Select(item => (item, row: rows.Row(item.Entity, item.EntityId))).Where(one => one.row is not null)
                .Select(one => new PushEntity(one.item.Id, one.item.Key, one.item.Entity, one.item.EntityId, one.row!.ShopifyId, one.item.Kind, one.row.Row, one.item.Changes()));
            load += PushPlan.Weigh(new PushProduct(ofProduct.Key, rows.Product(ofProduct.Key)?.ShopifyId, rows.Product(ofProduct.Key)?.Options ?? [], [.. entities]) { Variants = variants.GetValueOrDefault(ofProduct.Key) });
        }
        return load;
    }

    private static async Task<Dictionary<long, int>> Variants(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select product_id, count(*)::int from variants where product_id = any($1) and deleted_at is null and mark <> 2 group by 1", connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var variants = new Dictionary<long, int>();
        while (await reader.ReadAsync(cancel))
            variants[reader.GetInt64(0)] = reader.GetInt32(1);
        return variants;
    }

    private static async Task<PushLoad> WeighCollections(NpgsqlConnection connection, long planId, long[] collections, CancellationToken cancel)
    {
        var items = (await PushItems.OfCollections(connection, planId, collections, cancel)).Where(item => item.Status == PushStatus.Waiting).ToList();
        var rows = await CollectionRows.Read(connection, collections, items, cancel);
        var load = default(PushLoad);
        foreach (var ofCollection in items.GroupBy(item => item.CollectionId!.Value))
            load += new PushCollection(ofCollection.Key, rows.Collection(ofCollection.Key)?.ShopifyId,
                [.. ofCollection.Select(item => (item, row: rows.Row(item.Entity, item.EntityId))).Where(one => one.row is not null)
                    .Select(one => new PushEntity(one.item.Id, one.item.Key, one.item.Entity, one.item.EntityId, one.row!.ShopifyId, one.item.Kind, one.row.Row, one.item.Changes()))])
            { Members = rows.Collection(ofCollection.Key)?.Members ?? 0, Picked = rows.Collection(ofCollection.Key)?.Picked ?? 0 }.Load();
        return load;
    }

    private static async Task Recount(NpgsqlConnection connection, long planId, PushLoad load, PlannedPath path, CancellationToken cancel)
    {
        await using (var count = new NpgsqlCommand("""
            update push_plans p set products = c.products, collections = c.collections, entities = c.entities, fields = c.fields, refused = c.refused, operations = $2, points = $3
            from (
                select count(distinct product_id) filter (where status = 'waiting' and collection_id is null) as products,
                    count(distinct collection_id) filter (where status = 'waiting') as collections, count(*) filter (where status = 'waiting') as entities,
                    coalesce(sum(greatest(1, (select count(*) from jsonb_object_keys(fields)))) filter (where status = 'waiting'), 0) as fields,
                    count(*) filter (where status <> 'waiting') as refused
                from push_items where plan_id = $1 and not excluded) c
            where p.id = $1
            """, connection))
        {
            count.Parameters.Add(new() { Value = planId });
            count.Parameters.Add(new() { Value = load.Calls });
            count.Parameters.Add(new() { Value = (decimal)Math.Round(load.Points, 1) });
            await count.ExecuteNonQueryAsync(cancel);
        }
        await PlannedPaths.Write(connection, planId, load, path, cancel);
    }
}
