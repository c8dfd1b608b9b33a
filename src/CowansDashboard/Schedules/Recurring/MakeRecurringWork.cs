using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>
/// Gives each connected shop the work that it does not have yet, and reckons the times of a shop anew whose zone has changed.
/// What people have set stays.
/// </summary>
public sealed class MakeRecurringWork(NpgsqlDataSource database, TimeProvider clock)
{
    public async Task Make(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        foreach (var (store, work, zone) in await Missing(cancel))
        {
            var kind = RecurringKind.Of(work)!;
            await using var insert = database.CreateCommand("""
                insert into recurring_work (store_id, work, every_minutes, at_minute, days, time_zone, next_at)
                select $1, $2, $3, $4, $5, time_zone, $6 from stores where id = $1
                on conflict (store_id, work) do nothing
                """);
            insert.Parameters.Add(new() { Value = store });
            insert.Parameters.Add(new() { Value = work });
            Fill(insert, kind.Default);
            insert.Parameters.Add(new() { Value = kind.Default.Next(now, zone) });
            await insert.ExecuteNonQueryAsync(cancel);
        }
        foreach (var (id, name, rhythm) in await Moved(cancel))
        {
            await using var update = database.CreateCommand("update recurring_work set time_zone = $2, next_at = $3 where id = $1 and time_zone <> $2");
            update.Parameters.Add(new() { Value = id });
            update.Parameters.Add(new() { Value = name });
            update.Parameters.Add(new() { Value = rhythm.Next(now, StoreZone.Of(name)) });
            await update.ExecuteNonQueryAsync(cancel);
        }
    }

    internal static void Fill(NpgsqlCommand command, Rhythm rhythm)
    {
        command.Parameters.Add(new() { Value = (object?)rhythm.EveryMinutes ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (rhythm.At.Hour * 60) + rhythm.At.Minute });
        command.Parameters.Add(new() { Value = rhythm.Days });
    }

    private async Task<List<(long Store, string Work, TimeZoneInfo Zone)>> Missing(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.id, k.work, s.time_zone from stores s cross join unnest($1::text[]) k (work)
            where s.deleted_at is null and not exists (select from recurring_work w where w.store_id = s.id and w.work = k.work)
            """);
        command.Parameters.Add(new() { Value = RecurringKind.All.Select(kind => kind.Name).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var missing = new List<(long, string, TimeZoneInfo)>();
        while (await reader.ReadAsync(cancel))
            missing.Add((reader.GetInt64(0), reader.GetString(1), StoreZone.Of(reader.GetString(2))));
        return missing;
    }

    private async Task<List<(long Id, string Zone, Rhythm Rhythm)>> Moved(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select w.id, s.time_zone, w.every_minutes, w.at_minute, w.days from recurring_work w join stores s on s.id = w.store_id where w.time_zone <> s.time_zone
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var moved = new List<(long, string, Rhythm)>();
        while (await reader.ReadAsync(cancel))
            moved.Add((reader.GetInt64(0), reader.GetString(1), ReadRecurringWork.RhythmOf(reader, 2)));
        return moved;
    }
}
