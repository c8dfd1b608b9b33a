using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks;

/// <summary>
/// Has deliveries handled once more, dead ones too. Nothing old is written by it: what a delivery names is read again, and what came
/// of it the first time stays beside what comes of it now. What still waits is tried at once. Whose personal data was erased stays as it is.
/// </summary>
public sealed class ReplayDeliveries(NpgsqlDataSource database, WebhookFeed feed)
{
    /// <summary>These; answers how many are handled again.</summary>
    public Task<long> Of(long storeId, IReadOnlyCollection<long> ids, AskedBy by, CancellationToken cancel) =>
        Again("id = any($4)", storeId, by, cancel, Ids(ids));

    /// <summary>All that were heard since a moment, of one topic or of all.</summary>
    public Task<long> Since(long storeId, DateTimeOffset since, string? topic, AskedBy by, CancellationToken cancel) =>
        Again("heard_at >= $4 and ($5::text is null or topic = $5)", storeId, by, cancel, new() { Value = since.UtcDateTime },
            new() { Value = (object?)topic ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>All that were given up.</summary>
    public Task<long> Dead(long storeId, AskedBy by, CancellationToken cancel) => Again("state = $4", storeId, by, cancel, new NpgsqlParameter { Value = DeliveryState.Dead });

    /// <summary>Those of these ids that no delivery of the store has.</summary>
    public async Task<IReadOnlyList<long>> Unknown(long storeId, IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(asked.id order by asked.id), '{}') from unnest($2::bigint[]) asked (id)
            where not exists (select from webhook_deliveries d where d.id = asked.id and d.store_id = $1)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(Ids(ids));
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    // What waits has had no outcome yet, and one that waits to be replayed is not put in line twice.
    private async Task<long> Again(string which, long storeId, AskedBy by, CancellationToken cancel, params NpgsqlParameter[] more)
    {
        await using var command = database.CreateCommand($"""
            with asked as (select id, state from webhook_deliveries where store_id = $1 and redacted_at is null and {which}),
            sooner as (
                update webhook_deliveries d set try_at = now() from asked
                where asked.state = 'queued' and d.id = asked.id and d.state = 'queued' and (d.claimed_until is null or d.claimed_until < now())),
            again as (
                insert into webhook_replays (delivery_id, store_id, asked_by_id, asked_by) select id, $1, $2, $3 from asked where state <> 'queued' order by id
                on conflict (delivery_id) where state = 'queued' do update set try_at = now())
            select count(*) from asked
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        foreach (var parameter in more)
            command.Parameters.Add(parameter);
        var again = (long)(await command.ExecuteScalarAsync(cancel))!;
        feed.Heard();
        return again;
    }

    private static NpgsqlParameter Ids(IReadOnlyCollection<long> ids) => new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
