using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>One entity of a plan: what is sent of it, and what has become of that.</summary>
public sealed record PushItem(long Id, long ProductId, string Entity, long EntityId, PushKind Kind, JsonObject Fields, PushStatus Status, string? Outcome)
{
    public int Attempts { get; init; }

    public Guid Key { get; init; }

    public IReadOnlyList<PushedField> Changes() => [.. Fields.Select(one => new PushedField(one.Key, one.Value?["base"], one.Value?["new"]))];
}

/// <summary>Items of a plan in the database.</summary>
public static class PushItems
{
    /// <summary>What of these products is still to be sent, or was and awaits its answer.</summary>
    public static async Task<List<PushItem>> Open(NpgsqlConnection connection, long planId, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, product_id, entity, entity_id, kind, fields::text, status, outcome, attempts, idempotency_key from push_items
            where plan_id = $1 and product_id = any($2) and status in ('waiting', 'sent') and not excluded order by product_id, id
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<PushItem>();
        while (await reader.ReadAsync(cancel))
            items.Add(new PushItem(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), Kind(reader.GetString(4)),
                (JsonObject)JsonNode.Parse(reader.GetString(5))!, Status(reader.GetString(6)), reader.IsDBNull(7) ? null : reader.GetString(7))
            {
                Attempts = reader.GetInt32(8),
                Key = reader.GetGuid(9),
            });
        return items;
    }

    /// <summary>Writes what has become of items.</summary>
    public static async Task Settle(NpgsqlConnection connection, IReadOnlyList<SettledItem> settled, CancellationToken cancel)
    {
        if (settled.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            update push_items i set status = s.status, outcome = s.outcome, attempts = s.attempts, updated_at = now()
            from unnest($1::bigint[], $2::text[], $3::text[], $4::int[]) s (id, status, outcome, attempts) where i.id = s.id
            """, connection);
        command.Parameters.Add(new() { Value = settled.Select(one => one.ItemId).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(one => Word(one.Status)).ToArray() });
        command.Parameters.Add(new() { Value = settled.Select(one => one.Outcome is { } text ? RunText.Clean(text) : null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = settled.Select(one => one.Attempts).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Commits what is about to be sent, before it is.</summary>
    public static async Task Await(NpgsqlConnection connection, long storeId, IReadOnlyList<PushProduct> products, CancellationToken cancel)
    {
        var sent = products.SelectMany(product => product.Entities.SelectMany(entity => entity.Fields.Select(field => (product.ProductId, entity, field)))).ToList();
        if (sent.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            insert into sent_fields (store_id, entity, entity_id, field, product_id, value, push_item_id)
            select $1, s.entity, s.entity_id, s.field, s.product_id, s.value::jsonb, s.item
            from unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[]) s (entity, entity_id, field, product_id, value, item)
            on conflict (entity, entity_id, field) do update set value = excluded.value, push_item_id = excluded.push_item_id, sent_at = now(), confirming = false
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = sent.Select(one => one.entity.Entity).ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.entity.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.field.Field).ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.ProductId).ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.field.New?.ToJsonString() ?? "null").ToArray() });
        command.Parameters.Add(new() { Value = sent.Select(one => one.entity.ItemId).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What was sent of items and awaits its answer.</summary>
    public static async Task<Dictionary<(long Item, string Field), JsonNode?>> Awaited(NpgsqlConnection connection, long[] items, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select push_item_id, field, value::text from sent_fields where push_item_id = any($1)", connection);
        command.Parameters.Add(new() { Value = items });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var values = new Dictionary<(long, string), JsonNode?>();
        while (await reader.ReadAsync(cancel))
            values[(reader.GetInt64(0), reader.GetString(1))] = JsonNode.Parse(reader.GetString(2));
        return values;
    }

    /// <summary>These were not sent after all: they wait as before.</summary>
    public static async Task Unsend(NpgsqlConnection connection, long[] items, CancellationToken cancel)
    {
        await Forget(connection, items, cancel);
        await using var command = new NpgsqlCommand(
            "update push_items set status = 'waiting', outcome = null, attempts = attempts - 1 where id = any($1) and status = 'sent'", connection);
        command.Parameters.Add(new() { Value = items });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Nothing more is awaited for these items.</summary>
    public static async Task Forget(NpgsqlConnection connection, long[] items, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("delete from sent_fields where push_item_id = any($1)", connection);
        command.Parameters.Add(new() { Value = items });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static string Word(PushStatus status) => status.ToString().ToLowerInvariant();

    public static PushStatus Status(string word) => Enum.Parse<PushStatus>(word, ignoreCase: true);

    public static PushKind Kind(string word) => Enum.Parse<PushKind>(word, ignoreCase: true);
}

/// <summary>What has become of an item, in a word and in words.</summary>
public sealed record SettledItem(long ItemId, PushStatus Status, string? Outcome, int Attempts);
