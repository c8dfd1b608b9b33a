using CowansDashboard.Stores;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>What a person sets: when it comes, whether at all, and how late it may be.</summary>
public sealed record RecurringSettings(Rhythm Rhythm, bool IsOn)
{
    /// <summary>Later than this it waits for its next time; null starts it whenever a server is back.</summary>
    public TimeSpan? MostLate { get; init; }

    /// <summary>Which collections it reads, by Shopify's ids, where it reads some; null leaves them as they are.</summary>
    public IReadOnlyCollection<long>? Collections { get; init; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? Problem => Rhythm.Problem
        ?? (MostLate is { } late && (late < TimeSpan.FromMinutes(1) || late > TimeSpan.FromDays(7)) ? "Choose between a minute and seven days." : null);

    internal NpgsqlParameter Latest => new() { Value = MostLate is { } most ? (int)most.TotalMinutes : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
}

/// <summary>What is wrong with what was asked for, and in which field of it.</summary>
public sealed record RecurringProblem(string Field, string Sentence);

/// <summary>Changes when a recurring work comes. Its next time is reckoned from now on.</summary>
public sealed class ChangeRecurringWork(NpgsqlDataSource database, TimeProvider clock)
{
    /// <returns>What is wrong; null when it is changed.</returns>
    public async Task<RecurringProblem?> Change(long storeId, string work, RecurringSettings wanted, string by, CancellationToken cancel)
    {
        if (wanted.Problem is { } problem)
            return new RecurringProblem("everyMinutes", problem);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (wanted.Collections is { } chosen && await ScheduleCollections.Problem(connection, storeId, chosen, cancel) is { } unknown)
            return new RecurringProblem("collections", unknown);
        var zone = await StoreZone.Read(connection, storeId, cancel);
        await using var command = new NpgsqlCommand("""
            update recurring_work set every_minutes = $3, at_minute = $4, days = $5, most_late_minutes = $6, changed_by = $7, waits_for = null,
                -- Only what is set anew, or was off, is reckoned anew: a turn that is due stays due.
                next_at = case when not is_on or (every_minutes, at_minute, days) is distinct from ($3, $4, $5) then $8 else next_at end, is_on = $9,
                collections = case when collections is null then null else coalesce($10, collections) end
            where store_id = $1 and work = $2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = work });
        MakeRecurringWork.Fill(command, wanted.Rhythm);
        command.Parameters.Add(wanted.Latest);
        command.Parameters.Add(new() { Value = by });
        command.Parameters.Add(new() { Value = wanted.Rhythm.Next(clock.GetUtcNow(), zone) });
        command.Parameters.Add(new() { Value = wanted.IsOn });
        command.Parameters.Add(new() { Value = (object?)wanted.Collections?.Distinct().Order().ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        if (await command.ExecuteNonQueryAsync(cancel) == 0)
            return new RecurringProblem("work", "This shop has no such work.");
        await transaction.CommitAsync(cancel);
        return null;
    }
}
