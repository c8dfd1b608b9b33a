using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Finds what was deleted in Shopify, which no list of changes names: asks by id, and only null counts. Products are
/// asked about when Shopify has fewer than the copy. What is found is noted for <see cref="FindGone"/>.
/// </summary>
public sealed class FindDeleted(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int AtOnce = 250;

    /// <summary>Shopify's ids of the products that are gone.</summary>
    public async Task<IReadOnlyCollection<long>> Find(RunStream stream, CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        IReadOnlyCollection<long> products = [];
        var known = await Known("products", "count(*)", cancel) is long count ? count : 0;
        var counted = (await admin.Send(Queries.ProductsCount(), Lane.Background, cancel)).Data.ProductsCount;
        if (counted is null || !counted.IsExact() || counted.Count < known)
        {
            stream.SetStage("asking Shopify which products were deleted");
            products = await Gone(await Ids("products", cancel), ShopifyId.Product, cancel);
        }
        var collections = await Ids("collections", cancel);
        var goneCollections = await Gone(collections, ShopifyId.Collection, cancel);

        await using var transaction = await run.Begin(cancel);
        await Note(transaction.Connection, "products", products, known, ticket, cancel);
        await Note(transaction.Connection, "collections", goneCollections, collections.Length, ticket, cancel);
        await transaction.Commit(cancel);
        return products;
    }

    private async Task<IReadOnlyCollection<long>> Gone(long[] ids, Func<long, ShopifyId> named, CancellationToken cancel)
    {
        var gone = new List<long>();
        await PacedWorkers.For(admin).Run(ids.Chunk(AtOnce), async (chunk, stop) =>
        {
            var answer = await admin.Send(Queries.NodesExist([.. chunk.Select(named)]), Lane.Background, stop);
            lock (gone)
                gone.AddRange(chunk.Where((_, i) => answer.Data.Nodes[i] is null));
        }, null, cancel);
        return gone;
    }

    private async Task<long[]> Ids(string table, CancellationToken cancel) =>
        (long[])(await Known(table, "coalesce(array_agg(shopify_id order by shopify_id), '{}')", cancel))!;

    private async Task<object?> Known(string table, string what, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select {what} from {table} where store_id = $1 and shopify_id is not null and deleted_at is null and mark <> 1");
        command.Parameters.Add(new() { Value = run.StoreId });
        return await command.ExecuteScalarAsync(cancel);
    }

    private async Task Note(NpgsqlConnection connection, string kind, IReadOnlyCollection<long> gone, long known, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            insert into pull_unseen (run_id, kind, ticket, row_ids, known)
            select $1, $2, $3, coalesce(array_agg(id), '{"{}"}'), $6 from {kind} where store_id = $4 and shopify_id = any($5)
            on conflict (run_id, kind) do update set ticket = excluded.ticket, row_ids = excluded.row_ids, known = excluded.known
            """, connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = gone.ToArray() });
        command.Parameters.Add(new() { Value = known });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
