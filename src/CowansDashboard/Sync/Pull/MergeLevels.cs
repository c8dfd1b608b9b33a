using System.Runtime.InteropServices;
using CowansDashboard.Data;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Brings the stock of some items into the copy, inside the transaction that the connection holds, and writes no row of a product.</summary>
public sealed class MergeLevels(long storeId, long? runId)
{
    /// <summary>All that Shopify has of these items: what it no longer names goes.</summary>
    public Task<LevelsMerged> Whole(NpgsqlConnection connection, LevelsRead read, CancellationToken cancel) => Merge(connection, read, prune: true, cancel);

    /// <summary>Single levels: the others of these items stay as they are.</summary>
    public Task<LevelsMerged> Part(NpgsqlConnection connection, LevelsRead read, CancellationToken cancel) => Merge(connection, read, prune: false, cancel);

    /// <summary>Holds the products of these items; whoever decides by what the copy knows does so after this.</summary>
    public async Task Hold(NpgsqlConnection connection, IReadOnlyCollection<long> items, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(array_agg(distinct product_id), '{}') from variants where store_id = $1 and inventory_item_id = any($2)", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = items.ToArray() });
        await HoldProducts.Hold(connection, (long[])(await command.ExecuteScalarAsync(cancel))!, cancel);
    }

    private async Task<LevelsMerged> Merge(NpgsqlConnection connection, LevelsRead read, bool prune, CancellationToken cancel)
    {
        await Hold(connection, read.Items.Keys, cancel);
        var ofThese = LoadKnown.Any("inventory_item_id", read.Items.Keys);
        var known = await LoadKnown.Rows(connection, CatalogueTable.Levels, storeId, cancel, ofThese);
        var reading = new LevelReading(storeId, await LoadKnown.VariantsByItem(connection, storeId, cancel, ofThese),
            await LoadKnown.ProductOfVariant(connection, storeId, cancel, ofThese), await LoadKnown.Ids(connection, CatalogueTable.Locations, storeId, cancel));
        var rows = new StagedRows(CatalogueTable.Levels, known, read.Ticket);
        foreach (var (item, levels) in read.Items)
            foreach (var level in levels)
                reading.Read(JsonMarshal.GetRawUtf8Value(level), rows, item);
        reading.Complete(rows);
        var counts = await new MergeRows(storeId, runId).Merge(connection, rows, cancel);
        if (prune)
            counts += new MergeCounts { Deleted = await MarkGone.Rows(connection, new RemoteSource(storeId, runId), CatalogueTable.Levels, known.Unseen().ToArray(), read.Ticket, cancel) };
        var (changed, products) = await Changed(connection, read, cancel);
        await RefreshSummaries.Refresh(connection, products, cancel);
        return new(counts, changed, [.. rows.OrphanedItems]);
    }

    private async Task<(HashSet<long> Items, long[] Products)> Changed(NpgsqlConnection connection, LevelsRead read, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select l.inventory_item_id, v.product_id from inventory_levels l left join variants v on v.id = l.variant_id
            where l.store_id = $1 and l.inventory_item_id = any($2) and l.ticket = $3
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = read.Items.Keys.ToArray() });
        command.Parameters.Add(new() { Value = read.Ticket });
        var (items, products) = (new HashSet<long>(), new HashSet<long>());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            items.Add(reader.GetInt64(0));
            if (!reader.IsDBNull(1))
                products.Add(reader.GetInt64(1));
        }
        return (items, [.. products]);
    }
}

/// <summary>What came of it: the items whose stock was written, and those with stock at a location that the copy does not hold.</summary>
public sealed record LevelsMerged(MergeCounts Counts, IReadOnlySet<long> Changed, IReadOnlyCollection<long> Orphaned);
