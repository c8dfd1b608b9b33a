using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Marks rows as gone in Shopify; memberships are removed. Rows that a later read has written stay.</summary>
public static class MarkGone
{
    /// <summary>Rows of a table by our ids, as the run that found it wants them treated.</summary>
    public static async Task<int> Rows(NpgsqlConnection connection, RemoteSource source, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel) =>
        ids.Length == 0 || !await AreTakenIn(connection, source, table, ids, ticket, cancel) ? 0 : await Rows(connection, table, ids, ticket, cancel);

    /// <summary>Notes what a comparison wants to know of rows that are gone; false when it takes nothing in.</summary>
    private static async Task<bool> AreTakenIn(NpgsqlConnection connection, RemoteSource source, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        var purpose = await ReadPurpose.Of(connection, source.StoreId, source.RunId, cancel);
        if (purpose.CountsMissed)
            await NoteFoundChanges.Gone(connection, purpose, table, ids, ticket, cancel);
        if (purpose.Compares)
            await NoteDrift.Gone(connection, purpose, table, ids, ticket, cancel);
        return purpose.TakesIn;
    }

    /// <summary>The same for rows by Shopify's ids.</summary>
    public static async Task<bool> IsTakenIn(NpgsqlConnection connection, RemoteSource source, CatalogueTable table, IReadOnlyCollection<long> shopifyIds, long ticket, CancellationToken cancel)
    {
        if (shopifyIds.Count == 0)
            return true;
        var local = await LoadKnown.Ids(connection, table, source.StoreId, cancel, LoadKnown.Any("shopify_id", shopifyIds));
        return await AreTakenIn(connection, source, table, [.. shopifyIds.Select(id => local.TryGet(id, out var ours) ? ours : 0).Where(id => id != 0)], ticket, cancel);
    }

