using CowansDashboard.Stores;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>What a person sets: when it comes, whether at all, and how late it may be.</summary>
public sealed record RecurringSettings(Rhythm Rhythm, bool IsOn)
{
    /// <summary>Later than this it waits for its next time; null starts it whenever a server is back.</summary>
    public TimeSpan? MostLate { get; init; }
}

/// <summary>Changes when a recurring work comes. Its next time is reckoned from now on.</summary>
public sealed class ChangeRecurringWork(NpgsqlDataSource database, TimeProvider clock)
{
    /// <returns>What is wrong; null when it is changed.</returns>
    public async Task<string?> Change(long storeId, string work, RecurringSettings wanted, string by, CancellationToken cancel)
    {
        if (wanted.Rhythm.Problem is { } problem)
            return problem;
        if (wanted.MostLate is { } late && (late < TimeSpan.FromMinutes(1) || late > TimeSpan.FromDays(7)))
            return "Choose between a minute and seven days.";
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var zone = await StoreZone.Read(connection, storeId, cancel);
        await using var command = new NpgsqlCommand("""
            update recurring_work set every_minutes = $3, at_minute = $4, days = $5, most_late_minutes = $6, changed_by = $7, waits_for = null,
                -- Only what is set anew, or was off, is reckoned anew: a turn that is due stays due.
                next_at = case when not is_on or (every_minutes, at_minute, days) is distinct from ($3, $4, $5) then $8 else next_at end, is_on = $9
            where store_id = $1 and work = $2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = work });
        MakeRecurringWork.Fill(command, wanted.Rhythm);
        command.Parameters.Add(new() { Value = wanted.MostLate is { } most ? (int)most.TotalMinutes : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = by });
        command.Parameters.Add(new() { Value = wanted.Rhythm.Next(clock.GetUtcNow(), zone) });
        command.Parameters.Add(new() { Value = wanted.IsOn });
        if (await command.ExecuteNonQueryAsync(cancel) == 0)
            return "This shop has no such work.";
        await transaction.CommitAsync(cancel);
        return null;
    }
}
