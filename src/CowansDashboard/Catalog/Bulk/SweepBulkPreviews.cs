using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Once a day lets go of previews that nobody applied within a week, and of edits that were applied, given up or scheduled long ago; their history stays.</summary>
public sealed partial class SweepBulkPreviews(NpgsqlDataSource database, TimeProvider clock, ILogger<SweepBulkPreviews> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(24);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Unused = TimeSpan.FromDays(7);
    private static readonly TimeSpan Applied = TimeSpan.FromDays(90);

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
                delete from bulk_previews p where status = 'ready' and made_at < $1 or status = 'applied' and made_at < $2
                    -- Its run was cancelled, or failed and nobody tried it again.
                    or status = 'applying' and made_at < $2 and not exists (select from runs r where r.id = p.run_id and (r.finished_at is null or r.finished_at >= $2))
                    -- A schedule shows its values from its own rows.
                    or status = 'scheduled' and made_at < $2 and not exists (
                        select from schedules s where s.preview_id = p.id and (s.state not in ('done', 'missed', 'cancelled') or coalesce(s.ended_at, s.ends_at, s.starts_at) >= $2))
                returning id)
            delete from bulk_items i using old where i.preview_id = old.id
            """);
        sweep.CommandTimeout = 0;
        sweep.Parameters.Add(new() { Value = clock.GetUtcNow() - Unused });
        sweep.Parameters.Add(new() { Value = clock.GetUtcNow() - Applied });
        await sweep.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(2110, LogLevel.Warning, "Old previews of bulk edits could not be swept away yet: {Error}")]
    private partial void LogUnswept(string error);
}
