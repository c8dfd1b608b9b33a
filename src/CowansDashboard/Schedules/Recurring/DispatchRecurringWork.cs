using CowansDashboard.Runs;
using CowansDashboard.Stores;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>
/// Starts the recurring work that is due. A turn is taken by moving its row on to the next one in the transaction that starts
/// the run, so that nodes that look at the same moment start it once, and turns that passed while no server ran are made up
/// for once, however many they were.
/// </summary>
public sealed partial class DispatchRecurringWork(
    NpgsqlDataSource database, MakeRecurringWork make, StartRecurringWork start, IEnumerable<IRecurringTask> tasks, TimeProvider clock, ILogger<DispatchRecurringWork> log)
{
    internal static readonly AskedBy Schedule = new(null, "Schedule");

    private static readonly TimeSpan Prompt = TimeSpan.FromMinutes(2);

    /// <summary>One look; answers how many turns were taken.</summary>
    public async Task<int> Dispatch(CancellationToken cancel)
    {
        await make.Make(cancel);
        var looked = new List<long>();
        var taken = 0;
        while (await Take(looked, cancel) is { } turn)
        {
            looked.Add(turn.Id);
            taken += turn.IsTaken ? 1 : 0;
            if (turn.Task is { } task)
                await Perform(turn.Id, turn.StoreId, task, cancel);
        }
        return taken;
    }

    /// <summary>Does what needs no run, and writes down what became of it.</summary>
    internal async Task Perform(long id, long storeId, IRecurringTask task, CancellationToken cancel)
    {
        var (outcome, said) = (RecurringOutcome.Done, "");
        try
        {
            var result = await task.Perform(storeId, cancel);
            (outcome, said) = (result.IsDone ? RecurringOutcome.Done : RecurringOutcome.Failed, result.Said);
        }
        // Whatever one of them throws, the others have their turn.
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            (outcome, said) = (RecurringOutcome.Failed, failure.Message);
            LogFailed(failure, task.Work, storeId);
        }
        await using var command = database.CreateCommand("update recurring_work set last_outcome = $2, last_said = $3 where id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = ReadRecurringWork.Text(outcome) });
        command.Parameters.Add(new() { Value = said });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<Turn?> Take(List<long> looked, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Due(connection, looked, now, cancel) is not { } due)
            return null;
        var next = due.Rhythm.Next(now, StoreZone.Of(due.TimeZone));
        var missed = due.Rhythm.Turns(due.At, now, StoreZone.Of(due.TimeZone));
        if (due.MostLate is { } most && now - due.At > most)
        {
            await Move(connection, due, next, now, RecurringOutcome.Missed, $"{(due.WaitedFor is { } waited ? $"It would have begun too late. {waited}" : "No server was there in time.")} It waits for its next time instead.", missed, null, cancel);
            await transaction.CommitAsync(cancel);
            return new Turn(due.Id, due.StoreId, true, null);
        }
        switch (await start.Start(due.StoreId, due.Kind, Schedule, transaction, cancel))
        {
            case RecurringStart.Waits waits:
                await Wait(connection, due, waits.Sentence, cancel);
                await transaction.CommitAsync(cancel);
                return new Turn(due.Id, due.StoreId, false, null);
            case RecurringStart.NotNeeded not:
                await Move(connection, due, next, now, RecurringOutcome.NotNeeded, not.Sentence, missed, null, cancel);
                await transaction.CommitAsync(cancel);
                return new Turn(due.Id, due.StoreId, true, null);
            case RecurringStart.Started started:
                await Move(connection, due, next, now, RecurringOutcome.Started, Why(due, now, missed), missed, started.RunId, cancel);
                await transaction.CommitAsync(cancel);
                return new Turn(due.Id, due.StoreId, true, null);
            default:
                await Move(connection, due, next, now, RecurringOutcome.Started, Why(due, now, missed), missed, null, cancel);
                await transaction.CommitAsync(cancel);
                return new Turn(due.Id, due.StoreId, true, tasks.FirstOrDefault(task => task.Work == due.Kind.Name));
        }
    }

    private static string? Why(Due due, DateTimeOffset now, int missed) => now - due.At <= Prompt ? null
        : due.WaitedFor is not null ? $"It waited. {due.WaitedFor}"
        : missed == 0 ? "No server was there in time."
        : $"No server was there for {missed + 1} turns; they were made up for once.";

    private static async Task<Due?> Due(NpgsqlConnection connection, List<long> looked, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select w.id, w.store_id, w.work, w.every_minutes, w.at_minute, w.days, w.most_late_minutes, w.next_at, w.time_zone, w.waits_for, w.collections
            from recurring_work w join stores s on s.id = w.store_id
            where w.is_on and w.next_at <= $1 and split_part(w.work, ':', 1) = any($2) and w.id <> all($3) and s.deleted_at is null and s.recurring_paused_at is null
            order by w.next_at, w.id limit 1 for update of w skip locked
            """, connection);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = RecurringKind.All.Append(RecurringKind.PullCollections).Select(kind => kind.Name).ToArray() });
        command.Parameters.Add(new() { Value = looked.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        return new Due(reader.GetInt64(0), reader.GetInt64(1), RecurringKind.Of(reader.GetString(2))!.For(reader.IsDBNull(10) ? null : reader.GetFieldValue<long[]>(10)), ReadRecurringWork.RhythmOf(reader, 3),
            reader.IsDBNull(6) ? null : TimeSpan.FromMinutes(reader.GetInt32(6)), reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9));
    }

    private static async Task Wait(NpgsqlConnection connection, Due due, string sentence, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("update recurring_work set waits_for = $2 where id = $1", connection);
        command.Parameters.Add(new() { Value = due.Id });
        command.Parameters.Add(new() { Value = sentence });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task Move(
        NpgsqlConnection connection, Due due, DateTimeOffset next, DateTimeOffset now, RecurringOutcome outcome, string? said, int missed, long? run, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update recurring_work set next_at = $2, last_due_at = next_at, last_at = $3, last_outcome = $4, last_said = $5, last_missed = $6, last_run_id = $7, waits_for = null where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = due.Id });
        command.Parameters.Add(new() { Value = next });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = ReadRecurringWork.Text(outcome) });
        command.Parameters.Add(new() { Value = (object?)said ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = missed });
        command.Parameters.Add(new() { Value = (object?)run ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Turn(long Id, long StoreId, bool IsTaken, IRecurringTask? Task);

    [LoggerMessage(2090, LogLevel.Error, "Recurring work {Work} of store {Store} failed")]
    private partial void LogFailed(Exception failure, string work, long store);
}

/// <summary>A turn whose time has come.</summary>
internal sealed record Due(long Id, long StoreId, RecurringKind Kind, Rhythm Rhythm, TimeSpan? MostLate, DateTimeOffset At, string TimeZone, string? WaitedFor);
