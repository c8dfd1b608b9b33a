using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>Forgets what was handled long ago, a few rows at a time. What waits is never forgotten.</summary>
internal sealed partial class SweepDeliveries(NpgsqlDataSource database, WebhookOptions options, TimeProvider clock, ILogger<SweepDeliveries> log) : BackgroundService
{
    private const int AtOnce = 5_000;
    private static readonly TimeSpan Often = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await Sweep(stoppingToken) == AtOnce)
                    await Task.Yield();
                await Task.Delay(Often, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogUnswept(error.Message);
                await Task.Delay(TimeSpan.FromMinutes(1), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal async Task<int> Sweep(CancellationToken cancel)
    {
        // Ids rise with time: the oldest are found without an index of their own.
        await using var command = database.CreateCommand("""
            delete from webhook_deliveries where id in (
                select id from webhook_deliveries
                where state = 'done' and heard_at < now() - $1 or state = 'dead' and heard_at < now() - 2 * $1
                order by id limit $2 for update skip locked)
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = TimeSpan.FromDays(options.KeptDays) });
        command.Parameters.Add(new() { Value = (long)AtOnce });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(6006, LogLevel.Warning, "Old deliveries could not be forgotten yet: {Error}")]
    private partial void LogUnswept(string error);
}
