using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>Once a day lets go of schedules that have been over for a year, and of their values; what they changed stays in the history.</summary>
public sealed partial class SweepSchedules(NpgsqlDataSource database, TimeProvider clock, ILogger<SweepSchedules> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(24);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Over = TimeSpan.FromDays(365);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = Look;
            try
            {
                await Sweep(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogUnswept(error.Message);
                next = AfterTrouble;
            }
            await Task.Delay(next, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task Sweep(CancellationToken cancel)
    {
        await using var sweep = database.CreateCommand("""
            with old as (
                delete from schedules where state in ('done', 'missed', 'cancelled') and sending is null and coalesce(ended_at, ends_at, starts_at) < $1 returning id)
            delete from schedule_layers l using old where l.schedule_id = old.id
            """);
        sweep.CommandTimeout = 0;
        sweep.Parameters.Add(new() { Value = clock.GetUtcNow() - Over });
        await sweep.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(2115, LogLevel.Warning, "Old schedules could not be swept away yet: {Error}")]
    private partial void LogUnswept(string error);
}
