using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>What earlier checks left of a store, and the name that our subscriptions bear.</summary>
internal sealed record KnownSubscriptions(string Name, IReadOnlyDictionary<string, KnownSubscription> Topics);

/// <summary>Reads what earlier checks left, and writes what one found: at its end, in one transaction, while nobody is asked anything.</summary>
internal sealed class KeepSubscriptions(NpgsqlConnection connection, long storeId, string uri)
{
    // The moment before Shopify was asked: whatever was seen was there then.
    private DateTime asked;

    public async Task<KnownSubscriptions> Read(CancellationToken cancel)
    {
        string name;
        await using (var command = new NpgsqlCommand("select name, clock_timestamp() from webhook_names", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            (name, asked) = (reader.GetString(0), reader.GetDateTime(1));
        }
        var topics = new Dictionary<string, KnownSubscription>(StringComparer.Ordinal);
        await using var known = new NpgsqlCommand("select topic, shopify_id, uri, seen_at from webhook_subscriptions where store_id = $1", connection);
        known.Parameters.Add(new() { Value = storeId });
        await using var rows = await known.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var topic = rows.GetString(0);
            topics[topic] = new(topic, rows.IsDBNull(1) ? null : rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3));
        }
        return new(name, topics);
    }

    public Task Right(string topic, long id, bool isBack, CancellationToken cancel) => Write("""
        insert into webhook_subscriptions as s (store_id, topic, shopify_id, uri, seen_at, registered_at) values ($1, $2, $3, $4, $5, clock_timestamp())
        on conflict (store_id, topic) do update set shopify_id = excluded.shopify_id, uri = excluded.uri, seen_at = excluded.seen_at, refusal = null, refused_at = null,
            registered_at = case when s.shopify_id is not distinct from excluded.shopify_id then s.registered_at else excluded.registered_at end,
            back_at = case when $6 then clock_timestamp() else s.back_at end
        """, cancel, topic, id, uri, asked, isBack);

    /// <summary>When it was last seen stays: the gap lasts until it is there again.</summary>
    public Task Refused(string topic, string words, CancellationToken cancel) => Write("""
        insert into webhook_subscriptions as s (store_id, topic, refusal, refused_at) values ($1, $2, $3, clock_timestamp())
        on conflict (store_id, topic) do update set shopify_id = null, uri = null, refusal = excluded.refusal,
            refused_at = case when s.refusal is null then excluded.refused_at else s.refused_at end
        """, cancel, topic, words);

    /// <summary>Records from when to when not everything was heard.</summary>
    public async Task<long> Gap(IReadOnlyList<SubscriptionStep> lost, IReadOnlyDictionary<string, KnownSubscription> known, CancellationToken cancel)
    {
        var gaps = new List<SubscriptionGap>();
        foreach (var step in lost)
            gaps.Add(SubscriptionGap.Of(known[step.Topic.Name].SeenAt!.Value, await LastHeard(step.Topic.Name, cancel)));
        var gap = SubscriptionGap.Together(gaps);
        await using var command = new NpgsqlCommand("""
            insert into webhook_gaps (store_id, topics, reason, from_at, to_at, since) values ($1, $2, $3, $4, clock_timestamp(), $5) returning id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = lost.Select(step => step.Topic.Name).ToArray() });
        command.Parameters.Add(new() { Value = lost.Min(step => step.Loss).ToString().ToLowerInvariant() });
        command.Parameters.Add(new() { Value = gap.From.UtcDateTime });
        command.Parameters.Add(new() { Value = gap.Since.UtcDateTime });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Notes that a check was made, and why it could not be where it could not.</summary>
    public static async Task NoteCheck(NpgsqlConnection connection, long storeId, string? uri, string? error, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into webhook_checks (store_id, checked_at, uri, error)
            select id, clock_timestamp(), $2, $3 from stores where id = $1
            on conflict (store_id) do update set checked_at = excluded.checked_at, uri = excluded.uri, error = excluded.error
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)uri ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // By the time it was triggered, where the header says so and cannot lie about the future: it may have come hours late.
    private async Task<DateTimeOffset?> LastHeard(string topic, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select least(heard_at, triggered_at) from webhook_deliveries where store_id = $1 and topic = $2 and not is_test order by heard_at desc limit 1
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = topic });
        return await command.ExecuteScalarAsync(cancel) is DateTime at ? new DateTimeOffset(at) : null;
    }

    private async Task Write(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = storeId });
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
