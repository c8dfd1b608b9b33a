using System.Runtime.InteropServices;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads collections by id: fields, sources, metafields, and all members in order. Products that they name and the copy lacks are read first.</summary>
public sealed class PullCollections(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int AtOnce = 10;
    private const int MostAttempts = 4;
    private const int WhereListsEnd = 25_000;

    public async Task Pull(IReadOnlyCollection<long> shopifyIds, RunStream stream, CancellationToken cancel)
    {
        stream.SetTotal(stream.SoFar + shopifyIds.Count);
        await PacedWorkers.For(admin).Run(shopifyIds.Order().Chunk(AtOnce), (chunk, stop) => Read(chunk, stream, stop),
            workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("by id", workers)), cancel);
    }

    private async Task Read(long[] ids, RunStream stream, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            await run.CheckFence(cancel);
            await using var next = database.CreateCommand("select nextval('tickets')");
            var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
            var answer = await admin.Send(Queries.CollectionsById([.. ids.Select(ShopifyId.Collection)]).AsRaw(), Lane.Background, cancel);
            JsonElement[] nodes = [.. answer.Data.GetProperty("nodes").EnumerateArray().Where(node => node.ValueKind == JsonValueKind.Object && node.TryGetProperty("id", out _))];
            var members = new Dictionary<long, List<long>>();
            var metafields = new Dictionary<long, List<JsonElement>>();
            foreach (var node in nodes)
            {
                var id = ShopifyId.Parse(node.GetProperty("id").GetString()!);
                members[id.Number] = await Members(id, node, cancel);
                metafields[id.Number] = await Metafields(id, node.GetProperty("metafields"), cancel);
            }
            await ReadUnknown([.. members.Values.SelectMany(ids => ids).Distinct()], stream, cancel);
            try
            {
                await using (var transaction = await run.Begin(cancel))
                {
                    await Merge(transaction, nodes, members, metafields, ticket, cancel);
                    transaction.Advance(stream, ids.Length);
                    await transaction.Commit(cancel);
                }
                await new PullSources(run, database, admin).Take(nodes, ticket, cancel);
                return;
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                stream.SetStage("read again: somebody else wrote the same collection");
            }
        }
    }

    private async Task<List<long>> Members(ShopifyId collection, JsonElement node, CancellationToken cancel)
    {
        var members = new List<long>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.CollectionMembers(collection, after), Lane.Background, cancel)).Data.Collection?.Products;
            members.AddRange(page?.Nodes.Select(product => product.Id.Number) ?? []);
            if (page is not { PageInfo: { HasNextPage: true } info } || members.Count >= WhereListsEnd)
                break;
            after = info.EndCursor;
        }
        if (members.Count >= WhereListsEnd)
            run.Progress.Log(RunLogLevel.Warning,
                $"{node.GetProperty("title").GetString()} has more products than Shopify lists page by page; those behind the first {WhereListsEnd} are read by a full pull.");
        return members;
    }

    /// <summary>Those of the first page, and of the pages behind it.</summary>
    private async Task<List<JsonElement>> Metafields(ShopifyId collection, JsonElement page, CancellationToken cancel)
    {
        for (var metafields = new List<JsonElement>(); ;)
        {
            metafields.AddRange(page.GetProperty("nodes").EnumerateArray());
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                return metafields;
            var answer = await admin.Send(Queries.MetafieldsOfCollection(collection, info.GetProperty("endCursor").GetString()).AsRaw(), Lane.Background, cancel);
            // Gone meanwhile: the next list of collections says so.
            if (answer.Data.GetProperty("collection") is not { ValueKind: JsonValueKind.Object } found)
                return metafields;
            page = found.GetProperty("metafields");
        }
    }

    private async Task ReadUnknown(long[] products, RunStream stream, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(m), '{}') from unnest($2::bigint[]) m
            where not exists (select from products p where p.store_id = $1 and p.shopify_id = m)
            """);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = products });
        var unknown = (long[])(await command.ExecuteScalarAsync(cancel))!;
        foreach (var chunk in unknown.Chunk(ReadProducts.AtOnce))
            await new RereadProducts(run, database, admin).Read(chunk, stream, cancel);
    }

    private async Task Merge(
        FencedTransaction transaction, JsonElement[] nodes, Dictionary<long, List<long>> members, Dictionary<long, List<JsonElement>> metafields, long ticket, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        var these = $"shopify_id = any('{{{string.Join(',', members.Keys)}}}')";
        var reading = new CollectionReading(run.StoreId);
        var counts = await Merge(connection, reading, await LoadKnown.Rows(connection, CatalogueTable.Collections, run.StoreId, cancel, these), ticket, rows =>
        {
            foreach (var node in nodes)
                reading.Read(JsonMarshal.GetRawUtf8Value(node), rows);
        }, prune: false, cancel);

        var collections = await LoadKnown.Ids(connection, CatalogueTable.Collections, run.StoreId, cancel, these);
        var products = await LoadKnown.Ids(connection, CatalogueTable.Products, run.StoreId, cancel,
            $"shopify_id = any('{{{string.Join(',', members.Values.SelectMany(ids => ids).Distinct())}}}')");
        var whole = members.Where(one => one.Value.Count < WhereListsEnd).ToList();
        foreach (var some in new[] { whole, [.. members.Except(whole)] })
        {
            var local = some.Select(one => collections.TryGet(one.Key, out var ours) ? ours : 0);
            var memberReading = new MemberReading(run.StoreId, collections.Fork(), products.Fork());
            var known = await LoadKnown.Rows(connection, CatalogueTable.Members, run.StoreId, cancel, $"collection_id = any('{{{string.Join(',', local)}}}')");
            counts += await Merge(connection, memberReading, known, ticket, rows =>
            {
                foreach (var (collection, ids) in some)
                    foreach (var product in ids)
                        memberReading.Read(product, collection, rows);
            }, prune: some == whole, cancel);
        }
        var owners = string.Join(',', metafields.Keys.Select(one => collections.TryGet(one, out var ours) ? ours : 0));
        var metafieldReading = new MetafieldReading(run.StoreId, MetafieldOwners.Collections(collections.Fork()));
        counts += await Merge(connection, metafieldReading, await LoadKnown.Metafields(connection, "collection", run.StoreId, cancel, $"owner_id = any('{{{owners}}}')"), ticket, rows =>
        {
            foreach (var (collection, ofIt) in metafields)
                foreach (var metafield in ofIt)
                    metafieldReading.Read(JsonMarshal.GetRawUtf8Value(metafield), rows, collection);
        }, prune: true, cancel);
        transaction.Count(RunCounter.Inserted, counts.Inserted);
        transaction.Count(RunCounter.Updated, counts.Updated);
        transaction.Count(RunCounter.Unchanged, counts.Unchanged);
        transaction.Count(RunCounter.Deleted, counts.Deleted);
        transaction.Count(RunCounter.Conflicts, counts.Conflicts);
        transaction.Count(RunCounter.Failed, counts.Failed);
        transaction.Count(RunCounter.Orphans, counts.Orphans);
    }

    private async Task<MergeCounts> Merge(
        NpgsqlConnection connection, RowReading reading, KnownRows known, long ticket, Action<StagedRows> stage, bool prune, CancellationToken cancel)
    {
        var rows = new StagedRows(reading.Table, known, ticket);
        stage(rows);
        reading.Complete(rows);
        var counts = await new MergeRows(run.StoreId, run.RunId).Merge(connection, rows, cancel);
        return prune
            ? counts + new MergeCounts { Deleted = await MarkGone.Rows(connection, reading.Table, known.Unseen().ToArray(), ticket, cancel) }
            : counts;
    }
}
