using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>Compares products before and after a merge, inside its transaction.</summary>
/// <param name="storeId">Whose.</param>
/// <param name="heardAt">When the first of the deliveries about them came.</param>
internal sealed class LookAtMerged(long storeId, DateTimeOffset heardAt)
{
    // A push of ours is over when its answer is in; Shopify's word about it may overtake that answer or come a little later.
    private static readonly TimeSpan AfterPush = TimeSpan.FromMinutes(2);

    private readonly Dictionary<long, (bool Alive, long Published)> _before = [];

    /// <summary>Shopify's ids of the collections that products which are about to go are in.</summary>
    public long[] CollectionsOfGone { get; private set; } = [];

    public async Task Before(NpgsqlConnection connection, ProductsRead read, CancellationToken cancel)
    {
        _before.Clear();
        await using (var command = Command(connection, """
            select p.shopify_id, p.deleted_at is null, (select count(*) from product_publications b where b.product_id = p.id)
            from products p where p.store_id = $1 and p.shopify_id = any($2)
            """, [.. read.Products.Select(product => product.ShopifyId), .. read.Gone]))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                _before[reader.GetInt64(0)] = (reader.GetBoolean(1), reader.GetInt64(2));
        if (read.Gone.Count == 0)
            return;
        await using var collections = Command(connection, """
            select coalesce(array_agg(distinct c.shopify_id), '{}') from products p join collection_members m on m.product_id = p.id join collections c on c.id = m.collection_id
            where p.store_id = $1 and p.shopify_id = any($2) and c.shopify_id is not null and c.deleted_at is null
            """, [.. read.Gone]);
        CollectionsOfGone = (long[])(await collections.ExecuteScalarAsync(cancel))!;
    }

    public async Task<Dictionary<long, ProductSeen>> After(NpgsqlConnection connection, ProductsRead read, CancellationToken cancel)
    {
        var seen = read.Gone.ToDictionary(id => id, id => new ProductSeen(_before.GetValueOrDefault(id).Alive, true, false, false, false, false));
        await using var command = Command(connection, """
            select p.shopify_id,
                p.ticket = $3
                    or exists (select from variants t where t.product_id = p.id and t.ticket = $3)
                    or exists (select from product_options t where t.product_id = p.id and t.ticket = $3)
                    or exists (select from media t where t.product_id = p.id and t.ticket = $3)
                    or exists (select from metafields t where t.owner_id = p.id and t.owner_kind = 'product' and t.ticket = $3)
                    or exists (select from variants v join metafields t on t.owner_id = v.id and t.owner_kind = 'variant' where v.product_id = p.id and t.ticket = $3)
                    or exists (select from variants v join inventory_levels t on t.variant_id = v.id where v.product_id = p.id and t.ticket = $3)
                    or exists (select from product_publications t where t.product_id = p.id and t.ticket = $3),
                (select count(*) from product_publications b where b.product_id = p.id),
                exists (select from changes c where c.change_set_id = $4 and c.product_id = p.id),
                exists (select from conflicts c where c.product_id = p.id and c.closed_at is null and c.heard_at = now()),
                exists (
                    select from push_plans l join runs r on r.id = l.run_id join push_items i on i.plan_id = l.id and i.product_id = p.id
                    where l.store_id = $1 and (r.finished_at is null or r.finished_at > $5) and i.status in ('sent', 'done') and i.updated_at > $5)
            from products p where p.store_id = $1 and p.shopify_id = any($2)
            """, [.. read.Products.Select(product => product.ShopifyId)]);
        command.Parameters.Add(new() { Value = read.Ticket });
        command.Parameters.Add(new() { Value = await OpenRemoteChangeSet.Opened(connection, cancel) ?? 0 });
        command.Parameters.Add(new() { Value = (heardAt - AfterPush).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (alive, published) = _before.GetValueOrDefault(reader.GetInt64(0));
            seen[reader.GetInt64(0)] = new(alive, false, reader.GetBoolean(1) || alive && reader.GetInt64(2) != published, reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5));
        }
        return seen;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, long[] ids)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        return command;
    }
}
