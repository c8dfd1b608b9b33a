using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Clears up after pushes that ended before all answers were there: their bulk operations are stopped at Shopify, and what is still
/// marked as sent is read once more and gets its outcome, so that nothing is awaited for ever.
/// </summary>
public sealed partial class SweepPushes(NpgsqlDataSource database, ConnectStore stores, TimeProvider clock, ILogger<SweepPushes> log) : BackgroundService
{
    private const int PlainAtOnce = 250;
    private const string Lost = "The push ended before Shopify’s answer came, and Shopify does not show it.";
    private const string LostStock = "The push ended before Shopify’s answer came. Sent again, it counts once.";

    // A call that was on its way when the push ended has arrived by then.
    private const string Ended = "r.status in ('cancelled', 'failed') and r.finished_at < now() - interval '20 seconds'";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Operations(stoppingToken);
                foreach (var left in await Left(stoppingToken))
                    await Settle(left, stoppingToken);
                foreach (var left in await LeftCollections(stoppingToken))
                    await Settle(left, stoppingToken);
                await Task.Delay(Look, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogUnswept(error.Message);
                await Task.Delay(Look, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Operations of cancelled pushes, also those whose start nobody has written down.</summary>
    private async Task Operations(CancellationToken cancel)
    {
        var files = new List<(long Id, long Store, long Run, string Mutation, string? Operation, bool HasArrived)>();
        await using (var find = database.CreateCommand("""
            select f.id, f.store_id, f.run_id, f.mutation, f.operation_id, r.finished_at < now() - interval '1 minute' from push_files f join runs r on r.id = f.run_id
            where f.status in ('prepared', 'started') and r.status = 'cancelled'
            """))
        {
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                files.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetBoolean(5)));
        }
        foreach (var file in files)
        {
            try
            {
                var runner = new BulkMutationRunner(await stores.Connect(file.Store, cancel));
                var operation = file.Operation is { } known ? ShopifyId.Parse(known) : await runner.Find(PushFile.Marked(file.Mutation, file.Store, file.Run, file.Id), cancel);
                if (operation is { } running)
                    await runner.Cancel(running, cancel);
                if (operation is null && !file.HasArrived)
                    continue;
            }
            catch (ShopifyFaultException fault) when (fault.Fault.CanRetry)
            {
                continue;
            }
            catch (Exception error) when (error is ShopifyFaultException or StoreNotConnectedException)
            {
                // Nobody can stop it any more; it ends by itself.
            }
            await using var settle = database.CreateCommand("""
                with over as (update push_files f set status = 'void', updated_at = now() from runs r where f.id = $1 and r.id = f.run_id and r.status = 'cancelled' returning f.id)
                delete from push_lines using over where push_lines.file_id = over.id
                """);
            settle.Parameters.Add(new() { Value = file.Id });
            await settle.ExecuteNonQueryAsync(cancel);
        }
    }

