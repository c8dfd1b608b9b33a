using CowansDashboard.History;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads at Shopify what a plan is about to change, or has changed, for a merge in a transaction that comes after.</summary>
public sealed class LookAtProducts(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane, RemoteSource source, long planId)
{
    /// <summary>Answers how what was read is merged while the products are held.</summary>
    /// <param name="products">Our ids.</param>
    /// <param name="plain">Nothing but fields of products and variants, and metafields, waits of them: their lists are not read.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="between">Done once new rows are recognised, and before anything is merged.</param>
    public async Task<Func<NpgsqlConnection, Task<MergeCounts>>> Read(long[] products, bool plain, CancellationToken cancel, Func<NpgsqlConnection, Task>? between = null)
    {
        var created = plain ? [] : await Created(products, cancel);
        var (ids, variants, metafields, joining) = await Named(products, cancel);
        if (plain)
        {
            var read = await new ReadScalars(admin, database, lane).Read(ids, variants, metafields, cancel);
            return async connection =>
            {
                var counts = await new MergeScalars(source.StoreId, source.RunId).Merge(connection, read, cancel);
                await AdoptCreated.Removed(connection, source.StoreId, read.GoneMetafields, read.Ticket, cancel);
                return counts;
            };
        }
        ids = [.. ids, .. created.Select(one => one.ShopifyId)];
        var whole = ids.Length == 0 ? null : await new ReadProducts(admin, database, lane).Read(ids, cancel);
        var members = await new ReadMemberships(admin, lane).Read(joining, cancel);
        return async connection =>
        {
            if (whole is null)
                return new MergeCounts();
            foreach (var (product, shopifyId) in created)
                await AdoptCreated.Product(connection, source.StoreId, product, shopifyId, cancel);
            await AdoptCreated.Adopt(connection, source.StoreId, whole, cancel);
            if (between is not null)
                await between(connection);
            var counts = await new MergeProducts(source.StoreId, source.RunId).Merge(connection, whole, cancel);
            await AdoptCreated.Complete(connection, source.StoreId, whole, cancel);
            await LastVariants.Record(connection, source.RunId, products, cancel);
            await AdoptCreated.Members(connection, source.StoreId, joining, members, cancel);
            return counts;
        };
    }

    /// <summary>
    /// Products that were sent for the first time and whose answer nobody has: whether Shopify made them is asked by the id under
    /// which they were sent. Left alone, a pull would bring them as strangers.
    /// </summary>
    private async Task<List<(long Product, long ShopifyId)>> Created(long[] products, CancellationToken cancel)
    {
        var asked = new List<(long Product, Guid CustomId)>();
        await using (var command = database.CreateCommand("""
            select c.product_id, c.custom_id from push_creates c join products p on p.id = c.product_id and p.mark = 1 and p.shopify_id is null
            where c.product_id = any($1) and exists (
                select from push_items i where i.plan_id = $2 and i.product_id = c.product_id and i.entity = 'product' and i.kind = 'create' and i.status = 'sent')
            order by 1
            """))
        {
            command.Parameters.Add(new() { Value = products });
            command.Parameters.Add(new() { Value = planId });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                asked.Add((reader.GetInt64(0), reader.GetGuid(1)));
        }
        var created = new List<(long, long)>();
        foreach (var (product, customId) in asked)
            if (await Find(customId, cancel) is { } found)
                created.Add((product, found));
        return created;
    }

    private async Task<long?> Find(Guid customId, CancellationToken cancel)
    {
        try
        {
            return (await admin.Send(Queries.ProductByCustomId(CreateProduct.Namespace, CreateProduct.Key, $"{customId:N}"), lane, cancel)).Data.ProductByIdentifier?.Id.Number;
        }
        catch (ShopifyFaultException unknown) when (unknown.Fault is ShopifyFault.Invalid)
        {
            // Shopify has never been told of such ids, so it has made nothing under one.
            return null;
        }
    }

    /// <summary>
    /// Our products' ids in Shopify, those of the variants whose items are open, and those of products that enter or leave a collection.
    /// Of metafields only those that go, since Shopify takes no value over one that we have not read, and those that were sent before.
    /// </summary>
    private async Task<(long[] Products, long[] Variants, long[] Metafields, long[] Joining)> Named(long[] products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(shopify_id order by shopify_id), '{}'),
                (select coalesce(array_agg(distinct v.shopify_id), '{}') from push_items i join variants v on v.id = i.entity_id
                 where i.plan_id = $2 and i.product_id = any($1) and i.entity = 'variant' and i.status in ('waiting', 'sent') and not i.excluded and v.shopify_id is not null),
                (select coalesce(array_agg(distinct m.shopify_id), '{}') from push_items i join metafields m on m.id = i.entity_id
                 where i.plan_id = $2 and i.product_id = any($1) and i.entity = 'metafield' and i.status in ('waiting', 'sent') and not i.excluded and m.shopify_id is not null
                    and (i.kind = 'remove' or i.attempts > 0)),
                coalesce(array_agg(shopify_id order by shopify_id) filter (where exists (
                    select from push_items i where i.plan_id = $2 and i.product_id = products.id and i.entity = 'collection member' and i.status in ('waiting', 'sent') and not i.excluded)), '{}')
            from products where id = any($1) and shopify_id is not null
            """);
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = planId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<long[]>(1), reader.GetFieldValue<long[]>(2), reader.GetFieldValue<long[]>(3));
    }
}
