using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Closes what an earlier comparison had noted of something that has been read and merged since: whatever still differs was
/// noted anew or repaired by that read itself, so the rest agrees again.
/// </summary>
public static class SettleDrift
{
    private const string Settle = """
        update drift set state = 'settled', settled_at = now(), settled_run = $2
        where store_id = $1 and state = 'open' and ($2::bigint is null or run_id <> $2)
        """;

    /// <summary>Whole products by Shopify's ids, read without the collections they are in; one that is gone is in none.</summary>
    public static Task Products(NpgsqlConnection connection, long storeId, long? runId, IReadOnlyCollection<long> read, bool areGone, CancellationToken cancel) =>
        read.Count == 0 ? Task.CompletedTask : Execute(connection, $"{Settle} and product_shopify_id = any($3){(areGone ? "" : " and collection_shopify_id is null")}", storeId, runId, read.ToArray(), cancel);

    /// <summary>Whole collections by Shopify's ids, with their members.</summary>
    public static Task Collections(NpgsqlConnection connection, long storeId, long? runId, IReadOnlyCollection<long> read, CancellationToken cancel) =>
        read.Count == 0 ? Task.CompletedTask : Execute(connection, $"{Settle} and collection_shopify_id = any($3)", storeId, runId, read.ToArray(), cancel);

    /// <summary>All rows of a kind that hangs on no product and no collection.</summary>
    public static Task Kind(NpgsqlConnection connection, long storeId, long? runId, string entity, CancellationToken cancel) =>
        Execute(connection, $"{Settle} and entity = $3 and product_shopify_id is null and collection_shopify_id is null", storeId, runId, entity, cancel);

    /// <summary>The whole shop; nothing where the run could not read or keep some of it, since what differs may be among that.</summary>
    public static Task Everything(NpgsqlConnection connection, long storeId, long runId, CancellationToken cancel) =>
        Execute(connection, $"{Settle} and not exists (select from runs r where r.id = $2 and coalesce((r.counters ->> 'failed')::bigint, 0) > 0)", storeId, runId, null, cancel);

    private static async Task Execute(NpgsqlConnection connection, string sql, long storeId, long? runId, object? which, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        if (which is not null)
            command.Parameters.Add(new() { Value = which });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
