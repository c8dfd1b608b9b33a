using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>What people call a stock item, a location or a product that events are about.</summary>
public sealed record NamedEntity(string Entity, long EntityId, string Title, long? ProductId);

/// <summary>Names what events are about, and finds what a person names.</summary>
public sealed class NameEntities(NpgsqlDataSource database)
{
    private const int Most = 8;

    /// <summary>The stock items and locations among these, and the products and collections that wait; the others come with their deliveries.</summary>
    public Task<IReadOnlyList<NamedEntity>> Of(long storeId, IEnumerable<DeliveryRow> rows, CancellationToken cancel)
    {
        var ids = rows.Where(row => row is { Title: null, EntityId: not null, Entity: "inventory_item" or "location" } or { State: DeliveryState.Queued, ProductId: null, EntityId: not null, Entity: "product" or "collection" }).Select(row => row.EntityId!.Value).Distinct().ToArray();
        return ids.Length == 0 ? Task.FromResult<IReadOnlyList<NamedEntity>>([]) : Ask("""
            select 'inventory_item', v.inventory_item_id, concat_ws(', ', p.title, nullif(v.title, 'Default Title')), p.id
            from variants v join products p on p.id = v.product_id where v.store_id = $1 and v.inventory_item_id = any ($2)
            union all select 'product', p.shopify_id, p.title, p.id from products p where p.store_id = $1 and p.shopify_id = any ($2)
            union all select 'collection', c.shopify_id, c.title, null from collections c where c.store_id = $1 and c.shopify_id = any ($2)
            union all select 'location', l.shopify_id, l.name, null from locations l where l.store_id = $1 and l.shopify_id = any ($2)
            """, storeId, ids, cancel);
    }

    /// <summary>What in the copy bears this name or, for digits, Shopify's id; a few at most.</summary>
    public Task<IReadOnlyList<NamedEntity>> Find(long storeId, string text, CancellationToken cancel)
    {
        var pattern = "%" + text.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        return Ask($"""
            (select 'product', p.shopify_id, p.title, p.id from products p
             where p.store_id = $1 and p.shopify_id is not null and (p.title ilike $2 or p.shopify_id::text = btrim($2, '%')) order by p.deleted_at nulls first, length(p.title), p.id limit {Most})
            union all
            (select 'collection', c.shopify_id, c.title, null from collections c
             where c.store_id = $1 and c.shopify_id is not null and (c.title ilike $2 or c.shopify_id::text = btrim($2, '%')) order by length(c.title), c.id limit {Most})
            """, storeId, pattern, cancel);
    }

    private async Task<IReadOnlyList<NamedEntity>> Ask(string sql, long storeId, object what, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = what });
        var found = new List<NamedEntity>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            found.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3)));
        return found;
    }
}
