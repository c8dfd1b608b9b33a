using CowansDashboard.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>Once a day lets go of schedules that have been over for a year, and of their values; what they changed stays in the history.</summary>
public sealed class SweepSchedules(NpgsqlDataSource database, TimeProvider clock, ILogger<SweepSchedules> log) : DailySweep(clock, log)
{
    private static readonly TimeSpan Over = TimeSpan.FromDays(365);

    protected override string What => "Old schedules";

    protected internal override async Task Sweep(CancellationToken cancel)
    {
        await using var sweep = database.CreateCommand("""
            with old as (
                delete from schedules where state in ('done', 'missed', 'cancelled') and sending is null and coalesce(ended_at, ends_at, starts_at) < $1 returning id)
            delete from schedule_layers l using old where l.schedule_id = old.id
            """);
        sweep.CommandTimeout = 0;
        sweep.Parameters.Add(new() { Value = Clock.GetUtcNow() - Over });
        await sweep.ExecuteNonQueryAsync(cancel);
    }
}
