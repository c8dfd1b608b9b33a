using CowansDashboard.Runs.Progress;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>
/// Takes runs away from nodes that are dead, by raising their epoch. A closed database session (the advisory lock is
/// gone) shows a killed process at once; a stopped one keeps its session, there its silence decides.
/// </summary>
internal sealed partial class TakeOverRuns(NpgsqlDataSource database, RunsHere here, RunLife life, RunsOptions options, TimeProvider clock, ILogger<TakeOverRuns> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private const string LockPatience = "set local lock_timeout = '3s'";

    private const string OrphansSql = """
        select r.id, r.epoch, coalesce(r.owner_name, '?'), r.owner = $1
        from runs r left join run_nodes n on n.id = r.owner
        where r.status in ('running', 'waiting', 'pausing', 'cancelling')
            and (r.owner = $1 or n.id is null or $6 and n.heartbeat < now() - $3 or (
                ($6 and n.heartbeat < now() - $4 or $5 and n.name = $2 and n.id < $1)
                and not exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
                    and l.database = (select oid from pg_database where datname = current_database())
                    and l.classid = $7::bigint::oid and l.objid = n.id::bigint::oid)))
        """;

    private const string TakeSql = """
        update runs set status = $2, epoch = epoch + 1, owner = null, lost = lost + 1, rate = 0, waiting_for = null,
            reason = $3, finished_at = case when $4 then now() end
        where id = $1
        """;

    /// <param name="begins">In the first moments of a process: its own earlier life needs no grace.</param>
    /// <param name="settled">This node has been connected long enough for the others to have reconnected too.</param>
    public async Task TakeOver(bool begins, bool settled, CancellationToken cancel)
    {
        var orphans = new List<(long Id, int Epoch, string Node)>();
        await using (var find = database.CreateCommand(OrphansSql))
        {
            find.Parameters.Add(new() { Value = life.Id });
            find.Parameters.Add(new() { Value = options.NodeName });
            find.Parameters.Add(new() { Value = options.DeadAfter });
            find.Parameters.Add(new() { Value = options.GoneAfter });
            find.Parameters.Add(new() { Value = begins });
            find.Parameters.Add(new() { Value = settled });
            find.Parameters.Add(new() { Value = RunLife.LockClass });
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                if (!(reader.GetBoolean(3) && here.Holds(reader.GetInt64(0))))
                    orphans.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2)));
        }
        foreach (var orphan in orphans)
        {
            try
            {
                await Take(orphan.Id, orphan.Epoch, orphan.Node, cancel);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                // A transaction of it still computes. The other runs do not wait for that; this one is tried again at the next beat.
                LogBusy(orphan.Id, orphan.Node);
            }
        }
    }

    private async Task Take(long runId, int epoch, string node, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var patience = new NpgsqlCommand(LockPatience, connection, transaction))
            await patience.ExecuteNonQueryAsync(cancel);
        await using var own = new NpgsqlCommand("select status from runs where id = $1 and epoch = $2 for update", connection, transaction);
        own.Parameters.Add(new() { Value = runId });
        own.Parameters.Add(new() { Value = epoch });
        var locking = own.ExecuteScalarAsync(cancel);
        while (await Task.WhenAny(locking, Task.Delay(Patience, clock, cancel)) != locking && !cancel.IsCancellationRequested)
            await EndWhatAStoppedProcessHolds(connection.ProcessID, runId, cancel);
        if (await locking is not string text || RunStatuses.Parse(text) is var from && !from.IsInHand())
            return;

        var to = RunStatusMoves.AfterLoss(from);
        var reason = $"Its node {node} stopped answering.";
        await using var take = new NpgsqlCommand(TakeSql, connection, transaction);
        take.Parameters.Add(new() { Value = runId });
        take.Parameters.Add(new() { Value = to.Text() });
        take.Parameters.Add(new() { Value = reason });
        take.Parameters.Add(new() { Value = to.IsFinished() });
        await take.ExecuteNonQueryAsync(cancel);
        await using var note = new NpgsqlCommand("insert into run_log (run_id, at, level, text) values ($1, now(), 'warning', $2)", connection, transaction);
        note.Parameters.Add(new() { Value = runId });
        note.Parameters.Add(new() { Value = $"{reason} {options.NodeName} took it over." });
        await note.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        LogTaken(runId, node, to.Text());
    }

    // A process stopped inside a fenced transaction would hold its locks for ever. Only sessions that stand in the way
    // of this very take-over and wait for their client are ended; a transaction that still computes is waited for.
    private async Task EndWhatAStoppedProcessHolds(int waiting, long runId, CancellationToken cancel)
    {
        await using var end = database.CreateCommand("""
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where pid = any (pg_blocking_pids($1)) and wait_event_type = 'Client'
            """);
        end.Parameters.Add(new() { Value = waiting });
        if (await end.ExecuteScalarAsync(cancel) is long ended and > 0)
            LogEnded(ended, runId);
    }

    [LoggerMessage(2020, LogLevel.Warning, "Run {Run} was taken over from node {Node} and is {Status} now")]
    private partial void LogTaken(long run, string node, string status);

    [LoggerMessage(2022, LogLevel.Information, "Run {Run} of node {Node} still has a transaction under way and is taken over later")]
    private partial void LogBusy(long run, string node);

    [LoggerMessage(2021, LogLevel.Warning, "Ended {Count} database sessions of a stopped process that held run {Run}")]
    private partial void LogEnded(long count, long run);
}
