using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

public enum SubscriptionState
{
    /// <summary>Not asked for yet, or gone when last asked.</summary>
    Missing,
    Registered,
    Refused,

    /// <summary>Only the app's own configuration at Shopify can ask for it.</summary>
    ByApp,
}

/// <summary>One topic and whether the shop posts it to us.</summary>
public sealed record SubscriptionRow(
    string Topic, SubscriptionState State, string? Uri, DateTimeOffset? SeenAt, DateTimeOffset? RegisteredAt, DateTimeOffset? BackAt, string? Refusal, DateTimeOffset? RefusedAt);

/// <summary>The last check of a store.</summary>
public sealed record LastCheck(DateTimeOffset At, string? Uri, string? Error);

/// <summary>A time in which not everything was heard.</summary>
public sealed record GapRow(long Id, IReadOnlyList<string> Topics, Loss Reason, DateTimeOffset From, DateTimeOffset To, long? RunId, DateTimeOffset? RepairedAt, long? Changed, DateTimeOffset? SeenAt);

public sealed record StoreSubscriptions(LastCheck? Check, IReadOnlyList<SubscriptionRow> Topics, IReadOnlyList<GapRow> Gaps)
{
    public int Registered => Topics.Count(row => row.State is SubscriptionState.Registered);

    public int Wanted => Topics.Count(row => row.State is not SubscriptionState.ByApp);

    public IEnumerable<SubscriptionRow> Refused => Topics.Where(row => row.State is SubscriptionState.Refused);

    /// <summary>Gaps that nobody has marked as seen; a change of the address by ourselves is no news.</summary>
    public IEnumerable<GapRow> News => Gaps.Where(gap => gap is { SeenAt: null, Reason: not Loss.Moved });
}

/// <summary>Which topics a shop posts to us, as of the last check, and the gaps of the last week.</summary>
public sealed class ReadSubscriptions(NpgsqlDataSource database)
{
    public async Task<StoreSubscriptions> Read(long storeId, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Of("select checked_at, uri, error from webhook_checks where store_id = $1", storeId));
        batch.BatchCommands.Add(Of("select topic, shopify_id, uri, seen_at, registered_at, back_at, refusal, refused_at from webhook_subscriptions where store_id = $1", storeId));
        batch.BatchCommands.Add(Of("""
            select g.id, g.topics, g.reason, g.from_at, g.to_at, g.run_id, g.repaired_at, coalesce((r.counters->>'inserted')::bigint, 0) + coalesce((r.counters->>'updated')::bigint, 0) + coalesce((r.counters->>'deleted')::bigint, 0), g.seen_at
            from webhook_gaps g left join runs r on r.id = g.run_id
            where g.store_id = $1 and (g.to_at > now() - interval '7 days' or g.repaired_at is null)
            order by g.id desc limit 50
            """, storeId));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var check = await reader.ReadAsync(cancel) ? new LastCheck(reader.GetFieldValue<DateTimeOffset>(0), Text(reader, 1), Text(reader, 2)) : null;
        await reader.NextResultAsync(cancel);
        var known = new Dictionary<string, SubscriptionRow>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            var state = !reader.IsDBNull(6) ? SubscriptionState.Refused : !reader.IsDBNull(1) ? SubscriptionState.Registered : SubscriptionState.Missing;
            known[reader.GetString(0)] = new(reader.GetString(0), state, Text(reader, 2), Time(reader, 3), Time(reader, 4), Time(reader, 5), Text(reader, 6), Time(reader, 7));
        }
        await reader.NextResultAsync(cancel);
        var gaps = new List<GapRow>();
        while (await reader.ReadAsync(cancel))
            gaps.Add(new(reader.GetInt64(0), reader.GetFieldValue<string[]>(1), Enum.Parse<Loss>(reader.GetString(2), ignoreCase: true), Time(reader, 3)!.Value, Time(reader, 4)!.Value,
                reader.IsDBNull(5) ? null : reader.GetInt64(5), Time(reader, 6), reader.IsDBNull(7) ? null : reader.GetInt64(7), Time(reader, 8)));
        return new(check,
            [.. WebhookTopic.All.Select(topic => known.GetValueOrDefault(topic.Name)
                ?? new SubscriptionRow(topic.Name, topic.InApi is null ? SubscriptionState.ByApp : SubscriptionState.Missing, null, null, null, null, null, null))], gaps);
    }

    private static NpgsqlBatchCommand Of(string sql, long storeId)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new() { Value = storeId });
        return command;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
