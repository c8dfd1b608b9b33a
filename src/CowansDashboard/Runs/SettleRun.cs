using CowansDashboard.Runs.Progress;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs;

/// <summary>Writes how a performance ended, if this node still owns the run.</summary>
internal sealed class SettleRun(NpgsqlDataSource database)
{
    private const string Sql = """
        update runs set
            status = $3, reason = case when $3 in ('paused', 'cancelled') then coalesce($4, reason) else $4 end, error = $5, resume_at = $6, owner = null, waiting_for = null,
            answer = case when $7 then null else answer end, lost = lost + $8,
            finished_at = case when $9 then now() end,
            rate = case when $9 then done / greatest(extract(epoch from now() - started_at), 0.001) else 0 end
        where id = $1 and epoch = $2
        """;

    private const string LogSql = "insert into run_log (run_id, at, level, text) values ($1, now(), $2, $3)";

    public async Task Settle(long runId, int epoch, RunOutcome outcome, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand("select status from runs where id = $1 and epoch = $2 for update", connection, transaction);
        find.Parameters.Add(new() { Value = runId });
        find.Parameters.Add(new() { Value = epoch });
        if (await find.ExecuteScalarAsync(cancel) is not string text)
            throw new RunFencedException(runId, epoch);
        var from = RunStatuses.Parse(text);
        var to = outcome.From(from);
        // Settled before, and only the answer got lost.
        if (from == to)
            return;

        await using var settle = new NpgsqlCommand(Sql, connection, transaction);
        settle.Parameters.Add(new() { Value = runId });
        settle.Parameters.Add(new() { Value = epoch });
        settle.Parameters.Add(new() { Value = to.Text() });
        settle.Parameters.Add(Text(Reason(outcome, to)));
        settle.Parameters.Add(Text((outcome as RunOutcome.Failed)?.Error));
        settle.Parameters.Add(new() { Value = (object?)ResumeAt(outcome, from)?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        settle.Parameters.Add(new() { Value = outcome is RunOutcome.Paused });
        settle.Parameters.Add(new() { Value = outcome is RunOutcome.DatabaseLost ? 1 : 0 });
        settle.Parameters.Add(new() { Value = to.IsFinished() });
        await settle.ExecuteNonQueryAsync(cancel);

        var (level, line) = Line(outcome, to);
        await using var log = new NpgsqlCommand(LogSql, connection, transaction);
        log.Parameters.Add(new() { Value = runId });
        log.Parameters.Add(new() { Value = level.ToString().ToLowerInvariant() });
        log.Parameters.Add(new() { Value = line });
        await log.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    // Who asked it to pause wants it to stay paused, whatever limit the work met on its way there.
    private static DateTimeOffset? ResumeAt(RunOutcome outcome, RunStatus from) =>
        from == RunStatus.Pausing ? null : (outcome as RunOutcome.Paused)?.ResumeAt;

    private static string? Reason(RunOutcome outcome, RunStatus to) => (outcome, to) switch
    {
        (RunOutcome.Paused paused, RunStatus.Paused) => paused.Reason,
        (RunOutcome.DatabaseLost, RunStatus.Interrupted) => "The database was away; it goes on when the database is back.",
        (_, RunStatus.Interrupted) => "Its node shut down; it goes on at the next start or on another node.",
        // Who asked stands there already.
        _ => null,
    };

    private static (RunLogLevel Level, string Text) Line(RunOutcome outcome, RunStatus to) => outcome switch
    {
        RunOutcome.Failed failed => (RunLogLevel.Error, $"Failed: {failed.Error}"),
        RunOutcome.DatabaseLost lost => (RunLogLevel.Warning, $"{Reason(outcome, to)} {lost.Error}"),
        RunOutcome.Succeeded => (RunLogLevel.Info, "Done."),
        _ => (RunLogLevel.Info, Reason(outcome, to) ?? $"{to}."),
    };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
