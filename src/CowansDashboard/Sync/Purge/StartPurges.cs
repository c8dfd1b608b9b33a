using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Sync.Pull;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Sync.Purge;

/// <summary>
/// Looks every minute for products and collections whose window is over and starts the run that deletes them. Also lets windows
/// run of products that were found archived, and of collections that were found published nowhere, by another way than the answer
/// to a push.
/// </summary>
public sealed partial class StartPurges(NpgsqlDataSource database, EnqueueRun enqueue, TimeProvider clock, ILogger<StartPurges> log) : BackgroundService
{
    private const int MostAtOnce = 1_000;
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly AskedBy Schedule = new(null, "Schedule");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Start(stoppingToken);
                await Task.Delay(Look, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogNotStarted(error.Message);
                await Task.Delay(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One look; answers how many runs it started.</summary>
    public async Task<int> Start(CancellationToken cancel)
    {
        await Archived(cancel);
        await Stranded(cancel);
        await Unpublished(cancel);
        var started = 0;
        foreach (var store in await Stores(cancel))
            if (await enqueue.Enqueue(new RunRequest(PurgeProducts.Name, store, Schedule), null, cancel) is EnqueueOutcome.Enqueued)
                started++;
        return started;
    }

    private async Task Archived(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand($"""
            select coalesce(array_agg(w.id), '{"{}"}') from (
                select p.id from removals r join products p on p.id = r.product_id
                where r.closed_at is null and r.kind = 'delete' and r.confirmed_at is null and p.deleted_at is null and p.status = 'ARCHIVED' and not coalesce(p.pending ? 'status', false)
                order by p.id limit {MostAtOnce}) w
            """, connection);
        var products = (long[])(await find.ExecuteScalarAsync(cancel))!;
        if (products.Length == 0)
            return;
        await HoldProducts.Hold(connection, products, cancel);
        await RemovalWindow.Start(connection, products, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Products to be deleted that have another status on both sides: no push archives them any more, so they are shown again.</summary>
    private async Task Stranded(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var strays = await Strays(connection, cancel);
        if (strays.Count == 0)
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await HoldProducts.Hold(connection, strays.Select(stray => stray.Product), cancel);
        // Once more under their locks.
        foreach (var ofStore in (await Strays(connection, cancel)).GroupBy(stray => stray.Store, stray => stray.Product))
        {
            long[] products = [.. ofStore];
            var head = new ChangeSetHead(ofStore.Key, ChangeSetKind.Rollback, "Kept: Shopify shows them with another status", null, null, Schedule.Name);
            await RecordChanges.Record(connection, 0, head, await EditedRemovals.KeepUnarchived(connection, products, cancel), cancel);
            await RefreshSummaries.Refresh(connection, products, cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private static async Task<List<(long Store, long Product)>> Strays(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select p.store_id, p.id from removals r join products p on p.id = r.product_id
            where r.closed_at is null and r.kind = 'delete' and r.confirmed_at is null and p.deleted_at is null and starts_with(p.removal, 'delete:')
                and p.status <> '{Removal.Archived}' and not coalesce(p.pending ? 'status', false)
                and not exists (select from sent_fields f where f.entity = 'product' and f.entity_id = p.id and f.field = 'status')
            order by p.id limit {MostAtOnce}
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var strays = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
            strays.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return strays;
    }

    /// <summary>Collections that are published nowhere by now. Those that somebody has published in Shopify before a push took them back say so: nothing else would.</summary>
    private async Task Unpublished(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var find = new NpgsqlCommand($"""
            select coalesce(array_agg(w.id), '{"{}"}') from (
                select c.id from {CollectionWindow.Removed} where {CollectionWindow.Waits} and {CollectionWindow.Unpublished} order by c.id limit {MostAtOnce}) w
            """, connection))
        {
            var collections = (long[])(await find.ExecuteScalarAsync(cancel))!;
            await HoldCollections.Hold(connection, collections, cancel);
            await CollectionWindow.Start(connection, collections, cancel);
        }
        await using var say = new NpgsqlCommand($"""
            update collection_removals t set changed = array[w.words] from (
                select r.id, 'published on ' || p.places || case p.places when 1 then ' place' else ' places' end as words from {CollectionWindow.Removed}
                cross join lateral (select count(*) as places, bool_and(o.mark = 0) as again from collection_publications o where o.collection_id = c.id) p
                where {CollectionWindow.Waits} and p.again) w
            where t.id = w.id and t.changed is distinct from array[w.words]
            """, connection);
        await say.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<List<long>> Stores(CancellationToken cancel)
    {
        // A shop that does not answer is left in peace for a while.
        await using var command = database.CreateCommand($"""
            select distinct r.store_id from (
                select r.store_id from removals r where {DueRemoval.IsDue}
                union all
                select r.store_id from collection_removals r where {DueCollection.IsDue}) r join stores s on s.id = r.store_id and s.deleted_at is null
            where not exists (select from runs n where n.store_id = r.store_id and n.kind = 'purge' and n.status in ('failed', 'cancelled') and n.finished_at > now() - interval '15 minutes')
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var stores = new List<long>();
        while (await reader.ReadAsync(cancel))
            stores.Add(reader.GetInt64(0));
        return stores;
    }

    [LoggerMessage(2080, LogLevel.Warning, "What was removed here and whose time is over could not be deleted yet: {Error}")]
    private partial void LogNotStarted(string error);
}
