using CowansDashboard.Data;
using System.Globalization;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// What happens to rows that no complete result named. Nothing is deleted on a result's word: Shopify is asked by id,
/// and only its null marks a product as gone. Whatever else is in doubt is read again as a whole product.
/// </summary>
public sealed class FindGone(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin, SyncOptions options)
{
    private const int AskedAtOnce = 250;

    /// <summary>Pauses the run when a result holds far fewer rows than the copy, until a person says go on.</summary>
    /// <exception cref="RunPausedException">A kind holds too few rows, and nobody has agreed yet.</exception>
    public async Task Guard(CancellationToken cancel)
    {
        if (run.Answer is { ValueKind: System.Text.Json.JsonValueKind.Object } answer && answer.TryGetProperty("goOn", out var goOn) && goOn.ValueKind == System.Text.Json.JsonValueKind.True)
            return;
        await using var command = database.CreateCommand("""
            select kind, known, cardinality(row_ids) from pull_unseen
            where run_id = $1 and known >= $2 and known - cardinality(row_ids) < known * $3 order by kind
            """);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = (long)options.ExpectedFrom });
        command.Parameters.Add(new() { Value = options.ExpectedShare });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var shrunk = new List<string>();
        while (await reader.ReadAsync(cancel))
            shrunk.Add(string.Create(CultureInfo.InvariantCulture,
                $"{reader.GetString(0)}: {reader.GetInt64(1) - reader.GetInt32(2):N0} of {reader.GetInt64(1):N0}"));
        if (shrunk.Count > 0)
            throw new RunPausedException(
                $"Shopify now names far fewer rows than the copy holds ({string.Join("; ", shrunk)}). Nothing has been deleted. Go on to ask Shopify about each one and delete what is gone, or cancel.");
    }

    /// <summary>Asks about products that were not named, marks those that are gone, and notes the rest to be read again.</summary>
    public async Task Products(RunStream stream, CancellationToken cancel)
    {
        stream.SetStage("asking Shopify about products that were not named");
        var unseen = await ShopifyIds("select p.shopify_id from products p where p.id = any($1) and p.deleted_at is null", "products", cancel);
        foreach (var chunk in unseen.Chunk(AskedAtOnce))
        {
            await run.CheckFence(cancel);
            await using var next = database.CreateCommand("select nextval('tickets')");
            var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
            var answer = await admin.Send(Queries.NodesExist([.. chunk.Select(ShopifyId.Product)]), Lane.Background, cancel);
            var gone = chunk.Where((_, i) => answer.Data.Nodes[i] is null).ToArray();
            await using var transaction = await run.Begin(cancel);
            var local = await LoadKnown.Ids(transaction.Connection, CatalogueTable.Products, run.StoreId, cancel, $"shopify_id = any('{{{string.Join(',', gone)}}}')");
            var ids = gone.Select(id => local.TryGet(id, out var ours) ? ours : 0).Where(id => id != 0).ToArray();
            await HoldProducts.Hold(transaction.Connection, ids, cancel);
            var deleted = await MarkGone.Products(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), gone, ticket, cancel);
            await CowansDashboard.Search.RefreshSummaries.Refresh(transaction.Connection, ids, cancel);
            await Reread(transaction, chunk.Except(gone).ToArray(), "not named, yet alive", cancel);
            transaction.Count(RunCounter.Deleted, deleted);
            await transaction.Commit(cancel);
        }
    }

    /// <summary>Rows under living products that were not named: their products are read again. Memberships and levels go at once.</summary>
    public async Task Children(CancellationToken cancel)
    {
        foreach (var (part, owner) in new (PullPart Part, string Owner)[]
        {
            (PullPart.Variants, "select distinct p.shopify_id from variants t join products p on p.id = t.product_id where t.id = any($1) and t.deleted_at is null and t.mark <> 1 and p.deleted_at is null"),
            (PullPart.Media, "select distinct p.shopify_id from media t join products p on p.id = t.product_id where t.id = any($1) and t.deleted_at is null and t.mark <> 1 and p.deleted_at is null"),
            (PullPart.ProductMetafields, "select distinct p.shopify_id from metafields t join products p on p.id = t.owner_id where t.id = any($1) and t.deleted_at is null and t.mark <> 1 and p.deleted_at is null"),
            (PullPart.VariantMetafields, "select distinct p.shopify_id from metafields t join variants v on v.id = t.owner_id join products p on p.id = v.product_id where t.id = any($1) and t.deleted_at is null and t.mark <> 1 and v.deleted_at is null and p.deleted_at is null"),
        })
        {
            var products = await ShopifyIds(owner, part.Name, cancel);
            await using var transaction = await run.Begin(cancel);
            await Reread(transaction, products, "a child was not named", cancel);
            await transaction.Commit(cancel);
        }
        // What hangs on a collection or publication that is in doubt itself waits for Shopify's word on that.
        await Remove(PullPart.Members, "t.collection_id", PullPart.Collections, cancel);
        await Remove(PullPart.CollectionMetafields, "t.owner_id", PullPart.Collections, cancel);
        await Remove(PullPart.ProductPublications, "t.publication_id", PullPart.Publications, cancel);
        await Remove(PullPart.Levels, null, null, cancel);
        await Publications(cancel);
        await Collections(cancel);
        await Miscounted(cancel);
    }

    /// <summary>Products whose children are not as many as Shopify says: the queries saw the shop at different moments.</summary>
    private async Task Miscounted(CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            insert into pull_rereads (run_id, product_shopify_id, reason)
            select $1, p.shopify_id, 'as many children as Shopify says are not here'
            from products p
            left join (select product_id, count(*) as n from variants where store_id = $2 and (deleted_at is null or mark = 2) and shopify_id is not null group by 1) v on v.product_id = p.id
            left join (select product_id, count(*) as n from media where store_id = $2 and (deleted_at is null or mark = 2) and shopify_id is not null group by 1) m on m.product_id = p.id
            where p.store_id = $2 and p.deleted_at is null and p.shopify_id is not null
                and (coalesce(v.n, 0) <> p.remote_variants_count or coalesce(m.n, 0) <> p.remote_media_count)
            on conflict do nothing
            """, transaction.Connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = run.StoreId });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    private async Task Remove(PullPart part, string? owner, PullPart? owners, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        var (ids, ticket) = await Unseen(transaction.Connection, part.Name, cancel);
        if (owner is not null && owners is not null && ids.Length > 0)
            ids = await Without(transaction.Connection, part.Table, ids, owner, (await Unseen(transaction.Connection, owners.Name, cancel)).Ids, cancel);
        await NoteProducts(transaction, part.Table, ids, cancel);
        var deleted = await MarkGone.Rows(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), part.Table, ids, ticket, cancel);
        if (part == PullPart.Variants && deleted > 0)
            await LastVariants.RecordOf(transaction.Connection, run.RunId, ids, cancel);
        transaction.Count(RunCounter.Deleted, deleted);
        await transaction.Commit(cancel);
    }

    private async Task Collections(CancellationToken cancel)
    {
        var unseen = await ShopifyIds("select t.shopify_id from collections t where t.id = any($1) and t.deleted_at is null and t.mark <> 1", "collections", cancel);
        foreach (var chunk in unseen.Chunk(AskedAtOnce))
        {
            var (gone, ticket) = await Gone(chunk, ShopifyId.Collection, cancel);
            if (gone.Length == 0)
                continue;
            await using var transaction = await run.Begin(cancel);
            var (deleted, leftBehind) = await MarkGone.Collections(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), gone, ticket, cancel);
            await using var note = new NpgsqlCommand("insert into pull_batches (run_id, products) select $1, $2", transaction.Connection);
            note.Parameters.Add(new() { Value = run.RunId });
            note.Parameters.Add(new() { Value = leftBehind });
            await note.ExecuteNonQueryAsync(cancel);
            transaction.Count(RunCounter.Deleted, deleted);
            await transaction.Commit(cancel);
        }
    }

    private async Task Publications(CancellationToken cancel)
    {
        var unseen = await ShopifyIds("select t.shopify_id from publications t where t.id = any($1) and t.deleted_at is null", "publications", cancel);
        foreach (var chunk in unseen.Chunk(AskedAtOnce))
        {
            var (gone, ticket) = await Gone(chunk, number => new ShopifyId("Publication", number), cancel);
            await Delete(CatalogueTable.Publications, gone, ticket, """
                with gone as (
                    update publications set deleted_at = now(), updated_at = now(), ticket = $3
                    where store_id = $1 and shopify_id = any($2) and ticket < $3 and deleted_at is null returning id),
                left_behind as (delete from product_publications m using gone where m.publication_id = gone.id returning m.product_id),
                noted as (insert into pull_batches (run_id, products) select $4, coalesce(array_agg(distinct product_id), '{}') from left_behind)
                select count(*) from gone
                """, cancel);
        }
    }

    /// <summary>Those that Shopify answers with null, and a ticket taken before it was asked.</summary>
    private async Task<(long[] Gone, long Ticket)> Gone(long[] chunk, Func<long, ShopifyId> named, CancellationToken cancel)
    {
        await run.CheckFence(cancel);
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var answer = await admin.Send(Queries.NodesExist([.. chunk.Select(named)]), Lane.Background, cancel);
        return ([.. chunk.Where((_, i) => answer.Data.Nodes[i] is null)], ticket);
    }

    private async Task Delete(CatalogueTable table, long[] gone, long ticket, string sql, CancellationToken cancel)
    {
        if (gone.Length == 0)
            return;
        await using var transaction = await run.Begin(cancel);
        if (!await MarkGone.IsTakenIn(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), table, gone, ticket, cancel))
        {
            await transaction.Commit(cancel);
            return;
        }
        await using var command = new NpgsqlCommand(sql, transaction.Connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = gone });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = run.RunId });
        transaction.Count(RunCounter.Deleted, (long)(await command.ExecuteScalarAsync(cancel))!);
        await transaction.Commit(cancel);
    }

    private static async Task<long[]> Without(NpgsqlConnection connection, CatalogueTable table, long[] ids, string owner, long[] doubtful, CancellationToken cancel)
    {
        if (doubtful.Length == 0)
            return ids;
        await using var command = new NpgsqlCommand(
            $"select coalesce(array_agg(t.id), '{"{}"}') from {table.Name} t where t.id = any($1) and {owner} <> all($2)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = doubtful });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    // Their summaries change although no row of theirs was written.
    private async Task NoteProducts(FencedTransaction transaction, CatalogueTable table, long[] ids, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        await using var command = new NpgsqlCommand($"""
            insert into pull_batches (run_id, products)
            select $1, coalesce(array_agg(distinct {table.ProductOf}), '{"{}"}') from {table.Name} t where t.id = any($2) and {table.ProductOf} is not null
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task Reread(FencedTransaction transaction, long[] products, string reason, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into pull_rereads (run_id, product_shopify_id, reason) select $1, p, $3 from unnest($2::bigint[]) p on conflict do nothing", transaction.Connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<long[]> ShopifyIds(string sql, string kind, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (ids, _) = await Unseen(connection, kind, cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var shopifyIds = new List<long>();
        while (await reader.ReadAsync(cancel))
            shopifyIds.Add(reader.GetInt64(0));
        return [.. shopifyIds];
    }

    private async Task<(long[] Ids, long Ticket)> Unseen(NpgsqlConnection connection, string kind, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select row_ids, ticket from pull_unseen where run_id = $1 and kind = $2", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = kind });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetFieldValue<long[]>(0), reader.GetInt64(1)) : ([], 0);
    }
}
