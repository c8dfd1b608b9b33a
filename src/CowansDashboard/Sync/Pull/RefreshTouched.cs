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
    public static Task Refresh(
        long[] products, Func<Func<NpgsqlConnection, Task<int>>, int, CancellationToken, Task> inTransaction, int atOnce, CancellationToken cancel) =>
        Parallel.ForEachAsync(products.Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
            async (batch, stop) =>
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await inTransaction(connection => RefreshSummaries.Refresh(connection, batch, stop), batch.Length, stop);
                        return;
                    }
                    catch (PostgresException clash) when (attempt < MostAttempts
                        && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
                    {
                        // Somebody edits one of them at this moment; then it is refreshed with that edit.
                    }
                }
            });
}
