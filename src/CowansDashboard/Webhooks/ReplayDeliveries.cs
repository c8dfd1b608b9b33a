using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks;

/// <summary>
/// Has deliveries handled once more, dead ones too. Nothing old is written by it: what a delivery names is read again. Whose
/// personal data was erased stays as it is.
/// </summary>
public sealed class ReplayDeliveries(NpgsqlDataSource database, WebhookFeed feed)
{
    /// <summary>These; answers how many are handled again.</summary>
    public Task<long> Of(long storeId, IReadOnlyCollection<long> ids, CancellationToken cancel) =>
        Again("id = any($2)", storeId, new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }, null, cancel);

    /// <summary>All that were heard since a moment, of one topic or of all.</summary>
    public Task<long> Since(long storeId, DateTimeOffset since, string? topic, CancellationToken cancel) =>
        Again("heard_at >= $2 and ($3::text is null or topic = $3)", storeId, new() { Value = since.UtcDateTime },
            new() { Value = (object?)topic ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, cancel);

    /// <summary>All that were given up.</summary>
    public Task<long> Dead(long storeId, CancellationToken cancel) => Again("state = $2", storeId, new() { Value = DeliveryState.Dead }, null, cancel);

    private async Task<long> Again(string which, long storeId, NpgsqlParameter first, NpgsqlParameter? second, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            update webhook_deliveries set state = 'queued', outcome = null, attempts = 0, postponed = 0, try_at = now(), claimed_until = null, claimed_by = null, error = null,
                done_at = null, change_set_id = null, replayed_at = clock_timestamp()
            where store_id = $1 and redacted_at is null and {which}
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(first);
        if (second is not null)
            command.Parameters.Add(second);
        var again = await command.ExecuteNonQueryAsync(cancel);
        feed.Heard();
        return again;
    }
}