    private async Task<List<LeftBehind>> Left(CancellationToken cancel)
    {
        // As long as an operation runs, more may become of it.
        await using var command = database.CreateCommand($"""
            select i.plan_id, i.store_id, i.product_id, bool_and({PushProduct.IsPlainItem})
            from push_items i join push_plans p on p.id = i.plan_id join runs r on r.id = p.run_id
            where i.status = 'sent' and {Ended}
                and i.collection_id is null
                and not exists (select from push_files f where f.run_id = r.id and f.status in ('prepared', 'started'))
                and not exists (select from push_claims c join runs o on o.id = c.run_id where c.product_id = i.product_id and c.run_id <> r.id
                    and o.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted'))
            group by i.plan_id, i.store_id, i.product_id order by i.plan_id, i.product_id limit 2000
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var products = new List<(long Plan, long Store, long Product, bool Plain)>();
        while (await reader.ReadAsync(cancel))
            products.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3)));
        return [.. products.GroupBy(one => (one.Plan, one.Store, one.Plain)).SelectMany(same => same.Select(one => one.Product)
            .Chunk(same.Key.Plain ? PlainAtOnce : ReadProducts.AtOnce).Select(some => new LeftBehind(same.Key.Plan, same.Key.Store, some, same.Key.Plain)))];
    }

    private async Task Settle(LeftBehind left, CancellationToken cancel)
    {
        Func<NpgsqlConnection, Task<MergeCounts>> merge;
        try
        {
            merge = await new LookAtProducts(await stores.Connect(left.Store, cancel), database, Lane.Background, new RemoteSource(left.Store, null), left.Plan)
                .Read(left.Products, left.Plain, cancel);
        }
        catch (Exception away) when (away is ShopifyFaultException or StoreNotConnectedException)
        {
            // Looked at again soon.
            return;
        }
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await IsStillOver(connection, left.Plan, cancel))
            return;
        await HoldProducts.Hold(connection, left.Products, cancel);
        await merge(connection);
        var items = (await PushItems.Open(connection, left.Plan, left.Products, cancel)).Where(item => item.Status == PushStatus.Sent).ToList();
        var rows = await PushRows.Read(connection, left.Products, items, cancel);
        await PushItems.Close(connection, [.. items.Select(item => (item, Outcome(item, rows)))], cancel);
        await RemovalWindow.Start(connection, left.Products, cancel);
        await using (var release = new NpgsqlCommand("delete from push_claims c using push_plans p where p.id = $1 and c.run_id = p.run_id and c.product_id = any($2)", connection))
        {
            release.Parameters.Add(new() { Value = left.Plan });
            release.Parameters.Add(new() { Value = left.Products });
            await release.ExecuteNonQueryAsync(cancel);
        }
        await RefreshSummaries.Refresh(connection, left.Products, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<List<LeftCollection>> LeftCollections(CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select distinct i.plan_id, i.store_id, i.collection_id from push_items i join push_plans p on p.id = i.plan_id join runs r on r.id = p.run_id
            where i.status = 'sent' and i.collection_id is not null and {Ended}
                and not exists (select from push_collection_claims c join runs o on o.id = c.run_id where c.collection_id = i.collection_id and c.run_id <> r.id
                    and o.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted'))
            order by 1, 3 limit 200
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var left = new List<LeftCollection>();
        while (await reader.ReadAsync(cancel))
            left.Add(new LeftCollection(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        return left;
    }

    private async Task Settle(LeftCollection left, CancellationToken cancel)
    {
        Func<NpgsqlConnection, Task<MergeCounts>> merge;
        try
        {
            merge = await new LookAtCollection(await stores.Connect(left.Store, cancel), database, Lane.Background, new RemoteSource(left.Store, null)).Read(left.Collection, null, cancel);
        }
        catch (Exception away) when (away is ShopifyFaultException or StoreNotConnectedException)
        {
            // Looked at again soon.
            return;
        }
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await IsStillOver(connection, left.Plan, cancel))
            return;
        await HoldCollections.Hold(connection, [left.Collection], cancel);
        await merge(connection);
        var items = (await PushItems.OfCollections(connection, left.Plan, [left.Collection], cancel)).Where(item => item.Status == PushStatus.Sent).ToList();
        var rows = await CollectionRows.Read(connection, [left.Collection], items, cancel);
        await PushItems.Close(connection, [.. items.Select(item =>
        {
            var decision = PushDecision.Before(item, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId));
            FieldFate[] lost = decision.Whole ? [new FieldFate("", PushStatus.Failed, Lost)] : [.. decision.Go.Select(field => new FieldFate(field.Field, PushStatus.Failed, Lost))];
            return (item, PushDecision.Settle(item, [.. decision.Stay, .. lost]));
        })], cancel);
        await CollectionWindow.Start(connection, [left.Collection], cancel);
        await using (var release = new NpgsqlCommand("delete from push_collection_claims c using push_plans p where p.id = $1 and c.run_id = p.run_id and c.collection_id = $2", connection))
        {
            release.Parameters.Add(new() { Value = left.Plan });
            release.Parameters.Add(new() { Value = left.Collection });
            await release.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private static SettledItem Outcome(PushItem item, PushRows rows)
    {
        var decision = PushDecision.Before(item, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId));
        var words = item.Entity == CatalogueFields.Level ? LostStock : Lost;
        FieldFate[] lost = decision.Whole ? [new FieldFate("", PushStatus.Failed, words)] : [.. decision.Go.Select(field => new FieldFate(field.Field, PushStatus.Failed, words))];
        return PushDecision.Settle(item, rows.Told(item, [.. decision.Stay, .. lost]));
    }

    // Somebody may try the run again at this moment.
    private static async Task<bool> IsStillOver(NpgsqlConnection connection, long planId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select {Ended} from push_plans p join runs r on r.id = p.run_id where p.id = $1 for share of r", connection);
        command.Parameters.Add(new() { Value = planId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private sealed record LeftCollection(long Plan, long Store, long Collection);

    private sealed record LeftBehind(long Plan, long Store, long[] Products, bool Plain);

    [LoggerMessage(2075, LogLevel.Warning, "What pushes left behind could not be settled yet: {Error}")]
    private partial void LogUnswept(string error);
}
