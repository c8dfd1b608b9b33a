using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>What was heard of one topic since a moment.</summary>
/// <param name="Topic">As in the header.</param>
/// <param name="Heard">Deliveries, each once.</param>
/// <param name="Repeats">Times that one of them came again.</param>
/// <param name="Changed">Those that changed the copy.</param>
/// <param name="Queued">Those that wait.</param>
/// <param name="Dead">Those that were given up.</param>
/// <param name="LagP95">Of all but the slowest twentieth, the longest way from Shopify's trigger to the copy.</param>
/// <param name="LastHeardAt">The newest.</param>
public sealed record TopicCount(string Topic, long Heard, long Repeats, long Changed, long Queued, long Dead, TimeSpan? LagP95, DateTimeOffset LastHeardAt);

/// <summary>What was heard in ten minutes.</summary>
public sealed record HeardInTenMinutes(DateTimeOffset From, long Heard, long Repeats, TimeSpan? LagP95);

/// <summary>The inbox of a store at this moment.</summary>
/// <param name="Queued">Deliveries that wait.</param>
/// <param name="OldestQueuedAt">When the one that waits longest was heard; null when none waits.</param>
/// <param name="Failing">Those that wait after a failed attempt.</param>
/// <param name="Dead">Those that were given up.</param>
/// <param name="PerMinute">Heard a minute, over the last ten.</param>
/// <param name="LastHeardAt">The newest of all; null when none ever came.</param>
/// <param name="LagP95">Of the last ten minutes.</param>
public sealed record InboxCount(long Queued, DateTimeOffset? OldestQueuedAt, long Failing, long Dead, double PerMinute, DateTimeOffset? LastHeardAt, TimeSpan? LagP95);

/// <summary>Counts what was heard: by topic, by time, and what waits now.</summary>
public sealed class CountDeliveries(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<TopicCount>> ByTopic(long storeId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select topic, count(*), sum(repeats)::bigint, count(*) filter (where outcome in ('changed', 'conflict', 'deleted')), count(*) filter (where state = 'queued'),
                count(*) filter (where state = 'dead'), {DeliveryLag.P95}, max(heard_at)
            from webhook_deliveries where store_id = $1 and heard_at >= $2 group by topic order by 2 desc, 1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        var counts = new List<TopicCount>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            counts.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), Span(reader, 6),
                reader.GetFieldValue<DateTimeOffset>(7)));
        return counts;
    }

    /// <summary>Ten minutes after ten minutes, the empty ones too, the oldest first.</summary>
    public async Task<IReadOnlyList<HeardInTenMinutes>> ByTime(long storeId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            with heard as (
                select date_bin('10 minutes', heard_at, 'epoch') as at, count(*) as n, sum(repeats)::bigint as again, {DeliveryLag.P95} as lag
                from webhook_deliveries where store_id = $1 and heard_at >= date_bin('10 minutes', $2, 'epoch') group by 1)
            select t, coalesce(n, 0), coalesce(again, 0), lag
            from generate_series(date_bin('10 minutes', $2, 'epoch'), now(), '10 minutes') t left join heard on at = t order by t
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        var counts = new List<HeardInTenMinutes>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            counts.Add(new(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1), reader.GetInt64(2), Span(reader, 3)));
        return counts;
    }

    public async Task<InboxCount> Now(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select q.n, q.oldest, q.failing, (select count(*) from webhook_deliveries where store_id = $1 and state = 'dead'), r.n / 10.0::float8,
                (select heard_at from webhook_deliveries where store_id = $1 order by id desc limit 1), r.lag
            from (select count(*) as n, min(coalesce(replayed_at, heard_at)) as oldest, count(*) filter (where error is not null) as failing
                  from webhook_deliveries where store_id = $1 and state = 'queued') q,
                (select count(*)::float8 as n, {DeliveryLag.P95} as lag from webhook_deliveries where store_id = $1 and heard_at > now() - interval '10 minutes') r
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new(reader.GetInt64(0), Time(reader, 1), reader.GetInt64(2), reader.GetInt64(3), reader.GetDouble(4), Time(reader, 5), Span(reader, 6));
    }

    private static TimeSpan? Span(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetTimeSpan(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
