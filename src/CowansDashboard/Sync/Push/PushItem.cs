using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>One entity of a plan: what is sent of it, and what has become of that.</summary>
public sealed record PushItem(long Id, long ProductId, string Entity, long EntityId, PushKind Kind, JsonObject Fields, PushStatus Status, string? Outcome)
{
    public int Attempts { get; init; }

    public Guid Key { get; init; }

    /// <summary>Whose it is where it belongs to no product.</summary>
    public long? CollectionId { get; init; }

    public IReadOnlyList<PushedField> Changes() => [.. Fields.Select(one => new PushedField(one.Key, one.Value?["base"], one.Value?["new"]))];
}

/// <summary>Items of a plan in the database.</summary>
public static class PushItems
{
    /// <summary>What of these products is still to be sent, or was and awaits its answer.</summary>
    public static Task<List<PushItem>> Open(NpgsqlConnection connection, long planId, long[] products, CancellationToken cancel) =>
        Open(connection, planId, "product_id", products, cancel);

    /// <summary>The same of collections.</summary>
    public static Task<List<PushItem>> OfCollections(NpgsqlConnection connection, long planId, long[] collections, CancellationToken cancel) =>
        Open(connection, planId, "collection_id", collections, cancel);

    private static async Task<List<PushItem>> Open(NpgsqlConnection connection, long planId, string owner, long[] owners, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select id, product_id, entity, entity_id, kind, fields::text, status, outcome, attempts, idempotency_key, collection_id from push_items
            where plan_id = $1 and {owner} = any($2) and status in ('waiting', 'sent') and not excluded order by {owner}, id
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = owners });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<PushItem>();
        while (await reader.ReadAsync(cancel))
            items.Add(new PushItem(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), Kind(reader.GetString(4)),
                (JsonObject)JsonNode.Parse(reader.GetString(5))!, Status(reader.GetString(6)), reader.IsDBNull(7) ? null : reader.GetString(7))
            {
                Attempts = reader.GetInt32(8),
                Key = reader.GetGuid(9),
                CollectionId = reader.IsDBNull(10) ? null : reader.GetInt64(10),
            });
        return items;
    }

    /// <summary>
    /// Writes what has become of items, and awaits nothing more of those that are over. An addition to stock whose outcome nobody knows
    /// stays awaited: it may be part of the quantity that Shopify shows, and sent again under the same key it counts once.
    /// </summary>
    public static async Task Close(NpgsqlConnection connection, IReadOnlyList<(PushItem Item, SettledItem Settled)> items, CancellationToken cancel)
    {
        await Settle(connection, [.. items.Select(one => one.Settled)], cancel);
        await Forget(connection, [.. items.Where(one => one.Settled.Status != PushStatus.Sent && (one.Settled.Status != PushStatus.Failed || one.Item.Entity != CatalogueFields.Level))
            .Select(one => one.Item.Id)], cancel);
    }

    private static async Task Settle(NpgsqlConnection connection, IReadOnlyList<SettledItem> settled, CancellationToken cancel)
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
    public static Task Await(NpgsqlConnection connection, long storeId, IReadOnlyList<PushProduct> products, CancellationToken cancel) =>
        Await(connection, storeId, [.. products.SelectMany(product => product.Entities.Select(entity => ((long?)product.ProductId, entity)))], cancel);

    /// <summary>The same of rows that belong to a product, or to none.</summary>
    public static async Task Await(NpgsqlConnection connection, long storeId, IReadOnlyList<(long? ProductId, PushEntity Entity)> entities, CancellationToken cancel)
    {
        var sent = entities.SelectMany(one => one.Entity.Fields.Select(field => (one.ProductId, entity: one.Entity, field))).ToList();
        if (sent.Count == 0)
            return;
        await using var command = new NpgsqlCommand("""
            insert into sent_fields (store_id, entity, entity_id, field, product_id, value, push_item_id)
            select $1, s.entity, s.entity_id, s.field, s.product_id, s.value::jsonb, s.item
            from unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[]) s (entity, entity_id, field, product_id, value, item)
            on conflict (entity, entity_id, field) do update set value = excluded.value, push_item_id = excluded.push_item_id, sent_at = now(), confirming = false,
                moves = case when sent_fields.push_item_id = excluded.push_item_id then sent_fields.moves end
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

    /// <summary>These were looked at and not sent.</summary>
    public static async Task Uncount(NpgsqlDataSource database, long[] items, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update push_items set attempts = attempts - 1 where id = any($1) and status = 'sent'");
        command.Parameters.Add(new() { Value = items });
        await command.ExecuteNonQueryAsync(cancel);
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

    /// <summary>
    /// Nothing more is awaited for these items. A field that waited only because it was under way, and holds what both sides agreed
    /// on, waits no longer; the caller holds the products.
    /// </summary>
    public static async Task Forget(NpgsqlConnection connection, long[] items, CancellationToken cancel)
    {
        if (items.Length == 0)
            return;
        await using var command = new NpgsqlCommand("delete from sent_fields where push_item_id = any($1) returning entity, entity_id, field", connection);
        command.Parameters.Add(new() { Value = items });
        var forgotten = new List<(string Entity, long Id, string Field)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                forgotten.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        foreach (var ofEntity in forgotten.GroupBy(one => one.Entity))
            if (ReadPendingChanges.Tables.FirstOrDefault(table => table.Entity == ofEntity.Key) is { HasPending: true } table)
                await Agree(connection, table.Name, table.Sets, [.. ofEntity], cancel);
            else if (ReadPendingCollections.EditedTable(ofEntity.Key) is { } edited)
                await Agree(connection, edited, [], [.. ofEntity], cancel);
    }

    private static async Task Agree(NpgsqlConnection connection, string table, string[] columns, (string Entity, long Id, string Field)[] fields, CancellationToken cancel)
    {
        var sets = string.Join(", ", columns.Select(column => $"'{column}'"));
        var same = "t.pending -> f.field = to_jsonb(t) -> f.field" + (sets.Length == 0 ? "" : $"""
             or f.field in ({sets}) and t.pending -> f.field @> (to_jsonb(t) -> f.field) and t.pending -> f.field <@ (to_jsonb(t) -> f.field)
            """);
        // An order that no longer waits is Shopify's again, which moves.
        var order = table == "collections" ? $", member_order = case when '{MemberOrder.Field}' = any(a.fields) then null else t.member_order end" : "";
        await using var command = new NpgsqlCommand($"""
            update {table} t set pending = nullif(t.pending - a.fields, '{"{}"}'){order}
            from (
                select t.id, array_agg(f.field) || case when 'available' = any(array_agg(f.field)) then array['how'] else '{"{}"}' end as fields
                from unnest($1::bigint[], $2::text[]) f (id, field) join {table} t on t.id = f.id
                where t.pending ? f.field and ({same})
                    and not exists (select from conflicts c where c.entity = '{fields[0].Entity}' and c.entity_id = t.id and c.field = f.field and c.closed_at is null)
                group by t.id) a
            where t.id = a.id
            """, connection);
        command.Parameters.Add(new() { Value = fields.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = fields.Select(one => one.Field).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static string Word(PushStatus status) => status.ToString().ToLowerInvariant();

    public static PushStatus Status(string word) => Enum.Parse<PushStatus>(word, ignoreCase: true);

    public static PushKind Kind(string word) => Enum.Parse<PushKind>(word, ignoreCase: true);
}

/// <summary>What has become of an item, in a word and in words.</summary>
public sealed record SettledItem(long ItemId, PushStatus Status, string? Outcome, int Attempts);
