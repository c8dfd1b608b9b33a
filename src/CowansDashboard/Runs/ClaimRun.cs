using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Makes this node the owner of a run that nobody performs, under a new epoch.</summary>
internal sealed class ClaimRun(NpgsqlDataSource database, ReadRuns rows, RunLife life, RunsOptions options)
{
    // For update waits for transactions that an earlier owner has under way; a plain update of these columns would not.
    private const string Sql = """
        with mine as (
            select id from runs where id = $1 and status in ('enqueued', 'interrupted') for update)
        update runs set
            status = case when lost < $4 then 'running' else 'failed' end,
            error = case when lost < $4 then null
                else format('It was interrupted %s times without getting further. Look at its log, then retry it.', lost) end,
            finished_at = case when lost < $4 then null else now() end,
            epoch = epoch + 1, owner = $2, owner_name = $3, progress_seq = 0, rate = 0, heartbeat = now(),
            started_at = coalesce(started_at, now()), reason = null, waiting_for = null, asked_to_stop_at = null, resume_at = null
        from mine where runs.id = mine.id
        returning runs.status
        """;

    public async Task<Run?> Claim(long runId, CancellationToken cancel)
    {
        if (life.Id == 0)
            return null;
        await using var claim = database.CreateCommand(Sql);
        claim.Parameters.Add(new() { Value = runId });
        claim.Parameters.Add(new() { Value = life.Id });
        claim.Parameters.Add(new() { Value = options.NodeName });
        claim.Parameters.Add(new() { Value = options.MostLosses });
        return await claim.ExecuteScalarAsync(cancel) is "running" ? await rows.Find(runId, cancel) : null;
    }
}
