using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>What every step of one push shares.</summary>
public sealed record PushScope(RunContext Run, long PlanId, NpgsqlDataSource Database, ShopifyAdmin Admin, RunStream Stream, Lane Lane)
{
    private const int MostAttempts = 5;

    /// <summary>How often an item is sent whose answer does not come, before it is given up.</summary>
    public const int MostSends = 3;

    /// <summary>How often an item is sent that Shopify does not write because its own value has just changed.</summary>
    public const int MostOvertaken = 10;

    public LookAtProducts Look => new(Admin, Database, Lane, new RemoteSource(Run.StoreId, Run.RunId), PlanId);

    /// <summary>A fenced transaction; one that clashes with somebody else's is done anew.</summary>
    public async Task<T> Write<T>(Func<FencedTransaction, Task<T>> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await Run.Begin(cancel);
                await Quickly(transaction.Connection, cancel);
                var result = await work(transaction);
                await transaction.Commit(cancel);
                return result;
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState
                is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // Somebody wrote the same rows at this moment; what is read now is newer.
            }
        }
    }

    /// <summary>Statements over a thousand rows each: compiling them anew every time would take longer than running them.</summary>
    public static async Task Quickly(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var plain = new NpgsqlCommand("set jit = off", connection);
        await plain.ExecuteNonQueryAsync(cancel);
    }

    public async Task<long> Ticket(CancellationToken cancel)
    {
        await using var command = Database.CreateCommand("select nextval('tickets')");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Products that were deleted here while they were made are archived by the same push.</summary>
    public async Task ArchiveCreated(FencedTransaction transaction, long[] products, CancellationToken cancel)
    {
        if (await Push.ArchiveCreated.Plan(transaction.Connection, PlanId, products, cancel) is > 0 and var more)
            Stream.SetTotal(Stream.Total + more);
    }

    public void Count(FencedTransaction transaction, MergeCounts counts)
    {
        transaction.Count(RunCounter.Updated, counts.Updated);
        transaction.Count(RunCounter.Conflicts, counts.Conflicts);
    }
}
