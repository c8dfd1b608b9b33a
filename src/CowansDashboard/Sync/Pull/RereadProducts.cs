using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads whole products again by id and merges them, a few at a time: what results disagree about, and what a later read has changed.</summary>
public sealed class RereadProducts(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int MostAttempts = 4;

    /// <summary>Hears, in the transaction that merged them, which products agree with Shopify as they were read.</summary>
    public Func<NpgsqlConnection, IReadOnlyCollection<long>, CancellationToken, Task>? Merged { get; init; }

    /// <summary>All products that this run has noted and not yet read, by two to ten workers.</summary>
    public async Task Noted(RunStream stream, CancellationToken cancel)
    {
        var noted = await Read(cancel);
        stream.SetTotal(stream.SoFar + noted.Length);
        await PacedWorkers.For(admin).Run(noted.Chunk(ReadProducts.AtOnce), (chunk, stop) => Read(chunk, stream, stop),
            workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("by id", workers)), cancel);
    }

    /// <summary>These products, in one transaction.</summary>
    public async Task Read(IReadOnlyCollection<long> shopifyIds, RunStream stream, CancellationToken cancel)
    {
        await run.CheckFence(cancel);
        for (var attempt = 1; ; attempt++)
        {
            // A clash means that somebody else wrote them meanwhile: what was read is already old.
            var read = await new ReadProducts(admin, database, Lane.Background, run.StoreId).Read(shopifyIds, cancel);
            try
            {
                await using var transaction = await run.Begin(cancel);
                var counts = await new MergeProducts(run.StoreId, run.RunId).Merge(transaction.Connection, read, cancel);
                // A row that was refused, or that a later read had written, leaves open what is true of its product.
                long[] agreeing = counts.Failed > 0 ? [] : [.. shopifyIds.Except(counts.Reread)];
                await SettleDrift.Products(transaction.Connection, run.StoreId, run.RunId, [.. agreeing.Except(read.Gone)], areGone: false, cancel);
                await SettleDrift.Products(transaction.Connection, run.StoreId, run.RunId, [.. agreeing.Intersect(read.Gone)], areGone: true, cancel);
                if (Merged is not null)
                    await Merged(transaction.Connection, agreeing, cancel);
                await using var done = new NpgsqlCommand(
                    "update pull_rereads set done = true where run_id = $1 and product_shopify_id = any($2)", transaction.Connection);
                done.Parameters.Add(new() { Value = run.RunId });
                done.Parameters.Add(new() { Value = shopifyIds.ToArray() });
                await done.ExecuteNonQueryAsync(cancel);
                transaction.Advance(stream, shopifyIds.Count);
                transaction.Count(RunCounter.Inserted, counts.Inserted);
                transaction.Count(RunCounter.Updated, counts.Updated);
                transaction.Count(RunCounter.Unchanged, counts.Unchanged);
                transaction.Count(RunCounter.Deleted, counts.Deleted);
                transaction.Count(RunCounter.Conflicts, counts.Conflicts);
                transaction.Count(RunCounter.Failed, counts.Failed);
                await transaction.Commit(cancel);
                return;
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                stream.SetStage("read again: somebody else wrote the same product");
            }
        }
    }

    private async Task<long[]> Read(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select coalesce(array_agg(product_shopify_id order by product_shopify_id), '{}') from pull_rereads where run_id = $1 and not done");
        command.Parameters.Add(new() { Value = run.RunId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }
}
