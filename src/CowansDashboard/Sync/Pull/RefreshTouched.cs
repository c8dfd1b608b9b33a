using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Refreshes the summaries of all products that a run touched, in batches side by side, each in a transaction of its own.</summary>
public static class RefreshTouched
{
    private const int BatchSize = 2_000;
    private const int MostAttempts = 4;

    public static async Task<long[]> Touched(NpgsqlConnection connection, long runId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(array_agg(distinct p order by p), '{}') from pull_batches, unnest(products) p where run_id = $1", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = runId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="products">Our ids.</param>
    /// <param name="inTransaction">Runs the given work in a transaction and commits it.</param>
    /// <param name="atOnce">How many batches go side by side.</param>
    /// <param name="cancel">Stops between two batches.</param>
    public static async Task Refresh(
        long[] products, Func<Func<NpgsqlConnection, Task<int>>, int, CancellationToken, Task> inTransaction, int atOnce, CancellationToken cancel)
    {
        await Parallel.ForEachAsync(products.Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
            async (batch, stop) =>
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await inTransaction(connection => Write(connection, batch, stop), batch.Length, stop);
                        return;
                    }
                    catch (PostgresException clash) when (attempt < MostAttempts
                        && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
                    {
                        // Somebody edits one of them at this moment; then it is refreshed with that edit.
                    }
                }
            });
        if (products.Length > BatchSize)
            await inTransaction(connection => Sort(connection, cancel), 0, cancel);
    }

    private static async Task<int> Write(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        // The indexes of words take large helpings far more cheaply than small ones. And nobody waits for the disk: the run,
        // which would do it all again, ends with a commit that does.
        await using (var settings = new NpgsqlCommand("set local gin_pending_list_limit = '16MB'; set local synchronous_commit = off", connection))
            await settings.ExecuteNonQueryAsync(cancel);
        return await RefreshSummaries.Refresh(connection, products, cancel);
    }

    // What is left of the helpings would have to be read by every search until it is sorted in.
    private static async Task<int> Sort(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select gin_clean_pending_list('product_summaries_search'), gin_clean_pending_list('product_summaries_tags')", connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
