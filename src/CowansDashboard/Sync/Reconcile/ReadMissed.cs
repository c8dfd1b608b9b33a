using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>What webhooks of one topic told, and what they did not.</summary>
/// <param name="Topic">As Shopify names it.</param>
/// <param name="Heard">Deliveries since then.</param>
/// <param name="Missed">Entities whose change no delivery told of.</param>
/// <param name="PerHour">Deliveries in each of the last 24 hours, the oldest first.</param>
/// <param name="LastHeard">When the last one came.</param>
public sealed record MissedTopic(string Topic, long Heard, long Missed, IReadOnlyList<long> PerHour, DateTimeOffset? LastHeard)
{
    /// <summary>Shopify sends it here, as far as the last check knows.</summary>
    public bool IsRegistered { get; init; }

    /// <summary>It was gone, and is there again since.</summary>
    public DateTimeOffset? BackAt { get; init; }

    /// <summary>Entities whose change no delivery told of yet, found too lately to count: a delivery may still come.</summary>
    public long Young { get; init; }

    public long Expected => Heard + Missed;
}

/// <summary>
/// Counts what webhooks missed: entities that a pull or a comparison found changed, and of whose change no delivery had told
/// since the copy's last known state, after a time of grace. A topic that was never heard is not held to have missed anything.
/// </summary>
public sealed class ReadMissed(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How late a delivery may come before its change counts as missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>A change f, as noted by a read, of which no delivery told.</summary>
    private const string NotTold = """
        not exists (
            select from webhook_deliveries d
            where d.store_id = f.store_id and d.entity = f.entity and d.entity_id = f.entity_id and not d.is_test
                and split_part(d.topic, '/', 1) = split_part(f.topic, '/', 1) and d.heard_at <= f.found_at + $4::interval
                -- Of a deletion Shopify tells no time, and what told of the product before it told nothing of it.
                and (case when f.changed_at is null then d.topic = f.topic and d.heard_at > f.known_at
                    when d.triggered_at is not null then d.triggered_at >= f.changed_at - interval '2 seconds'
                    else d.heard_at >= f.changed_at - interval '2 seconds' end
                    or d.heard_at <= f.found_at and (d.done_at is null or d.done_at >= f.found_at)))
        -- Heard, and not understood yet: it may be about this very change.
        and not exists (
            select from webhook_deliveries q
            where q.state = 'queued' and q.store_id = f.store_id and q.entity_id is null and not q.is_test
                and split_part(q.topic, '/', 1) = split_part(f.topic, '/', 1) and q.heard_at <= f.found_at + $4::interval)
        """;

    public async Task<IReadOnlyList<MissedTopic>> Topics(long storeId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            with recent as (
                select topic, count(*) as heard
                from webhook_deliveries where store_id = $1 and heard_at >= $2 and not is_test group by topic),
            -- Its first and last from the index: a shop keeps a million deliveries.
            deliveries as (
                select t.topic, coalesce(r.heard, 0) as heard,
                    (select min(d.heard_at) from webhook_deliveries d where d.store_id = $1 and d.topic = t.topic and not d.is_test) as first,
                    (select max(d.heard_at) from webhook_deliveries d where d.store_id = $1 and d.topic = t.topic and not d.is_test) as last
                from (select topic from recent union select topic from webhook_subscriptions where store_id = $1) t left join recent r on r.topic = t.topic),
            heard as (
                select coalesce(d.topic, w.topic) as topic, coalesce(d.heard, 0) as heard, d.last, least(d.first, w.registered_at) as first,
                    w.shopify_id is not null as registered, w.back_at
                from deliveries d full join (select * from webhook_subscriptions where store_id = $1 and registered_at is not null) w on w.topic = d.topic),
            missed as (
                select f.topic, count(distinct f.entity_id) filter (where f.found_at < $3 - $4::interval) as missed,
                    count(distinct f.entity_id) filter (where f.found_at >= $3 - $4::interval) as young
                from found_changes f
                where f.store_id = $1 and f.found_at >= $2 and {NotTold}
                    -- A topic counts from its registration or first delivery on: before that nobody had asked for it.
                    and coalesce(f.changed_at, f.found_at) >= (select min(h.first) from heard h where split_part(h.topic, '/', 1) = split_part(f.topic, '/', 1))
                group by f.topic),
            hours as (
                select topic, array_agg(n order by hour) as n from (
                    select t.topic, h.hour, (select count(*) from webhook_deliveries d where d.store_id = $1 and d.topic = t.topic and not d.is_test
                        and d.heard_at >= $3 - make_interval(hours => 24 - h.hour) and d.heard_at < $3 - make_interval(hours => 23 - h.hour)) as n
                    from heard t cross join generate_series(0, 23) h (hour)) each
                group by topic)
            select coalesce(h.topic, m.topic), coalesce(h.heard, 0), coalesce(m.missed, 0), coalesce(n.n, array_fill(0::bigint, array[24])), h.last, coalesce(h.registered, false), h.back_at, coalesce(m.young, 0)
            from heard h full join missed m on m.topic = h.topic left join hours n on n.topic = h.topic
            order by 2 desc, 1
            """);
        command.CommandTimeout = 60;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = Grace });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var topics = new List<MissedTopic>();
        while (await reader.ReadAsync(cancel))
            topics.Add(new MissedTopic(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<long[]>(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4))
            {
                IsRegistered = reader.GetBoolean(5),
                BackAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                Young = reader.GetInt64(7),
            });
        return topics;
    }
}