    /// <summary>Rows of a table by our ids.</summary>
    public static async Task<int> Rows(NpgsqlConnection connection, CatalogueTable table, long[] ids, long ticket, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return 0;
        var sql = (table.SoftDeletes, table.HasPending) switch
        {
            (true, true) => $"update {table.Name} set deleted_at = now(), updated_at = now(), ticket = $2 where id = any($1) and ticket < $2 and deleted_at is null and mark <> 1",
            (true, false) => $"update {table.Name} set deleted_at = now(), updated_at = now(), ticket = $2 where id = any($1) and ticket < $2 and deleted_at is null",
            _ => $"delete from {table.Name} where id = any($1) and ticket < $2 and mark <> 1",
        };
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = ticket });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Products that Shopify answered with null, and everything that hung on them.</summary>
    public static async Task<int> Products(NpgsqlConnection connection, RemoteSource source, IReadOnlyCollection<long> shopifyIds, long ticket, CancellationToken cancel)
    {
        if (!await IsTakenIn(connection, source, CatalogueTable.Products, shopifyIds, ticket, cancel))
            return 0;
        await SettleDrift.Products(connection, source.StoreId, source.RunId, shopifyIds, areGone: true, cancel);
        await RecordRemoteChanges.Gone(connection, source, shopifyIds, ticket, cancel);
        var count = await Silently(connection, source.StoreId, shopifyIds, ticket, cancel);
        if (count > 0)
        {
            await DeletedProducts.Record(connection, source.StoreId, [.. shopifyIds], cancel);
            await CloseRemovals(connection, source.StoreId, shopifyIds, cancel);
        }
        return count;
    }

    /// <summary>The same without a word: whoever deleted them here has noted it.</summary>
    public static async Task<int> Silently(NpgsqlConnection connection, long storeId, IReadOnlyCollection<long> shopifyIds, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with gone as (
                update products set deleted_at = now(), updated_at = now(), ticket = $3
                where store_id = $1 and shopify_id = any($2) and ticket < $3 and deleted_at is null returning id),
            options as (
                update product_options t set deleted_at = now(), updated_at = now(), ticket = $3 from gone where t.product_id = gone.id and t.deleted_at is null),
            media as (
                update media t set deleted_at = now(), updated_at = now(), ticket = $3 from gone where t.product_id = gone.id and t.deleted_at is null),
            variants as (
                update variants t set deleted_at = now(), updated_at = now(), ticket = $3 from gone where t.product_id = gone.id and t.deleted_at is null returning t.id),
            levels as (
                update inventory_levels t set deleted_at = now(), updated_at = now(), ticket = $3 from variants where t.variant_id = variants.id and t.deleted_at is null),
            product_metafields as (
                update metafields t set deleted_at = now(), updated_at = now(), ticket = $3
                from gone where t.owner_id = gone.id and t.owner_kind = 'product' and t.deleted_at is null),
            variant_metafields as (
                update metafields t set deleted_at = now(), updated_at = now(), ticket = $3
                from variants where t.owner_id = variants.id and t.owner_kind = 'variant' and t.deleted_at is null),
            members as (delete from collection_members t using gone where t.product_id = gone.id),
            published as (delete from product_publications t using gone where t.product_id = gone.id)
            select count(*) from gone
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        command.Parameters.Add(new() { Value = ticket });
        return (int)(long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Collections that Shopify answered with null, with their memberships. Answers how many there were, and our ids of the products that were in them.</summary>
    public static async Task<(int Count, long[] LeftBehind)> Collections(NpgsqlConnection connection, RemoteSource source, long[] shopifyIds, long ticket, CancellationToken cancel)
    {
        if (!await IsTakenIn(connection, source, CatalogueTable.Collections, shopifyIds, ticket, cancel))
            return (0, []);
        await HoldCollections.HoldOfShopify(connection, source.StoreId, shopifyIds, cancel);
        await SettleDrift.Collections(connection, source.StoreId, source.RunId, shopifyIds, cancel);
        await using var command = new NpgsqlCommand("""
            with gone as (
                update collections set deleted_at = now(), updated_at = now(), ticket = $3, mark = 0
                where store_id = $1 and shopify_id = any($2) and ticket < $3 and (deleted_at is null or mark = 2) returning id),
            places as (delete from collection_publications m using gone where m.collection_id = gone.id),
            removals as (update collection_removals r set closed_at = now(), closed_as = case when r.purge_sent_at is null then 'gone' else 'purged' end from gone where r.collection_id = gone.id and r.closed_at is null),
            settled as (
                update conflicts f set closed_at = now(), closed_as = 'deleted' from gone
                where f.closed_at is null and (f.entity = 'collection' and f.entity_id = gone.id
                    or f.entity = 'collection source' and f.entity_id in (select s.id from collection_sources s where s.collection_id = gone.id))),
            left_behind as (delete from collection_members m using gone where m.collection_id = gone.id returning m.product_id),
            metafields as (
                update metafields t set deleted_at = now(), updated_at = now(), ticket = $3
                from gone where t.owner_id = gone.id and t.owner_kind = 'collection' and t.deleted_at is null)
            select (select count(*) from gone), (select coalesce(array_agg(distinct product_id), '{}') from left_behind)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = source.StoreId });
        command.Parameters.Add(new() { Value = shopifyIds });
        command.Parameters.Add(new() { Value = ticket });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return ((int)reader.GetInt64(0), reader.GetFieldValue<long[]>(1));
    }

    /// <summary>What was removed here, and is deleted in Shopify too, needs no window any more.</summary>
    private static async Task CloseRemovals(NpgsqlConnection connection, long storeId, IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(p.id), '{}') from products p join removals r on r.product_id = p.id and r.closed_at is null
            where p.store_id = $1 and p.shopify_id = any($2) and p.deleted_at is not null
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        if ((long[])(await command.ExecuteScalarAsync(cancel))! is not { Length: > 0 } removed)
            return;
        await DeletedProducts.LetGo(connection, removed, cancel);
        await RemovalWindow.Close(connection, removed, "gone", null, cancel);
    }
}
