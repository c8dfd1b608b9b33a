using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules;

/// <summary>
/// Changes when a schedule begins and ends, what it is called and whether it is sent; of one that runs only its end. Whoever
/// moves a time has it approved anew, where that was needed.
/// </summary>
public sealed class ChangeSchedule(NpgsqlDataSource database, TimeProvider clock, WakeSchedules wake)
{
    public async Task<ScheduleOutcome> Change(long storeId, long scheduleId, ScheduleTimes times, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await HeldSchedule.Hold(connection, storeId, scheduleId, cancel);
        if (await ReadSchedules.Find(connection, storeId, scheduleId, cancel) is not { } schedule)
            return new ScheduleOutcome.Refused("There is no such schedule.");
        var begun = schedule.State is ScheduleState.Active;
        if (!begun && schedule.State is not ScheduleState.Planned)
            return new ScheduleOutcome.Refused("It is over, or at it this moment: nothing of it can be changed.");
        var wanted = begun ? times with { Start = schedule.StartsLocal } : times;
        var zone = await StoreZone.Read(connection, storeId, cancel);
        var moments = CheckedTimes.Of(wanted, zone, clock.GetUtcNow(), begun);
        if (moments.Problem is { } problem)
            return new ScheduleOutcome.Wrong(problem);
        if (begun)
            moments = moments with { Start = new(schedule.StartsAt, null) };

        await using (var command = new NpgsqlCommand("""
            update schedules set title = coalesce($2, title), starts_at = $3, ends_at = $4, starts_local = $5, ends_local = $6, time_zone = $7, send = $8, held_at = null where id = $1
            """, connection))
        {
            command.Parameters.Add(new() { Value = scheduleId });
            command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(wanted.Title) ? DBNull.Value : wanted.Title.Trim(), NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = moments.Start.At });
            command.Parameters.Add(new() { Value = (object?)moments.End?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = DateTime.SpecifyKind(wanted.Start, DateTimeKind.Unspecified), NpgsqlDbType = NpgsqlDbType.Timestamp });
            command.Parameters.Add(new() { Value = wanted.End is { } end ? DateTime.SpecifyKind(end, DateTimeKind.Unspecified) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Timestamp });
            command.Parameters.Add(new() { Value = zone.Id });
            command.Parameters.Add(new() { Value = wanted.Sends });
            await command.ExecuteNonQueryAsync(cancel);
        }
        // What begins or ends at another time was not approved so, and neither was what is sent now and was not to be.
        if (!begun && (moments.Start.At, moments.End?.At) != (schedule.StartsAt, schedule.EndsAt) || wanted.Sends && !schedule.Sends)
            await HeldPreview.Unapprove(connection, schedule.PreviewId, cancel);
        // Whoever may approve what is above the limits only now finds it at once, not when its time has come.
        var changed = (await ReadSchedules.Find(connection, storeId, scheduleId, cancel))!;
        await HeldPreview.Mark(connection, schedule.PreviewId, scheduled: true, asks: changed.WaitsForApproval || changed.EndWaitsForApproval, cancel);
        using (await wake.At(moments.All, transaction, cancel))
            await transaction.CommitAsync(cancel);
        return new ScheduleOutcome.Scheduled(scheduleId, 0);
    }
}
