using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>Deliveries of one topic that cannot be handled.</summary>
public sealed record FailingTopic(string Topic, int Events, DateTimeOffset Since, string? Error);

/// <summary>Deliveries that could not be handled yet because Shopify could not be asked.</summary>
/// <param name="Events">How many.</param>
/// <param name="Since">When the first of them came.</param>
/// <param name="Tries">How often the one that was tried most was.</param>
/// <param name="NextAt">When one of them is tried next.</param>
/// <param name="Error">What Shopify answered the last time.</param>
public sealed record HeldUp(int Events, DateTimeOffset Since, int Tries, DateTimeOffset NextAt, string? Error);

/// <summary>What of a store's webhooks is not as it should be, and how quick they are.</summary>
public sealed record WebhookTroubles
{
    public static readonly WebhookTroubles None = new();

    /// <summary>So many deliveries are counted at most; beyond it the number does not matter any more.</summary>
    public const int MostCounted = 1_000;

    /// <summary>Deliveries that were tried as often as it makes sense, by topic, the most first.</summary>
    public IReadOnlyList<FailingTopic> GaveUp { get; init; } = [];

    /// <summary>Deliveries that failed several times and are tried again, by topic, the most first.</summary>
    public IReadOnlyList<FailingTopic> Failing { get; init; } = [];

    /// <summary>Deliveries that wait to be handled.</summary>
    public int Queued { get; init; }

    /// <summary>Since when the oldest of them waits, where that is longer than it should be; null when the queue moves.</summary>
    public DateTimeOffset? StalledSince { get; init; }

    /// <summary>As <see cref="DeliveryLag"/> counts it, 95 of 100 of the last deliveries, or as long as one waits already; null when nothing was heard yet.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>Those that wait for an answer of Shopify, once they have done so for <see cref="ReadWebhookTroubles.ToldAfter"/>; null when none does.</summary>
    public HeldUp? HeldUp { get; init; }

    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>Gaps that nobody has seen.</summary>
    public IReadOnlyList<GapRow> Gaps { get; init; } = [];

    public IReadOnlyList<SubscriptionRow> Refused { get; init; } = [];

    /// <summary>Why the subscriptions could not be checked.</summary>
    public string? CheckError { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    public int GaveUpEvents => GaveUp.Sum(topic => topic.Events);

    /// <summary>What needs a person; refused topics count as one, since one missing scope refuses several.</summary>
    public int Count => GaveUpEvents + Gaps.Count + (Refused.Count == 0 ? 0 : 1) + (StalledSince is null ? 0 : 1) + (HeldUp is null ? 0 : 1) + (CheckError is null ? 0 : 1);
}

/// <summary>What needs attention about a store's webhooks; cheap enough for every open page.</summary>
public sealed class ReadWebhookTroubles(NpgsqlDataSource database, ReadSubscriptions subscriptions)
{
    /// <summary>A queue whose oldest untried delivery is older than this stands still.</summary>
    public static readonly TimeSpan Stalled = TimeSpan.FromMinutes(2);

    /// <summary>How long Shopify may leave events waiting before somebody is told.</summary>
    public static readonly TimeSpan ToldAfter = TimeSpan.FromSeconds(30);

    private const int Tries = 3;

    // What waits for the first pull of the shop waits for nothing that is late.
    private const string IsLate = "not is_test and (attempts > 0 or postponed > 0 or error is null)";

    private const string IsHeldUp = "postponed > 0 and error is not null";

    // Every open page asks for this every few seconds, also while hundreds of thousands wait.
    private const string Queue = """
        (select id, topic, heard_at, triggered_at, try_at, attempts, postponed, error, is_test
            from webhook_deliveries where store_id = $1 and state = 'queued' order by try_at, id limit 10000) q
        """;

    public async Task<WebhookTroubles> Read(long storeId, CancellationToken cancel)
    {
        var known = await subscriptions.Read(storeId, cancel);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Of($"""
            select topic, count(*)::int, min(heard_at), (array_agg(error order by id desc))[1]
            from (select id, topic, heard_at, error from webhook_deliveries where store_id = $1 and state = 'dead' order by id desc limit {WebhookTroubles.MostCounted}) d
            group by topic order by 2 desc, 1
            """, storeId));
        batch.BatchCommands.Add(Of($"""
            select topic, count(*)::int, min(heard_at), (array_agg(error order by id desc))[1]
            from (select id, topic, heard_at, error from {Queue} where attempts >= {Tries} and postponed = 0 and error is not null limit {WebhookTroubles.MostCounted}) f
            group by topic order by 2 desc, 1
            """, storeId));
        batch.BatchCommands.Add(Of($"""
            select q.*, (select error from webhook_deliveries d where d.id = q.last_held_up)
            from (
                select count(*)::int, min(try_at) filter (where attempts = 0 and try_at < now() - $2),
                    extract(epoch from clock_timestamp() - min(least(triggered_at, heard_at)) filter (where {IsLate}))::float8,
                    count(*) filter (where {IsHeldUp})::int, min(heard_at) filter (where {IsHeldUp}), max(attempts + postponed) filter (where {IsHeldUp}),
                    min(try_at) filter (where {IsHeldUp}), min(heard_at) filter (where {IsHeldUp}) < now() - $3, max(id) filter (where {IsHeldUp}) as last_held_up
                from {Queue}) q
            """, storeId, Stalled, ToldAfter));
        batch.BatchCommands.Add(Of($"""
            select extract(epoch from {DeliveryLag.P95})::float8, max(heard_at)
            from (select heard_at, triggered_at, done_at, state, replayed_at, is_test from webhook_deliveries where store_id = $1 and not is_test order by id desc limit 100) l
            """, storeId));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var gaveUp = await Topics(reader, cancel);
        await reader.NextResultAsync(cancel);
        var failing = await Topics(reader, cancel);
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var (queued, since, waits) = (reader.GetInt32(0), Time(reader, 1), Lag(reader, 2));
        var heldUp = !reader.IsDBNull(7) && reader.GetBoolean(7)
            ? new HeldUp(reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5), reader.GetFieldValue<DateTimeOffset>(6), reader.IsDBNull(9) ? null : reader.GetString(9))
            : null;
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var (lag, lastHeard) = (Lag(reader, 0), Time(reader, 1));
        return new WebhookTroubles
        {
            GaveUp = gaveUp,
            Failing = failing,
            Queued = queued,
            StalledSince = since,
            Lag = lag > waits || waits is null ? lag : waits,
            HeldUp = heldUp,
            LastHeard = lastHeard,
            Gaps = [.. known.News],
            Refused = [.. known.Refused],
            CheckError = known.Check?.Error,
            CheckedAt = known.Check?.At,
        };
    }

    private static async Task<List<FailingTopic>> Topics(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var topics = new List<FailingTopic>();
        while (await reader.ReadAsync(cancel))
            topics.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        return topics;
    }

    private static TimeSpan? Lag(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(column)));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlBatchCommand Of(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
