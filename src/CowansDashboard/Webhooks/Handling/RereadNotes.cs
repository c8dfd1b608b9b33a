using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>What must be read again in a moment, once for all the events of that moment.</summary>
internal sealed class RereadNotes(NpgsqlDataSource database, WebhookOptions options)
{
    public const string Membership = "membership", Collection = "collection", Item = "inventory_item";

    /// <summary>As many as one call reads of stock; collections are read side by side.</summary>
    public const int Together = 50;

    private const int AtOnce = 200;
    private const int MostAttempts = 8;
    private static readonly TimeSpan ClaimedFor = TimeSpan.FromMinutes(2);

    // A page of a collection's list; one of many pages is gathered for longer, or a busy shop would read nothing else.
    private const int Page = 250;

    /// <summary>Noted if and when the transaction commits.</summary>
    public async Task Note(NpgsqlConnection connection, long storeId, string entity, IEnumerable<long> ids, CancellationToken cancel)
    {
        long[] sorted = [.. ids.Distinct().Order()];
        if (sorted.Length == 0)
            return;
        var size = entity == Collection ? "(select max(c.remote_products_count) from collections c where c.store_id = $1 and c.shopify_id = i)" : "0";
        await using var command = new NpgsqlCommand($"""
            insert into webhook_rereads as noted (store_id, entity, entity_id, due_at)
            select $1, $2, i, clock_timestamp() + $4 * greatest(1, coalesce({size}, 0) / {Page}) from unnest($3::bigint[]) i
            on conflict (store_id, entity, entity_id) do update set noted = noted.noted + 1, attempts = 0,
                due_at = case when noted.claimed_until is null then noted.due_at else excluded.due_at end
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = entity });
        command.Parameters.Add(new() { Value = sorted });
        command.Parameters.Add(new() { Value = options.GatherFor });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<List<NotedReread>> Claim(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with due as (
                select store_id, entity, entity_id from webhook_rereads
                where due_at <= now() and (claimed_until is null or claimed_until < now()) order by due_at limit $1 for update skip locked)
            update webhook_rereads r set claimed_until = now() + $2, attempts = attempts + 1
            from due where (r.store_id, r.entity, r.entity_id) = (due.store_id, due.entity, due.entity_id)
            returning r.store_id, r.entity, r.entity_id, r.noted
            """);
        command.Parameters.Add(new() { Value = (long)AtOnce });
        command.Parameters.Add(new() { Value = ClaimedFor });
        var claimed = new List<NotedReread>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            claimed.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3)));
        return claimed;
    }

    /// <summary>They were read. What was noted again meanwhile stays.</summary>
    public Task Finish(IReadOnlyCollection<NotedReread> read, CancellationToken cancel) => Put(read, """
        with done as (
            delete from webhook_rereads r using unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
            where (r.store_id, r.entity, r.entity_id, r.noted) = (s.store_id, s.entity, s.entity_id, s.noted))
        update webhook_rereads r set claimed_until = null
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
        where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id) and r.noted <> s.noted
        """, [], cancel);

    /// <summary>They could not be read: later, and in the end never, since the next reconciliation reads everything.</summary>
    public Task Fail(IReadOnlyCollection<NotedReread> failed, CancellationToken cancel) => Put([.. failed.Where(one => !one.IsOver)], """
        with given_up as (
            delete from webhook_rereads r using unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
            where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id) and r.attempts >= $5)
        update webhook_rereads r set claimed_until = null, due_at = now() + least(interval '30 minutes', $6 * power(4, r.attempts))
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
        where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id) and r.attempts < $5
        """, [new() { Value = MostAttempts }, new() { Value = options.RetryAfter }], cancel);

    /// <summary>Shopify answers nobody at the moment: that is no attempt.</summary>
    public Task Postpone(IReadOnlyCollection<NotedReread> waiting, CancellationToken cancel) => Put([.. waiting.Where(one => !one.IsOver)], """
        update webhook_rereads r set claimed_until = null, attempts = greatest(0, r.attempts - 1), due_at = now() + $5
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
        where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id)
        """, [new() { Value = options.RetryAfter * 10 }], cancel);

    /// <summary>Those that nobody has come to are free at once; that was no attempt.</summary>
    public Task Release(IReadOnlyCollection<NotedReread> noted, CancellationToken cancel) => Put([.. noted.Where(one => !one.IsOver)], """
        update webhook_rereads r set claimed_until = null, attempts = greatest(0, r.attempts - 1)
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
        where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id)
        """, [], cancel);

    /// <summary>They are still worked on.</summary>
    public Task Hold(IReadOnlyCollection<NotedReread> noted, CancellationToken cancel) => Put([.. noted.Where(one => !one.IsOver)], """
        update webhook_rereads r set claimed_until = now() + $5
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[]) as s (store_id, entity, entity_id, noted)
        where (r.store_id, r.entity, r.entity_id) = (s.store_id, s.entity, s.entity_id) and r.claimed_until is not null
        """, [new() { Value = ClaimedFor }], cancel, isOver: false);

    private async Task Put(IReadOnlyCollection<NotedReread> notes, string sql, NpgsqlParameter[] more, CancellationToken cancel, bool isOver = true)
    {
        if (notes.Count == 0)
            return;
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = notes.Select(note => note.StoreId).ToArray() });
        command.Parameters.Add(new() { Value = notes.Select(note => note.Entity).ToArray() });
        command.Parameters.Add(new() { Value = notes.Select(note => note.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = notes.Select(note => note.Noted).ToArray() });
        foreach (var parameter in more)
            command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync(cancel);
        foreach (var note in notes)
            note.IsOver |= isOver;
    }
}

/// <summary>Something to read again, and how often it had been noted when it was taken.</summary>
internal sealed record NotedReread(long StoreId, string Entity, long EntityId, int Noted)
{
    /// <summary>It was read, or is left for later: this node works on it no more.</summary>
    public bool IsOver { get; set; }
}
