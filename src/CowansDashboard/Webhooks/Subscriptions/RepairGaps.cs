using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>
/// Sees to it that every gap is pulled: starts the pull from before it, tries again where another pull is unfinished or one failed,
/// and notes when it is repaired. A full pull that began after a gap repairs it as well.
/// </summary>
public sealed class RepairGaps(NpgsqlDataSource database, StartPull pull)
{
    private static readonly AskedBy Webhooks = new(null, "Webhooks");

    public async Task Repair(CancellationToken cancel)
    {
        await Close(cancel);
        foreach (var (store, since) in await Unrepaired(cancel))
        {
            // Another pull is unfinished, or there is none to build upon: the next look decides.
            if (await pull.Start(new PullRequest(store, PullScope.Incremental, Webhooks) { Since = since }, cancel) is not StartPullOutcome.Started started)
                continue;
            await using var note = database.CreateCommand("update webhook_gaps set run_id = $2 where store_id = $1 and repaired_at is null and since >= $3");
            note.Parameters.Add(new() { Value = store });
            note.Parameters.Add(new() { Value = started.RunId });
            note.Parameters.Add(new() { Value = since.UtcDateTime });
            await note.ExecuteNonQueryAsync(cancel);
        }
    }

    private async Task Close(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            update webhook_gaps g set repaired_at = r.finished_at, run_id = r.id
            from webhook_gaps o cross join lateral (
                select r.id, r.finished_at from runs r
                where r.store_id = o.store_id and r.status = 'succeeded' and r.finished_at is not null
                    and (r.id = o.run_id or (r.kind = 'pull-full' and r.started_at > o.to_at))
                order by r.id limit 1) r
            where o.id = g.id and g.repaired_at is null
            """);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<List<(long Store, DateTimeOffset Since)>> Unrepaired(CancellationToken cancel)
    {
        // A pull that failed is not begun anew at once.
        await using var command = database.CreateCommand("""
            select g.store_id, min(g.since) from webhook_gaps g
            join stores s on s.id = g.store_id and s.deleted_at is null and s.incremental_since is not null
            left join runs r on r.id = g.run_id
            where g.repaired_at is null
                and (r.id is null or (r.status in ('failed', 'cancelled') and r.finished_at < now() - interval '5 minutes'))
            group by g.store_id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(long, DateTimeOffset)>();
        while (await reader.ReadAsync(cancel))
            found.Add((reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1)));
        return found;
    }
}
