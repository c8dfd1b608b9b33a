using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Where changes were heard: the store and the run, whose changes are one change set.</summary>
public sealed record RemoteSource(long StoreId, long? RunId);

/// <summary>
/// Notes what Shopify changed in rows that the copy holds, old -> new, before they are overwritten. New rows are no
/// changes, and a row that stays as it is costs nothing.
/// </summary>
public static class RecordRemoteChanges
{
    /// <summary>Clean rows of a batch, of which a set-based update will follow.</summary>
    public static async Task Staged(NpgsqlConnection connection, RemoteSource source, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        if (table.Recorded is not { Length: > 0 } columns)
            return;
        var rows = $"""
            from {stage} s join {table.Name} t on {match}
            where t.ticket <= s.ticket and t.pending is null and t.row_hash is distinct from s.row_hash{(table.SoftDeletes ? " and t.deleted_at is null" : "")}{table.RecordedOnly}
            """;
        await using (var any = new NpgsqlCommand(
            $"select exists (select {rows} and ({string.Join(" or ", columns.Select(column => $"t.{column} is distinct from s.{column}"))}))", connection) { CommandTimeout = 0 })
            if (await any.ExecuteScalarAsync(cancel) is not true)
                return;

        // Only a value that differs is turned into JSON.
        var fields = columns.Select(column =>
            $"(case when t.{column} is distinct from s.{column} then jsonb_build_array('{column}', t.{column}, s.{column}) end)");
        await using var command = new NpgsqlCommand($"""
            insert into changes (change_set_id, store_id, entity, entity_id, product_id, collection_id, field, old, new)
            select $1, $2, '{table.Entity}', r.id, r.product_id, r.collection_id, r.change ->> 0, nullif(r.change -> 1, 'null'), nullif(r.change -> 2, 'null')
            from (
                select t.id, {table.ProductOf} as product_id, {table.CollectionOf} as collection_id, f.change
                from {stage} s join {table.Name} t on {match}
                cross join lateral (values {string.Join(", ", fields)}) f (change)
                where t.ticket <= s.ticket and t.pending is null and t.row_hash is distinct from s.row_hash{(table.SoftDeletes ? " and t.deleted_at is null" : "")}{table.RecordedOnly}
                    and f.change is not null) r
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = await OpenRemoteChangeSet.Open(connection, source.StoreId, source.RunId, cancel) });
        command.Parameters.Add(new() { Value = source.StoreId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Rows that were merged field by field: what the merge changed here. What a rule took stands in the history as the rule's.</summary>
    public static async Task Merged(
        NpgsqlConnection connection, RemoteSource source, CatalogueTable table, IReadOnlyList<JsonObject> before, IReadOnlyList<MergedEntity> merged, CancellationToken cancel)
    {
        List<ChangeRow> changes =
        [
            .. from row in before.Zip(merged)
               from field in table.Recorded
               where row.Second.Row.Values.ContainsKey(field) && !JsonNode.DeepEquals(row.First[field], row.Second.Row.Values[field])
                   && !row.Second.Row.Ruled.Any(ruled => ruled.As == "rule-shopify" && ruled.Conflict.Field == field)
               select new ChangeRow(table.Entity, row.Second.Id, row.Second.ProductId == 0 ? null : row.Second.ProductId, field, row.First[field], row.Second.Row.Values[field]),
        ];
        if (changes.Count > 0)
            await RecordChanges.Insert(connection, await OpenRemoteChangeSet.Open(connection, source.StoreId, source.RunId, cancel), source.StoreId, changes, cancel);
    }

    /// <summary>Products that are about to be marked as gone in Shopify.</summary>
    public static async Task Gone(NpgsqlConnection connection, RemoteSource source, IReadOnlyCollection<long> shopifyIds, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, jsonb_build_object('title', p.title, 'handle', p.handle, 'vendor', p.vendor, 'product_type', p.product_type, 'tags', p.tags, 'status', p.status)::text
            from products p where p.store_id = $1 and p.shopify_id = any($2) and p.ticket < $3 and p.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = source.StoreId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        command.Parameters.Add(new() { Value = ticket });
        var changes = new List<ChangeRow>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                changes.Add(new ChangeRow(CatalogueTable.Products.Entity, reader.GetInt64(0), reader.GetInt64(0), "removed", JsonNode.Parse(reader.GetString(1)), null));
        if (changes.Count > 0)
            await RecordChanges.Insert(connection, await OpenRemoteChangeSet.Open(connection, source.StoreId, source.RunId, cancel), source.StoreId, changes, cancel);
    }
}
