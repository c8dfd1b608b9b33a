using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>
/// The deliveries that wait. Nodes take them in batches and past each other; what a dead node had taken is free again when its
/// claim is over. Handling one twice does no harm: what it names is read again.
/// </summary>
internal sealed class DeliveryQueue(NpgsqlDataSource database, RunLife life, WebhookOptions options)
{
    /// <summary>Deliveries of one batch.</summary>
    public const int AtOnce = 100;

    private const int ReplaysAtOnce = 20;
    private const string Deliveries = "webhook_deliveries";
    private const string Replays = "webhook_replays";

    /// <summary>Attempts after which a delivery is dead: over two hours of them with the usual waits.</summary>
    public const int MostAttempts = 10;

    /// <summary>For how long a batch is this node's own.</summary>
    public static readonly TimeSpan ClaimedFor = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(1);
    private const int LongestError = 500;

    /// <summary>Deliveries that are due; replays where none is, so that many of these keep nothing new back.</summary>
    /// <param name="but">Not of these stores.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<ClaimedDelivery>> Claim(IReadOnlyCollection<long> but, CancellationToken cancel)
    {
        var claimed = await Claim("""
            with due as (
                select id from webhook_deliveries
                where state = 'queued' and try_at <= now() and store_id <> all($4) and (claimed_until is null or claimed_until < now())
                order by try_at, id limit $1 for update skip locked)
            update webhook_deliveries d set claimed_until = now() + $2, claimed_by = $3, attempts = attempts + 1
            from due where d.id = due.id
            returning d.id, d.store_id, d.topic, d.body, d.heard_at, d.attempts, d.postponed, null::bigint
            """, AtOnce, but, cancel);
        return claimed.Count > 0 ? claimed : await Claim("""
            with due as (
                select id from webhook_replays
                where state = 'queued' and try_at <= now() and store_id <> all($4) and (claimed_until is null or claimed_until < now())
                order by try_at, id limit $1 for update skip locked)
            update webhook_replays r set claimed_until = now() + $2, claimed_by = $3, attempts = r.attempts + 1
            from due, webhook_deliveries d where r.id = due.id and d.id = r.delivery_id
            returning d.id, d.store_id, d.topic, d.body, r.asked_at, r.attempts, r.postponed, r.id
            """, ReplaysAtOnce, but, cancel);
    }

