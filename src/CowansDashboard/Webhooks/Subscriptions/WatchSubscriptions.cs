using CowansDashboard.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>
/// Checks the subscriptions of every shop when the program starts, of one that was connected or changed, and of all when the address
/// changed; tries again what could not be checked; and looks after gaps that no pull has repaired yet.
/// </summary>
public sealed partial class WatchSubscriptions(
    NpgsqlDataSource database, CheckSubscriptions check, RepairGaps repair, ReadCallbackAddress addresses, TimeProvider clock, ILogger<WatchSubscriptions> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private bool _started;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookOnce(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogNotLooked(error.Message);
            }
            await Task.Delay(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One look: checks what is due and repairs what is open.</summary>
    public async Task LookOnce(CancellationToken cancel)
    {
        var callback = (await addresses.Read(cancel))?.Callback.ToString();
        foreach (var store in await Due(callback, cancel))
        {
            try
            {
                await check.Check(store, cancel);
            }
            // One shop must not keep the others from being checked, nor all of them from being at rest.
            catch (Exception error) when (error is not OperationCanceledException && !LostDatabase.Is(error))
            {
                LogNotChecked(store, error.Message);
                await using var connection = await database.OpenConnectionAsync(cancel);
                await KeepSubscriptions.NoteCheck(connection, store, callback, error.Message, cancel);
            }
        }
        _started = true;
        await repair.Repair(cancel);
    }

    private async Task<List<long>> Due(string? callback, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.id from stores s left join webhook_checks c on c.store_id = s.id
            where s.deleted_at is null and ($1 or c.store_id is null or c.uri is distinct from $2 or s.updated_at > c.checked_at
                or (c.error is not null and c.checked_at < now() - interval '5 minutes'))
            order by s.id
            """);
        command.Parameters.Add(new() { Value = !_started && callback is not null });
        command.Parameters.Add(new() { Value = (object?)callback ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var stores = new List<long>();
        while (await reader.ReadAsync(cancel))
            stores.Add(reader.GetInt64(0));
        return stores;
    }

    [LoggerMessage(8402, LogLevel.Warning, "Webhook subscriptions could not be looked at: {Error}")]
    private partial void LogNotLooked(string error);

    [LoggerMessage(8403, LogLevel.Warning, "Webhook subscriptions of store {Store} could not be checked: {Error}")]
    private partial void LogNotChecked(long store, string error);
}
