using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Repairs what a comparison only noted: the products and collections concerned are read again by id and merged as every pull
/// does it, so that edits here are kept and nothing is deleted on an old word.
/// </summary>
public sealed class TakeInDrift(NpgsqlDataSource database, StartComparison start)
{
    /// <param name="storeId">The shop.</param>
    /// <param name="driftIds">Which differences, with the rest of their products and collections, but not what those products have moved elsewhere; null for all that differ now.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StartComparisonOutcome> TakeIn(long storeId, long[]? driftIds, AskedBy by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(distinct product_shopify_id) filter (where product_shopify_id is not null), '{}'),
                coalesce(array_agg(distinct collection_shopify_id) filter (where collection_shopify_id is not null), '{}'), count(*),
                coalesce(array_agg(distinct product_shopify_id) filter (where product_shopify_id is not null and not exists (
                    select from products p where p.store_id = drift.store_id and p.shopify_id = drift.product_shopify_id and p.deleted_at is null)), '{}')
            from drift where store_id = $1 and state = 'open' and ($2::bigint[] is null or id = any($2))
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)driftIds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (products, collections, rows) = (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<long[]>(1), reader.GetInt64(2));
        // The collections of those alone are read, too, of which nothing stands anywhere; decided once, since a run that goes on finds them known.
        var followed = driftIds is null ? null : reader.GetFieldValue<long[]>(3);
        await reader.CloseAsync();
        if (rows == 0)
            return new StartComparisonOutcome.Wrong("ids", "Nothing of that differs any more.");
        var parameters = JsonSerializer.SerializeToElement(new { depth = StartComparison.Text(ComparisonDepth.Named), products, collections, followed });
        return await start.Start(storeId, parameters, by, cancel);
    }
}
