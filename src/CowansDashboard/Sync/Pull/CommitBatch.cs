using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Writes a batch and its place in the result file in one transaction: after a crash the pull goes on behind the
/// last committed batch, and no row comes twice.
/// </summary>
public static class CommitBatch
{
    private const string Book = """
        with place as (
            update pull_slices set pass = $3, read_offset = $4, updated_at = now() where id = $2),
        rereads as (
            insert into pull_rereads (run_id, product_shopify_id, reason)
            select $1, o, 'a child came without it' from unnest($7::bigint[]) o
            union select $1, l, 'changed by a later read' from unnest($8::bigint[]) l
            on conflict do nothing),
        orphans as (
            insert into pull_orphans (run_id, inventory_item_id) select $1, i from unnest($12::bigint[]) i
            on conflict do nothing)
        insert into pull_batches (run_id, slice_id, pass, read_offset, unchanged, products, lines, broken, inserted)
        select $1, $2, $3, $4, $5, $6, $9, $10, $11
        """;

    public static async Task<MergeCounts> Write(NpgsqlConnection connection, SlicePlace place, ResultBatch batch, CancellationToken cancel)
    {
        // Nobody waits for the disk: a batch that a crash of PostgreSQL takes back takes its place in the file back with it.
        await using (var unhurried = new NpgsqlCommand("set local synchronous_commit = off", connection))
            await unhurried.ExecuteNonQueryAsync(cancel);
        var counts = await new MergeRows(place.StoreId, place.RunId).Merge(connection, batch.Rows, cancel);
        await using var book = new NpgsqlCommand(Book, connection);
        book.Parameters.Add(new() { Value = place.RunId });
        book.Parameters.Add(new() { Value = place.SliceId });
        book.Parameters.Add(new() { Value = place.Pass });
        book.Parameters.Add(new() { Value = batch.NextOffset });
        book.Parameters.Add(new() { Value = batch.Rows.UnchangedKeys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        book.Parameters.Add(new() { Value = batch.Rows.Products.Distinct().ToArray() });
        book.Parameters.Add(new() { Value = batch.Rows.OrphansOf.Distinct().ToArray() });
        book.Parameters.Add(new() { Value = counts.Reread.Distinct().ToArray() });
        book.Parameters.Add(new() { Value = batch.Lines });
        book.Parameters.Add(new() { Value = batch.BrokenLines });
        book.Parameters.Add(new() { Value = (long)batch.Rows.New.Count });
        book.Parameters.Add(new() { Value = batch.Rows.OrphanedItems.ToArray() });
        await book.ExecuteNonQueryAsync(cancel);
        return counts with { Failed = counts.Failed + batch.BrokenLines, Refusals = [.. counts.Refusals, .. batch.Broken] };
    }
}

/// <summary>Which pass over which result of which run.</summary>
public sealed record SlicePlace(long StoreId, long RunId, long SliceId, int Pass);
