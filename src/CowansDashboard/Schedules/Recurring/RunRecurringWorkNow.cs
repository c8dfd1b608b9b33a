using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Does a recurring work at once, because a person asks. Its next time stays as it is.</summary>
public sealed class RunRecurringWorkNow(NpgsqlDataSource database, StartRecurringWork start, DispatchRecurringWork dispatch, IEnumerable<IRecurringTask> tasks, TimeProvider clock)
{
    public async Task<RunNowOutcome> Run(long storeId, string work, AskedBy by, CancellationToken cancel)
    {
        if (RecurringKind.Of(work) is not { } kind)
            return new RunNowOutcome.Refused("There is no such work.");
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var hold = new NpgsqlCommand("select id, collections from recurring_work where store_id = $1 and work = $2 for update", connection);
        hold.Parameters.Add(new() { Value = storeId });
        hold.Parameters.Add(new() { Value = work });
        long id;
        await using (var reader = await hold.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return new RunNowOutcome.Refused("This shop has no such work.");
            id = reader.GetInt64(0);
            kind = kind.For(reader.IsDBNull(1) ? null : reader.GetFieldValue<long[]>(1));
        }
        var started = await start.Start(storeId, kind, by, transaction, cancel);
        if (started is RecurringStart.NotNeeded not)
            return new RunNowOutcome.Refused(not.Sentence);
        if (started is RecurringStart.Waits waits)
            return new RunNowOutcome.Refused(waits.Sentence);
        var run = started is RecurringStart.Started { RunId: var number } ? number : (long?)null;
        await using var note = new NpgsqlCommand("""
            update recurring_work set last_due_at = null, last_at = $2, last_outcome = 'started', last_said = $3, last_missed = 0, last_run_id = $4 where id = $1
            """, connection);
        note.Parameters.Add(new() { Value = id });
        note.Parameters.Add(new() { Value = clock.GetUtcNow() });
        note.Parameters.Add(new() { Value = $"Started by {by.Name}." });
        note.Parameters.Add(new() { Value = (object?)run ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await note.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (run is null && tasks.FirstOrDefault(task => task.Work == work) is { } task)
            await dispatch.Perform(id, storeId, task, cancel);
        return new RunNowOutcome.Started(run);
    }
}

public abstract record RunNowOutcome
{
    private RunNowOutcome()
    {
    }

    /// <summary>With its run; without one it is done already.</summary>
    public sealed record Started(long? RunId) : RunNowOutcome;

    public sealed record Refused(string Sentence) : RunNowOutcome;
}
