using System.Collections.Concurrent;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads collections by id: fields, sources, metafields, and all members in order. Products that they name and the copy lacks are read first.</summary>
public sealed class PullCollections(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int MostAttempts = 4;

    private readonly ConcurrentBag<long> _came = [];

    /// <summary>Hears, in the transaction that merged them, which collections agree with Shopify as they were read.</summary>
    public Func<NpgsqlConnection, IReadOnlyCollection<long>, CancellationToken, Task>? Merged { get; init; }

    public async Task Pull(IReadOnlyCollection<long> shopifyIds, RunStream stream, CancellationToken cancel)
    {
        var read = new HashSet<long>();
        while (shopifyIds.Count > 0)
        {
            stream.SetTotal(stream.SoFar + shopifyIds.Count);
            await PacedWorkers.For(admin).Run(shopifyIds.Order().Chunk(ReadCollections.AtOnce), (chunk, stop) => Read(chunk, stream, stop),
                workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("by id", workers)), cancel);
            read.UnionWith(shopifyIds);
            // A product that came with one collection may be in others, of which nobody has told either.
            long[] came = [.. _came];
            _came.Clear();
            shopifyIds = came.Length == 0 ? [] : [.. (await new ConcernedCollections(run.StoreId, database, admin).Of(came, cancel)).Except(read)];
        }
    }

    private async Task Read(long[] ids, RunStream stream, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            await run.CheckFence(cancel);
            var read = await new ReadCollections(admin, database).Read(ids, cancel);
            foreach (var cut in read.Collections.Where(one => !one.IsWhole))
                run.Progress.Log(RunLogLevel.Warning,
                    $"{cut.Node.GetProperty("title").GetString()} has more products than Shopify lists page by page; those behind the first {WholeCollection.WhereListsEnd} are read by a full pull.");
            foreach (var chunk in (await UnknownMembers.Of(database, run.StoreId, read, cancel)).Chunk(ReadProducts.AtOnce))
            {
                Array.ForEach(chunk, _came.Add);
                await new RereadProducts(run, database, admin).Read(chunk, stream, cancel);
            }
            // Whether a collection is gone is asked where it was missed.
            read.Gone.Clear();
            try
            {
                await using var transaction = await run.Begin(cancel);
                var counts = await new MergeCollections(run.StoreId, run.RunId).Merge(transaction.Connection, read, cancel);
                long[] agreeing = counts.Failed > 0 ? [] : [.. read.Collections.Where(one => one.IsWhole).Select(one => one.ShopifyId)];
                await SettleDrift.Collections(transaction.Connection, run.StoreId, run.RunId, agreeing, cancel);
                if (Merged is not null)
                    await Merged(transaction.Connection, agreeing, cancel);
                transaction.Count(RunCounter.Inserted, counts.Inserted);
                transaction.Count(RunCounter.Updated, counts.Updated);
                transaction.Count(RunCounter.Unchanged, counts.Unchanged);
                transaction.Count(RunCounter.Deleted, counts.Deleted);
                transaction.Count(RunCounter.Conflicts, counts.Conflicts);
                transaction.Count(RunCounter.Failed, counts.Failed);
                transaction.Count(RunCounter.Orphans, counts.Orphans);
                transaction.Advance(stream, ids.Length);
                await transaction.Commit(cancel);
                return;
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                stream.SetStage("read again: somebody else wrote the same collection");
            }
        }
    }
}
