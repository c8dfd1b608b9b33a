using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Pulls named products, or whole collections with the products in them, and nothing else: by id, several at a time, with the
/// collections that the products enter or leave. What Shopify no longer has is marked as gone; an id that never was is passed over.
/// </summary>
public sealed class PullSelection(NpgsqlDataSource database, ConnectStore stores, TimeProvider clock) : IRunWork
{
    public RunKind Kind => StartPull.Selection;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        var stream = run.Progress.Stream("products", "by id");
        await new PullLocations(run, database, admin).Pull(cancel);
        await new PullPublications(run, database, admin).Pull(cancel);

        await Collections(run, admin, cancel);
        var cursor = run.Cursor?.Deserialize(SyncJson.Default.SelectionCursor) ?? await Note(run, new(run.StoreId, database, admin), cancel);
        await new RereadProducts(run, database, admin).Noted(stream, cancel);
        stream.Done();
        var collections = run.Progress.Stream("collections", "by id");
        collections.ResetTo(0);
        await new PullCollections(run, database, admin).Pull(cursor.Collections, collections, cancel);
        collections.Done();
        await new PullCategories(run, database, admin).Pull(cancel);
        await NameUnknown(run, cancel);
        await Close(run, cancel);
    }

    /// <summary>Whole collections come first: who is in them now is read again too. After a crash they are read once more.</summary>
    private async Task Collections(RunContext run, ShopifyAdmin admin, CancellationToken cancel)
    {
        if (run.Cursor is not null || Chosen(run) is not { Length: > 0 } chosen)
            return;
        var stream = run.Progress.Stream("chosen collections", "by id");
        stream.ResetTo(0);
        var (gone, ticket) = await Gone(chosen, admin, cancel);
        await using (var transaction = await run.Begin(cancel))
        {
            var (count, leftBehind) = await MarkGone.Collections(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), gone, ticket, cancel);
            await RefreshSummaries.Refresh(transaction.Connection, leftBehind, cancel);
            transaction.Count(RunCounter.Deleted, count);
            await transaction.Commit(cancel);
        }
        await new PullCollections(run, database, admin).Pull([.. chosen.Except(gone)], stream, cancel);
        stream.Done();
    }

    private async Task<(long[] Gone, long Ticket)> Gone(long[] collections, ShopifyAdmin admin, CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var gone = new List<long>();
        foreach (var chunk in collections.Chunk(250))
        {
            var answer = await admin.Send(Queries.NodesExist([.. chunk.Select(ShopifyId.Collection)]), Lane.Background, cancel);
            gone.AddRange(chunk.Where((_, i) => answer.Data.Nodes[i] is null));
        }
        return ([.. gone], ticket);
    }

    private static long[] Chosen(RunContext run) =>
        run.Parameters.TryGetProperty("collections", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(id => id.GetInt64())] : [];

    private async Task<long[]> Members(RunContext run, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(distinct p.shopify_id), '{}') from collections c join collection_members m on m.collection_id = c.id join products p on p.id = m.product_id
            where c.store_id = $1 and c.shopify_id = any($2) and p.shopify_id is not null and p.deleted_at is null
            """);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = Chosen(run) });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task NameUnknown(RunContext run, CancellationToken cancel)
    {
        const int Named = 20;
        await using var command = database.CreateCommand("""
            select r.product_shopify_id from pull_rereads r
            where r.run_id = $1 and not exists (select from products p where p.store_id = $2 and p.shopify_id = r.product_shopify_id)
            order by 1 limit 20
            """);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.StoreId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var unknown = new List<long>(Named);
        while (await reader.ReadAsync(cancel))
            unknown.Add(reader.GetInt64(0));
        if (unknown.Count > 0)
            run.Progress.Log(RunLogLevel.Warning, $"Shopify has no product with the id {string.Join(", ", unknown)}{(unknown.Count == Named ? ", …" : "")}.");
    }

    private async Task<SelectionCursor> Note(RunContext run, ConcernedCollections concerned, CancellationToken cancel)
    {
        long[] ids = [.. run.Parameters.GetProperty("shopifyIds").EnumerateArray().Select(id => id.GetInt64()).Union(await Members(run, cancel))];
        var cursor = new SelectionCursor([.. await concerned.Of(ids, cancel)]);
        await using var transaction = await run.Begin(cancel);
        await NoteProducts.Note(transaction, run.RunId, ids, "selected", cancel);
        await transaction.SaveCursor(cursor, SyncJson.Default.SelectionCursor, cancel);
        await transaction.Commit(cancel);
        return cursor;
    }

    private static async Task Close(RunContext run, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var clean = new NpgsqlCommand("delete from pull_rereads where run_id = $1", transaction.Connection);
        clean.Parameters.Add(new() { Value = run.RunId });
        await clean.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }
}
