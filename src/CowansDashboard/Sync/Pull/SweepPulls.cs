using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Clears up after pulls that are over, whichever way they ended and wherever they were performed: what a cancelled
/// pull still has running at Shopify is stopped, result files go, and once a day what nobody will ask for any more.
/// </summary>
public sealed partial class SweepPulls(
    NpgsqlDataSource database, ConnectStore stores, SyncOptions options, TimeProvider clock, ILogger<SweepPulls> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Shopify keeps results for seven days: until then a failed pull goes on from what it has.
    private const string OldSql = """
        with old as (
            select id from runs where status in ('succeeded', 'failed', 'cancelled') and finished_at < now() - interval '7 days'),
        batches as (delete from pull_batches where run_id in (select id from old)),
        unseen as (delete from pull_unseen where run_id in (select id from old)),
        rereads as (delete from pull_rereads where run_id in (select id from old)),
        slices as (delete from pull_slices where run_id in (select id from old)),
        lines as (delete from run_log where at < now() - interval '90 days')
        delete from run_samples where at < now() - interval '90 days'
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? swept = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Cancelled(stoppingToken);
                await new LostStarts(database, stores).Stop(stoppingToken);
                await Files(stoppingToken);
                if (swept is not { } last || clock.GetElapsedTime(last) > Day)
                {
                    await Old(stoppingToken);
                    swept = clock.GetTimestamp();
                }
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

    private async Task Old(CancellationToken cancel)
    {
        await using var sweep = database.CreateCommand(OldSql);
        sweep.CommandTimeout = 0;
        await sweep.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Bulk operations of cancelled pulls take places that the next pull needs.</summary>
    private async Task Cancelled(CancellationToken cancel)
    {
        var started = new List<(long Slice, long Store, string Operation)>();
        await using (var find = database.CreateCommand("""
            select s.id, s.store_id, s.operation_id from pull_slices s join runs r on r.id = s.run_id
            where r.status = 'cancelled' and s.status = 'started' and s.operation_id is not null
            """))
        {
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                started.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        }
        foreach (var (slice, store, operation) in started)
            if (await Stop(store, operation, cancel))
                await Forget(slice, operation, cancel);
    }

    private async Task<bool> Stop(long store, string operation, CancellationToken cancel)
    {
        try
        {
            await new BulkQueryRunner(await stores.Connect(store, cancel)).Cancel(ShopifyId.Parse(operation), cancel);
            return true;
        }
        catch (ShopifyFaultException fault) when (fault.Fault.CanRetry)
        {
            LogNotStopped(operation, fault.Message);
            return false;
        }
        catch (Exception error) when (error is ShopifyFaultException or StoreNotConnectedException)
        {
            // Nobody can stop it any more; it ends by itself.
            LogNotStopped(operation, error.Message);
            return true;
        }
    }

    // Tried again, the pull asks anew instead of waiting for an operation that was stopped.
    private async Task Forget(long slice, string operation, CancellationToken cancel)
    {
        await using var forget = database.CreateCommand("""
            update pull_slices s set status = 'waiting', operation_id = null, pass = 0, read_offset = 0, updated_at = now()
            from runs r
            where s.id = $1 and s.operation_id = $2 and s.status = 'started' and r.id = s.run_id and r.status = 'cancelled'
            """);
        forget.Parameters.Add(new() { Value = slice });
        forget.Parameters.Add(new() { Value = operation });
        await forget.ExecuteNonQueryAsync(cancel);
    }

    private async Task Files(CancellationToken cancel)
    {
        if (!Directory.Exists(options.Folder))
            return;
        var files = Directory.EnumerateFiles(options.Folder, "pull-*")
            .Select(path => (Path: path, Key: KeyOf(path))).Where(file => file.Key != Guid.Empty).ToLookup(file => file.Key, file => file.Path);
        if (files.Count == 0)
            return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        // The lock keeps a person's retry from reading a file that is about to go.
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var over = new NpgsqlCommand("""
            select s.file_key from pull_slices s join runs r on r.id = s.run_id
            where s.file_key = any($1)
                and (r.status in ('cancelled', 'succeeded') or r.status = 'failed' and r.finished_at < now() - interval '7 days')
            for update of r skip locked
            """, connection, transaction);
        over.Parameters.Add(new() { Value = files.Select(file => file.Key).ToArray() });
        await using (var reader = await over.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                foreach (var path in files[reader.GetGuid(0)])
                    File.Delete(path);
        await transaction.CommitAsync(cancel);
    }

    private static Guid KeyOf(string path) =>
        Path.GetFileName(path).Split('-') is [_, var key, ..] && Guid.TryParseExact(key, "N", out var guid) ? guid : Guid.Empty;

    [LoggerMessage(2070, LogLevel.Warning, "What pulls left behind could not be swept away yet: {Error}")]
    private partial void LogUnswept(string error);

    [LoggerMessage(2071, LogLevel.Warning, "{Operation} of a cancelled pull could not be stopped at Shopify: {Error}")]
    private partial void LogNotStopped(string operation, string error);
}
