using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Reads the sources of all collections by page: their selections are no nodes, so no bulk query can read them.
/// A source is kept as Shopify returns it, with all of its selections.
/// </summary>
public sealed class PullSources(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    public async Task Pull(CancellationToken cancel)
    {
        var sources = new ReadSources(admin);
        for (string? after = null; ;)
        {
            await run.CheckFence(cancel);
            await using var next = database.CreateCommand("select nextval('tickets')");
            var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
            var page = (await admin.Send(Queries.CollectionsPage(after).AsRaw(), Lane.Background, cancel)).Data.GetProperty("collections");
            var collections = new List<(long, List<JsonObject>)>();
            foreach (var collection in page.GetProperty("nodes").EnumerateArray())
                if (collection.ValueKind == JsonValueKind.Object)
                    collections.Add((ShopifyId.Parse(collection.GetProperty("id").GetString()!).Number, await sources.Of(collection, cancel)));
            await using (var transaction = await run.Begin(cancel))
            {
                transaction.Count(RunCounter.Conflicts, (await new MergeSources(run.StoreId, run.RunId).Merge(transaction.Connection, collections, ticket, cancel)).Conflicts);
                await transaction.Commit(cancel);
            }
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                return;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }
    }
}
