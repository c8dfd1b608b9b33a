using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules;

/// <summary>
/// Begins and ends what is due in a shop, in the order of time, and lets a push follow. Each batch commits the values
/// together with the layers that set them, so that whatever dies in between each begins and ends once. What came due while
/// no server ran is caught up once; what should have begun and ended meanwhile is not done at all.
/// </summary>
public sealed class PerformSchedules(NpgsqlDataSource database, SendSchedules send, TimeProvider clock) : IRunWork
{
    private const int MostAttempts = 6;

    public static readonly RunKind Kind = new("schedule", "schedule");

    RunKind IRunWork.Kind => Kind;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var stream = run.Progress.Stream("values", "in the copy");
        var held = new HashSet<long>();
        // What comes due while this works is done as well.
        while ((await DueMove.List(database, run.StoreId, clock.GetUtcNow(), cancel)).FirstOrDefault(move => !held.Contains(move.ScheduleId)) is { } move)
            if (!await Perform(run, stream, move, cancel))
                held.Add(move.ScheduleId);
        stream.Done();
        await send.Send(run, cancel);
    }

    /// <returns>False when it may not begin.</returns>
    private async Task<bool> Perform(RunContext run, RunStream stream, DueMove move, CancellationToken cancel)
    {
        Schedule schedule;
        await using (var transaction = await run.Begin(cancel))
        {
            await HeldSchedule.Hold(transaction.Connection, run.StoreId, move.ScheduleId, cancel);
            schedule = (await ReadSchedules.Find(transaction.Connection, run.StoreId, move.ScheduleId, cancel))!;
            if (schedule.State is not (ScheduleState.Planned or ScheduleState.Starting) == move.IsStart)
                return true;
            if (schedule.State is ScheduleState.Planned && schedule.EndsAt <= clock.GetUtcNow())
            {
                await Miss(transaction, schedule, cancel);
                run.Progress.Log(RunLogLevel.Warning, $"“{schedule.Title}” did not run: its end was over before it could begin.");
                return true;
            }
            if (schedule.WaitsForApproval)
            {
                await Set(transaction.Connection, schedule.Id, "held_at = coalesce(held_at, $2)", cancel);
                await transaction.Commit(cancel);
                run.Progress.Log(RunLogLevel.Warning, $"“{schedule.Title}” was not begun: nobody has approved it. {string.Join(" ", schedule.NeedsApproval)}");
                return false;
            }
            await Set(transaction.Connection, schedule.Id, move.IsStart ? "state = 'starting', started_at = coalesce(started_at, $2)" : "state = 'ending'", cancel);
            await transaction.Commit(cancel);
        }
        stream.SetTotal(move.IsStart ? schedule.Waiting : schedule.Active);
        var (skipped, lifted) = (0, 0);
        while (await Batch(run, stream, schedule, move.IsStart, cancel) is { } moved)
            (skipped, lifted) = (skipped + moved.Skipped, lifted + moved.Lifted);
        await Close(run, schedule, move.IsStart, cancel);
        return true;
    }

    private async Task<MovedLayers?> Batch(RunContext run, RunStream stream, Schedule schedule, bool isStart, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await using var transaction = await run.Begin(cancel);
                var changeSet = await ChangeSet(transaction.Connection, schedule.Id, isStart, cancel);
                var head = new ChangeSetHead(run.StoreId, ChangeSetKind.Schedule, $"{schedule.Title}: {(isStart ? schedule.EndsAt is null ? "set" : "begins" : "ends")}", null, schedule.MadeById, schedule.MadeBy, run.RunId);
                var moved = isStart
                    ? await MoveLayers.Start(transaction.Connection, schedule.Id, schedule.EndsAt is null, changeSet, head, cancel)
                    : await MoveLayers.End(transaction.Connection, schedule.Id, changeSet, head, cancel);
                if (moved is null)
                    return null;
                if (moved.Saved.ChangeSetId > 0 && changeSet == 0)
                    await Note(transaction.Connection, schedule.Id, isStart ? "start_change_set" : "end_change_set", moved.Saved.ChangeSetId, cancel);
                transaction.Advance(stream, moved.Rows);
                transaction.Count(RunCounter.Updated, moved.Saved.Fields);
                transaction.Count(RunCounter.Unchanged, Math.Max(0, moved.Rows - moved.Saved.Fields));
                await transaction.Commit(cancel);
                return moved;
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    private static async Task<long> ChangeSet(NpgsqlConnection connection, long scheduleId, bool isStart, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select coalesce({(isStart ? "start_change_set" : "end_change_set")}, 0) from schedules where id = $1 for no key update", connection);
        command.Parameters.Add(new() { Value = scheduleId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task Note(NpgsqlConnection connection, long scheduleId, string column, long changeSet, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"update schedules set {column} = $2 where id = $1", connection);
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = changeSet });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task Miss(FencedTransaction transaction, Schedule schedule, CancellationToken cancel)
    {
        await Set(transaction.Connection, schedule.Id, "state = 'missed', ended_at = $2, start_said = 'It did not run: its end was over before it could begin.'", cancel);
        await using var layers = new NpgsqlCommand("update schedule_layers set state = 'skipped' where schedule_id = $1", transaction.Connection);
        layers.Parameters.Add(new() { Value = schedule.Id });
        await layers.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    private async Task Close(RunContext run, Schedule schedule, bool isStart, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        var now = (await ReadSchedules.Find(transaction.Connection, run.StoreId, schedule.Id, cancel))!;
        var done = isStart ? now.Active + now.Ended : now.Ended;
        string?[] parts =
        [
            isStart ? $"{Schedule.Count(done, "value")} set" : $"{Schedule.Count(done, "value")} returned",
            now.Skipped > 0 ? $"{Schedule.Count(now.Skipped, "value")} left as they were" : null,
            now.Lifted > 0 ? $"{Schedule.Count(now.Lifted, "value")} changed by others meanwhile and kept" : null,
        ];
        var said = string.Join(", ", parts.OfType<string>()) + ".";
        // What begins is sent, and so is what ends; where nothing changed there is nothing to send.
        var sends = schedule.Sends && (isStart ? now.StartChangeSet : now.EndChangeSet) is not null;
        var stays = schedule.EndsAt is null;
        await using var command = new NpgsqlCommand($"""
            update schedules set state = $2, {(isStart ? "start_said" : "end_said")} = $3, sending = case when $4 then $5 else sending end, ended_at = case when $2 = 'done' then $6 else ended_at end where id = $1
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = schedule.Id });
        command.Parameters.Add(new() { Value = isStart && !stays ? "active" : "done" });
        command.Parameters.Add(new() { Value = said });
        command.Parameters.Add(new() { Value = sends });
        command.Parameters.Add(new() { Value = isStart ? "start" : "end" });
        command.Parameters.Add(new() { Value = clock.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancel);
        run.Progress.Log(now.Skipped + now.Lifted > 0 ? RunLogLevel.Warning : RunLogLevel.Info, $"“{schedule.Title}” {(isStart ? "began" : "ended")}: {said}");
        await transaction.Commit(cancel);
    }

    private async Task Set(NpgsqlConnection connection, long scheduleId, string what, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"update schedules set {what} where id = $1 and $2 is not null", connection);
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = clock.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
