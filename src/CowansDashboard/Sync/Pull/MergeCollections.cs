using System.Runtime.InteropServices;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings whole collections, read directly, into the copy in one transaction: fields, members in order, metafields, sources. What
/// Shopify no longer names goes, and so does a collection that it answered with null.
/// </summary>
public sealed class MergeCollections(long storeId, long? runId)
{
    /// <exception cref="PostgresException">23505 when somebody inserted one of the new rows at the same moment: try again.</exception>
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, CollectionsRead read, CancellationToken cancel)
    {
        var counts = new MergeCounts();
        if (read.Gone.Count > 0)
            counts += await Gone(connection, read, cancel);
        if (read.Collections.Count == 0)
            return counts;
        await HoldCollections.HoldOfShopify(connection, storeId, [.. read.Collections.Select(one => one.ShopifyId)], cancel);
        var these = LoadKnown.Any("shopify_id", read.Collections.Select(one => one.ShopifyId));
        long[] sortedItself = await SortedItself(connection, [.. read.Collections.Select(one => one.ShopifyId)], cancel);
        var reading = new CollectionReading(storeId);
        counts += await Merge(connection, reading, await LoadKnown.Rows(connection, CatalogueTable.Collections, storeId, cancel, these), read.Ticket, rows =>
        {
            foreach (var one in read.Collections)
                reading.Read(JsonMarshal.GetRawUtf8Value(one.Node), rows);
        }, prune: false, cancel);

        var collections = await LoadKnown.Ids(connection, CatalogueTable.Collections, storeId, cancel, these);
        counts += await Members(connection, read, collections, cancel);
        if ((await ReadPurpose.Of(connection, storeId, runId, cancel)).TakesIn)
        {
            await AgreeOnOrder(connection, sortedItself, cancel);
            counts += new MergeCounts { Conflicts = await MergeMemberOrders.Merge(connection, storeId, runId, [.. read.Collections.Select(one => one.ShopifyId)], cancel) };
        }
        var owners = read.Collections.Select(one => collections.TryGet(one.ShopifyId, out var ours) ? ours : 0);
        var metafieldReading = new MetafieldReading(storeId, MetafieldOwners.Collections(collections.Fork()));
        counts += await Merge(connection, metafieldReading,
            await LoadKnown.Metafields(connection, "collection", storeId, cancel, LoadKnown.Any("owner_id", owners)), read.Ticket, rows =>
        {
            foreach (var one in read.Collections)
                foreach (var metafield in one.Metafields)
                    metafieldReading.Read(JsonMarshal.GetRawUtf8Value(metafield), rows, one.ShopifyId);
        }, prune: true, cancel);
        return counts + await new MergeSources(storeId, runId).Merge(connection, [.. read.Collections.Select(one => (one.ShopifyId, one.Sources))], read.Ticket, cancel);
    }

    /// <summary>Collections that were ordered here and that Shopify has sorted by itself until now.</summary>
    private async Task<long[]> SortedItself(NpgsqlConnection connection, long[] shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select coalesce(array_agg(id), '{"{}"}') from collections
            where store_id = $1 and shopify_id = any($2) and pending ? '{MemberOrder.Field}' and coalesce(pending ->> 'sort_order', sort_order) <> 'MANUAL'
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    // The order that was agreed on was read under another sort than the one that Shopify shows now: this one is nobody's edit.
    private static async Task AgreeOnOrder(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        if (collections.Length == 0)
            return;
        await using var command = new NpgsqlCommand($"""
            update collections t set pending = t.pending || jsonb_build_object('{MemberOrder.Field}', (
                select coalesce(jsonb_agg(m.product_id order by m.position, m.product_id), '[]') from collection_members m where m.collection_id = t.id and m.mark <> 1))
            where t.id = any($1) and t.pending ? '{MemberOrder.Field}'
            """, connection);
        command.Parameters.Add(new() { Value = collections });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // Of one that is longer than Shopify lists nobody goes.
    private async Task<MergeCounts> Members(NpgsqlConnection connection, CollectionsRead read, IdMap collections, CancellationToken cancel)
    {
        var counts = new MergeCounts();
        var products = await LoadKnown.Ids(connection, CatalogueTable.Products, storeId, cancel,
            LoadKnown.Any("shopify_id", read.Collections.SelectMany(one => one.Members).Distinct()));
        long[] held = [.. read.Collections.Select(one => collections.TryGet(one.ShopifyId, out var ours) ? ours : 0)];
        var waited = await WaitingMembers(connection, held, cancel);
        foreach (var some in read.Collections.GroupBy(one => one.IsWhole))
        {
            var local = some.Select(one => collections.TryGet(one.ShopifyId, out var ours) ? ours : 0);
            var reading = new MemberReading(storeId, collections.Fork(), products.Fork());
            counts += await Merge(connection, reading,
                await LoadKnown.Rows(connection, CatalogueTable.Members, storeId, cancel, LoadKnown.Any("collection_id", local)), read.Ticket, rows =>
            {
                foreach (var one in some)
                    foreach (var product in one.Members)
                        reading.Read(product, one.ShopifyId, rows);
            }, prune: some.Key, cancel);
        }
        // Who has come or gone as people wanted waits no more, and the list of products says so.
        if (waited.Length > 0 && waited.Except(await WaitingMembers(connection, held, cancel)).ToArray() is { Length: > 0 } settled)
            await RefreshSummaries.Refresh(connection, settled, cancel);
        return counts;
    }

    private static async Task<long[]> WaitingMembers(NpgsqlConnection connection, long[] collections, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select coalesce(array_agg(distinct product_id order by product_id), '{}') from collection_members where collection_id = any($1) and mark <> 0", connection);
        command.Parameters.Add(new() { Value = collections });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<MergeCounts> Gone(NpgsqlConnection connection, CollectionsRead read, CancellationToken cancel)
    {
        var (count, leftBehind) = await MarkGone.Collections(connection, new RemoteSource(storeId, runId), [.. read.Gone], read.Ticket, cancel);
        await RefreshSummaries.Refresh(connection, leftBehind, cancel);
        return new MergeCounts { Deleted = count };
    }

    private async Task<MergeCounts> Merge(
        NpgsqlConnection connection, RowReading reading, KnownRows known, long ticket, Action<StagedRows> stage, bool prune, CancellationToken cancel)
    {
        var rows = new StagedRows(reading.Table, known, ticket);
        stage(rows);
        reading.Complete(rows);
        var counts = await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
        return prune
            ? counts + new MergeCounts { Deleted = await MarkGone.Rows(connection, new RemoteSource(storeId, runId), reading.Table, known.Unseen().ToArray(), ticket, cancel) }
            : counts;
    }
}
