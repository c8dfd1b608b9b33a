using System.Globalization;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

public abstract record ScheduleCollectionsOutcome
{
    private ScheduleCollectionsOutcome()
    {
    }

    /// <summary>It comes from now on, under this name.</summary>
    public sealed record Scheduled(string Work) : ScheduleCollectionsOutcome;

    public sealed record Wrong(string Field, string Sentence) : ScheduleCollectionsOutcome;
}

/// <summary>Has some collections of a shop read again at their own times, with the products in them.</summary>
public sealed class ScheduleCollections(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>More at a time are read quicker by a pull of the whole shop.</summary>
    public const int MostCollections = 50;

    /// <summary>So many of these a shop can have.</summary>
    public const int MostSchedules = 20;

    public async Task<ScheduleCollectionsOutcome> Schedule(long storeId, IReadOnlyCollection<long> collections, RecurringSettings wanted, string by, CancellationToken cancel)
    {
        if (wanted.Problem is { } problem)
            return new ScheduleCollectionsOutcome.Wrong("everyMinutes", problem);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Problem(connection, storeId, collections, cancel) is { } unknown)
            return new ScheduleCollectionsOutcome.Wrong("collections", unknown);
        // The row of the shop, so that two people at once do not make one too many.
        await using (var count = new NpgsqlCommand("""
            with held as (select id from stores where id = $1 for no key update)
            select count(*) from recurring_work w join held on held.id = w.store_id where w.collections is not null
            """, connection))
        {
            count.Parameters.Add(new() { Value = storeId });
            if ((long)(await count.ExecuteScalarAsync(cancel))! >= MostSchedules)
                return new ScheduleCollectionsOutcome.Wrong("collections", $"A shop can have {MostSchedules} of these. Put these collections into one that is there, or remove one.");
        }
        var zone = await StoreZone.Read(connection, storeId, cancel);
        await using var insert = new NpgsqlCommand($"""
            insert into recurring_work (store_id, work, every_minutes, at_minute, days, most_late_minutes, is_on, changed_by, next_at, collections, time_zone)
            select id, '{RecurringKind.PullCollections.Name}:' || (select coalesce(max(split_part(work, ':', 2)::bigint), 0) + 1 from recurring_work where store_id = $1 and collections is not null),
                $2, $3, $4, $5, $6, $7, $8, $9, time_zone
            from stores where id = $1 returning work
            """, connection);
        insert.Parameters.Add(new() { Value = storeId });
        MakeRecurringWork.Fill(insert, wanted.Rhythm);
        insert.Parameters.Add(wanted.Latest);
        insert.Parameters.Add(new() { Value = wanted.IsOn });
        insert.Parameters.Add(new() { Value = by });
        insert.Parameters.Add(new() { Value = wanted.Rhythm.Next(clock.GetUtcNow(), zone) });
        insert.Parameters.Add(new() { Value = collections.Distinct().Order().ToArray() });
        var work = (string)(await insert.ExecuteScalarAsync(cancel))!;
        await transaction.CommitAsync(cancel);
        return new ScheduleCollectionsOutcome.Scheduled(work);
    }

    /// <summary>What is wrong with a choice of collections; null when nothing is.</summary>
    internal static async Task<string?> Problem(NpgsqlConnection connection, long storeId, IReadOnlyCollection<long> collections, CancellationToken cancel)
    {
        if (collections.Count == 0)
            return "Choose at least one collection.";
        if (collections.Distinct().Count() > MostCollections)
            return $"{collections.Count} collections are chosen; at most {MostCollections} can be read by one schedule.";
        await using var command = new NpgsqlCommand("""
            select i from unnest($2::bigint[]) i where not exists (select from collections c where c.store_id = $1 and c.shopify_id = i and c.deleted_at is null) order by i limit 1
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collections.ToArray() });
        return await command.ExecuteScalarAsync(cancel) is long unknown
            ? string.Create(CultureInfo.InvariantCulture, $"This shop has no collection with the id {unknown}.")
            : null;
    }
}