    private async Task<List<ClaimedDelivery>> Claim(string sql, int atOnce, IReadOnlyCollection<long> but, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = (long)atOnce });
        command.Parameters.Add(new() { Value = ClaimedFor });
        command.Parameters.Add(new() { Value = life.Id });
        command.Parameters.Add(new() { Value = but.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        var claimed = new List<ClaimedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            claimed.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5), reader.GetInt32(6), reader.IsDBNull(7) ? null : reader.GetInt64(7)));
        claimed.Sort((one, other) => one.Id.CompareTo(other.Id));
        return claimed;
    }

    /// <summary>What came of deliveries, in the transaction that brought it about. One that had been given up is done when a replay of it gets through.</summary>
    public static async Task Settle(NpgsqlConnection connection, IReadOnlyCollection<SettledDelivery> settled, CancellationToken cancel)
    {
        const string Rows = "unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) as s (id, outcome, entity, entity_id, change_set_id)";
        await Write(false, $"""
            update webhook_deliveries d set state = 'done', outcome = s.outcome, entity = s.entity, entity_id = s.entity_id, change_set_id = s.change_set_id,
                done_at = clock_timestamp(), claimed_until = null, error = null
            from {Rows} where d.id = s.id and d.state = 'queued'
            """);
        await Write(true, $"""
            with replayed as (
                update webhook_replays r set state = 'done', outcome = s.outcome, change_set_id = s.change_set_id, done_at = clock_timestamp(), claimed_until = null, error = null
                from {Rows} where r.id = s.id and r.state = 'queued'
                returning r.delivery_id, r.asked_at, s.outcome, s.entity, s.entity_id, s.change_set_id)
            update webhook_deliveries d set state = 'done', outcome = r.outcome, entity = r.entity, entity_id = r.entity_id, change_set_id = r.change_set_id,
                done_at = clock_timestamp(), replayed_at = r.asked_at
            from replayed r where d.id = r.delivery_id and d.state = 'dead'
            """);

        async Task Write(bool replays, string sql)
        {
            var rows = settled.Where(one => one.Delivery.ReplayId is not null == replays).OrderBy(one => one.Delivery.Id).ToArray();
            if (rows.Length == 0)
                return;
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Delivery.ReplayId ?? row.Delivery.Id) });
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Outcome) });
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Delivery.Meaning.Entity), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Delivery.Meaning.EntityId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.ChangeSetId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>What came of deliveries that changed nothing here.</summary>
    public async Task Settle(IReadOnlyCollection<SettledDelivery> settled, CancellationToken cancel)
    {
        if (settled.Count == 0)
            return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Settle(connection, settled, cancel);
        foreach (var one in settled)
            one.Delivery.IsSettled = true;
    }

    /// <summary>They are tried again later, each failure after a longer wait, and given up in the end; at once where no later try could help. They wait for Shopify no longer.</summary>
    public Task Fail(IEnumerable<ClaimedDelivery> deliveries, string error, bool isHopeless, CancellationToken cancel) => Put(deliveries, rows =>
    [
        new() { Value = Short(error) }, new() { Value = isHopeless }, new() { Value = MostAttempts },
        new() { Value = Array.ConvertAll(rows, row => Wait(row.Attempts)) },
        new() { Value = Array.ConvertAll(rows, row => row.Meaning.Entity), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        new() { Value = Array.ConvertAll(rows, row => row.Meaning.EntityId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
    ], table => $"""
        update {table} d set
            state = case when $4 or d.attempts >= $5 then 'dead' else 'queued' end, try_at = now() + s.wait, error = $3, claimed_until = null, postponed = 0,
            done_at = case when $4 or d.attempts >= $5 then clock_timestamp() end{(table == Replays ? "" : ", entity = coalesce(s.entity, d.entity), entity_id = coalesce(s.entity_id, d.entity_id)")}
        from unnest($1::bigint[], $6::interval[], $7::text[], $8::bigint[]) as s (id, wait, entity, entity_id)
        where d.id = s.id and d.state = 'queued' and d.claimed_by = $2
        """, cancel);

    /// <summary>They wait for Shopify or the shop's connection, which is no attempt: each time twice as long, until a check gets through again.</summary>
    /// <param name="waiting">Which.</param>
    /// <param name="why">What Shopify answered, or why it is not asked.</param>
    /// <param name="isOutage">Shopify answers nobody: that may be over at any moment, and is looked after every minute.</param>
    /// <param name="cancel">Gives up.</param>
    public Task Postpone(IEnumerable<ClaimedDelivery> waiting, string why, bool isOutage, CancellationToken cancel) => Put(waiting, rows =>
    [
        new() { Value = Short(why) }, new() { Value = isOutage ? Outage : LongestWait }, new() { Value = options.RetryAfter },
        new() { Value = Array.ConvertAll(rows, row => row.Meaning.Entity), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        new() { Value = Array.ConvertAll(rows, row => row.Meaning.EntityId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
    ], table => $"""
        update {table} d set try_at = now() + least($4, $5 * power(2, least(d.postponed, 20))), postponed = d.postponed + 1, error = $3, claimed_until = null,
            attempts = greatest(0, d.attempts - 1){(table == Replays ? "" : ", entity = coalesce(s.entity, d.entity), entity_id = coalesce(s.entity_id, d.entity_id)")}
        from unnest($1::bigint[], $6::text[], $7::bigint[]) as s (id, entity, entity_id)
        where d.id = s.id and d.state = 'queued' and d.claimed_by = $2
        """, cancel);

    /// <summary>They wait for something here that is over soon.</summary>
    public Task Await(IEnumerable<ClaimedDelivery> waiting, string why, CancellationToken cancel) => Put(waiting, _ => [new() { Value = Short(why) }], table => $"""
        update {table} set try_at = now() + '1 minute', error = $3, claimed_until = null, attempts = greatest(0, attempts - 1)
        where id = any($1) and state = 'queued' and claimed_by = $2
        """, cancel);

    /// <summary>The shop answers again: what waited for that is tried at once.</summary>
    public async Task Retry(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Retry(connection, storeId, cancel);
    }

    public static async Task Retry(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        foreach (var table in (string[])[Deliveries, Replays])
        {
            await using var command = new NpgsqlCommand($"update {table} set try_at = now() where store_id = $1 and state = 'queued' and postponed > 0 and try_at > now()", connection) { CommandTimeout = 0 };
            command.Parameters.Add(new() { Value = storeId });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>They are still worked on.</summary>
    public Task Hold(IEnumerable<ClaimedDelivery> claimed, CancellationToken cancel) => Put(claimed, _ => [new() { Value = ClaimedFor }],
        table => $"update {table} set claimed_until = now() + $3 where id = any($1) and state = 'queued' and claimed_by = $2", cancel, isOver: false);

    /// <summary>They are free for the next node at once: this one stops.</summary>
    public Task Release(IEnumerable<ClaimedDelivery> released, CancellationToken cancel) => Put(released, _ => [], table => $"""
        update {table} set claimed_until = null, attempts = greatest(0, attempts - 1) where id = any($1) and state = 'queued' and claimed_by = $2
        """, cancel);

    // What another node has taken meanwhile, because this one was too slow, is that node's to decide about.
    private async Task Put(
        IEnumerable<ClaimedDelivery> deliveries, Func<ClaimedDelivery[], NpgsqlParameter[]> more, Func<string, string> sql, CancellationToken cancel, bool isOver = true)
    {
        var unsettled = deliveries.Where(one => !one.IsSettled).OrderBy(one => one.Id).ToLookup(one => one.ReplayId is null ? Deliveries : Replays);
        foreach (var ofTable in unsettled)
        {
            ClaimedDelivery[] rows = [.. ofTable];
            await using var command = database.CreateCommand(sql(ofTable.Key));
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.ReplayId ?? row.Id) });
            command.Parameters.Add(new() { Value = life.Id });
            foreach (var parameter in more(rows))
                command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync(cancel);
            foreach (var row in rows)
                row.IsSettled |= isOver;
        }
    }

    // PostgreSQL keeps no NUL in a text.
    private static string Short(string said) => (said.Length > LongestError ? said[..LongestError] : said).Replace("\0", "", StringComparison.Ordinal);

    private TimeSpan Wait(int attempts) =>
        options.RetryAfter * Math.Pow(4, Math.Min(attempts, MostAttempts) - 1) is var wait && wait < LongestWait ? wait : LongestWait;
}
