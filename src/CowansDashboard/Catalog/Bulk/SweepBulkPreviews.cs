using CowansDashboard.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Once a day lets go of previews that nobody applied within a week, and of edits that were applied, given up or scheduled long ago; their history stays.</summary>
public sealed class SweepBulkPreviews(NpgsqlDataSource database, TimeProvider clock, ILogger<SweepBulkPreviews> log) : DailySweep(clock, log)
{
    private static readonly TimeSpan Unused = TimeSpan.FromDays(7);
    private static readonly TimeSpan Applied = TimeSpan.FromDays(90);

    protected override string What => "Old previews of bulk edits";

    protected internal override async Task Sweep(CancellationToken cancel)
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
        sweep.Parameters.Add(new() { Value = Clock.GetUtcNow() - Unused });
        sweep.Parameters.Add(new() { Value = Clock.GetUtcNow() - Applied });
        await sweep.ExecuteNonQueryAsync(cancel);
    }
}
