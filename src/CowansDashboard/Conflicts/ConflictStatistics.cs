using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>One field over the period: found, still open, and how the others ended.</summary>
public sealed record FieldConflicts(string Entity, string Field, long Found, long Open, long Ours, long Shopifys, long Other, long ByRule, long ByItself);

/// <summary>A day in the shop's time zone: how many were found and how many ended.</summary>
public sealed record DayOfConflicts(DateOnly Day, long Found, long Settled);

/// <summary>Conflicts of a store over some days.</summary>
/// <param name="SettledThisWeek">In the last seven days: by people, by rules, and those that closed themselves.</param>
/// <param name="MedianToSettle">How long those that people settled had waited.</param>
public sealed record ConflictFigures(
    int Days, long Open, long Found, SettledBy SettledThisWeek, TimeSpan? MedianToSettle,
    IReadOnlyList<FieldConflicts> Fields, IReadOnlyList<DayOfConflicts> Trend);

public sealed record SettledBy(long Person, long Rule, long Itself)
{
    public long All => Person + Rule + Itself;
}

/// <summary>Counts a store's conflicts per field and day, and how they ended.</summary>
public sealed class ConflictStatistics(NpgsqlDataSource database, TimeProvider clock)
{
    public const int MostDays = 366;

    private const string ByPerson = "c.closed_as in ('mine', 'shopifys', 'other', 'edited')";
    private const string ByItself = "c.closed_as in ('agreed', 'returned', 'deleted', 'overwritten')";
    private const string ByRule = "c.closed_as like 'rule-%'";

    public async Task<ConflictFigures> Read(long storeId, int days, TimeZoneInfo zone, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var first = today.AddDays(1 - days);
        var since = ShopMoment.Start(first.ToDateTime(TimeOnly.MinValue), zone).At;
        await using var batch = database.CreateBatch();
        Add($"""
            select count(*) filter (where c.closed_at is null), count(*) filter (where c.detected_at >= $2),
                count(*) filter (where c.closed_at >= $3 and {ByPerson}), count(*) filter (where c.closed_at >= $3 and {ByRule}),
                count(*) filter (where c.closed_at >= $3 and {ByItself}),
                percentile_cont(0.5) within group (order by extract(epoch from c.closed_at - c.detected_at)) filter (where c.closed_at >= $2 and {ByPerson})
            from conflicts c where c.store_id = $1 and (c.closed_at is null or c.closed_at >= $2 or c.detected_at >= $2)
            """);
        Add($"""
            select c.entity, c.field, count(*) filter (where c.detected_at >= $2), count(*) filter (where c.closed_at is null),
                count(*) filter (where c.closed_as = 'mine'), count(*) filter (where c.closed_as = 'shopifys'),
                count(*) filter (where c.closed_as in ('other', 'edited')), count(*) filter (where {ByRule}),
                count(*) filter (where {ByItself})
            from conflicts c where c.store_id = $1 and (c.closed_at is null or c.closed_at >= $2 or c.detected_at >= $2)
            group by c.entity, c.field order by 3 desc, 4 desc, c.entity, c.field limit 50
            """);
        Add("""
            select day, sum(found)::bigint, sum(settled)::bigint from (
                select (c.detected_at at time zone $4)::date as day, count(*) as found, 0 as settled
                from conflicts c where c.store_id = $1 and c.detected_at >= $2 group by 1
                union all
                select (c.closed_at at time zone $4)::date, 0, count(*)
                from conflicts c where c.store_id = $1 and c.closed_at >= $2 group by 1) d
            group by day order by day
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (open, found) = (reader.GetInt64(0), reader.GetInt64(1));
        var week = new SettledBy(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        TimeSpan? median = reader.IsDBNull(5) ? null : TimeSpan.FromSeconds(reader.GetDouble(5));
        await reader.NextResultAsync(cancel);
        var fields = new List<FieldConflicts>();
        while (await reader.ReadAsync(cancel))
            fields.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)));
        await reader.NextResultAsync(cancel);
        var counted = new Dictionary<DateOnly, DayOfConflicts>();
        while (await reader.ReadAsync(cancel))
        {
            var day = reader.GetFieldValue<DateOnly>(0);
            counted[day] = new(day, reader.GetInt64(1), reader.GetInt64(2));
        }
        return new(days, open, found, week, median, fields,
            [.. Enumerable.Range(0, days).Select(first.AddDays).Select(day => counted.GetValueOrDefault(day, new(day, 0, 0)))]);

        void Add(string sql) => batch.BatchCommands.Add(new(sql)
        {
            Parameters =
            {
                new() { Value = storeId },
                new() { Value = since },
                new() { Value = now.AddDays(-7) },
                new() { Value = Zone(zone) },
            },
        });
    }

    // PostgreSQL knows zones by their IANA names, as the shop's own zone is; any other is read as UTC.
    private static string Zone(TimeZoneInfo zone) => zone.HasIanaId ? zone.Id : "UTC";
}
