using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Moves a run as a person asked, under its row lock.</summary>
internal sealed class AskRun(NpgsqlDataSource database, ReadRuns rows)
{
    /// <param name="move">Where it goes from its status; null refuses with the sentence.</param>
    /// <param name="set">Further columns to set; $3 is <paramref name="value"/>.</param>
    /// <param name="then">Done inside the transaction; disposed after the commit.</param>
    public async Task<AskOutcome> Ask(
        long runId, Func<RunStatus, RunStatus?> move, Func<RunStatus, string> sentence, string set, NpgsqlParameter value,
        Func<NpgsqlTransaction, Task<IDisposable?>> then, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand("select status from runs where id = $1 for no key update", connection, transaction);
        find.Parameters.Add(new() { Value = runId });
        if (await find.ExecuteScalarAsync(cancel) is not string text)
            return new AskOutcome.NotFound();
        var from = RunStatuses.Parse(text);
        if (move(from) is not { } to)
            return new AskOutcome.Refused(sentence(from));
        try
        {
            await using var update = new NpgsqlCommand($"update runs set status = $2, {set} where id = $1", connection, transaction);
            update.Parameters.Add(new() { Value = runId });
            update.Parameters.Add(new() { Value = to.Text() });
            update.Parameters.Add(value);
            await update.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await transaction.RollbackAsync(cancel);
            return new AskOutcome.Refused(await OtherActive(runId, connection, cancel));
        }
        using (await then(transaction))
            await transaction.CommitAsync(cancel);
        return new AskOutcome.Accepted(to);
    }

    private async Task<string> OtherActive(long runId, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var run = await rows.Find(runId, transaction, cancel);
        var other = run?.ExclusiveGroup is { } group ? await ActiveRuns.Find(rows, run.Now.StoreId, group, transaction, cancel) : null;
        return other is null ? "Another run of this store has just finished. Try again." : ActiveRuns.Sentence(other.Now);
    }
}
