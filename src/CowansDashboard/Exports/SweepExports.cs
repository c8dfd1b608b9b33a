using CowansDashboard.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>Throws away files whose time is over, and those that were never finished.</summary>
public sealed class SweepExports(NpgsqlDataSource database, TimeProvider clock, ILogger<SweepExports> log) : DailySweep(clock, log)
{
    private static readonly TimeSpan Unfinished = TimeSpan.FromDays(30);

    protected override string What => "Old exports";

    protected internal override async Task Sweep(CancellationToken cancel)
    {
        await using var sweep = database.CreateCommand("""
            with old as (delete from exports where expires_at < $1 or ready_at is null and made_at < $2 returning id)
            delete from export_pieces p using old where p.export_id = old.id
            """);
        sweep.CommandTimeout = 0;
        sweep.Parameters.Add(new() { Value = Clock.GetUtcNow() });
        sweep.Parameters.Add(new() { Value = Clock.GetUtcNow() - Unfinished });
        await sweep.ExecuteNonQueryAsync(cancel);
    }
}
