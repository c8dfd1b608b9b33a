using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Lists which products and collections Shopify has and when each was last changed, and reads again those that are new here,
/// gone there, or changed since they were last looked at.
/// </summary>
internal sealed class QuickPass(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin, SyncOptions options)
{
    private const int AskedAtOnce = 250;

    public async Task Everything(CancellationToken cancel)
    {
        var ticket = await Ticket(cancel);
        var listed = run.Progress.Stream("listed", "pages");
        var products = await Products(listed, cancel);
        listed.SetStage("collections");
        var collections = await new ListChangedCollections(admin).Times(DateTimeOffset.UnixEpoch, cancel);
        listed.SetStage(null);
        listed.SetTotal(listed.SoFar);
        listed.Done();

        var changedProducts = await Changed("products", "product", products, cancel);
        var changedCollections = await Changed("collections", "collection", collections, cancel);
        await using (var transaction = await run.Begin(cancel))
        {
            await NoteProducts.Note(transaction, run.RunId, changedProducts, "changed by Shopify’s time", cancel);
            await Unseen(transaction.Connection, "products", products.Keys, ticket, cancel);
            await Unseen(transaction.Connection, "collections", collections.Keys, ticket, cancel);
            await transaction.Commit(cancel);
        }
        await Read(changedProducts, changedCollections, Remember("product", products), Remember("collection", collections), cancel);
    }

    /// <summary>Some products and collections, whatever their times say.</summary>
    /// <param name="products">Shopify's ids.</param>
    /// <param name="collections">Shopify's ids.</param>
    /// <param name="followed">Those of the products whose collections are read, too, where they may have moved in them; null for all.</param>
    /// <param name="cancel">Begins no further read.</param>
    public async Task Named(long[] products, long[] collections, long[]? followed, CancellationToken cancel)
    {
        var ticket = await Ticket(cancel);
        var gone = new List<long>();
        foreach (var chunk in collections.Chunk(AskedAtOnce))
        {
            var answer = await admin.Send(Queries.NodesExist([.. chunk.Select(ShopifyId.Collection)]), Lane.Background, cancel);
            gone.AddRange(chunk.Where((_, i) => answer.Data.Nodes[i] is null));
        }
        await using (var transaction = await run.Begin(cancel))
        {
            await NoteProducts.Note(transaction, run.RunId, products, "differs", cancel);
            await NoteUnseen(transaction.Connection, "collections", gone, ticket, cancel);
            await transaction.Commit(cancel);
        }
        await Read(followed ?? products, [.. collections.Except(gone)], null, null, cancel);
        // One that was marked as gone before this run has nothing left that could be merged.
        await using var settle = await run.Begin(cancel);
        await SettleDrift.Collections(settle.Connection, run.StoreId, run.RunId, gone, cancel);
        await settle.Commit(cancel);
    }

    /// <summary>What the run needed while it was under way.</summary>
    public async Task Clean(CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            with rereads as (delete from pull_rereads where run_id = $1),
            unseen as (delete from pull_unseen where run_id = $1)
            delete from pull_batches where run_id = $1
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.RunId });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    /// <summary>Reads what is noted, these collections, and those that these products may have moved in.</summary>
    private async Task Read(IReadOnlyCollection<long> products, HashSet<long> collections,
        Func<NpgsqlConnection, IReadOnlyCollection<long>, CancellationToken, Task>? mergedProducts, Func<NpgsqlConnection, IReadOnlyCollection<long>, CancellationToken, Task>? mergedCollections, CancellationToken cancel)
    {
        await new PullLocations(run, database, admin).Pull(cancel);
        await new PullPublications(run, database, admin).Pull(cancel);
        var concerned = await new ConcernedCollections(run.StoreId, database, admin).Of(products, cancel);
        var stream = run.Progress.Stream("products", "by id");
        var reread = new RereadProducts(run, database, admin) { Merged = mergedProducts };
        await reread.Noted(stream, cancel);
        var gone = new FindGone(run, database, admin, options);
        await gone.Guard(cancel);
        await gone.Products(stream, cancel);
        await gone.Children(cancel);
        await reread.Noted(stream, cancel);
        stream.SetStage(null);
        stream.SetTotal(stream.SoFar);
        stream.Done();
        var read = run.Progress.Stream("collections", "by id");
        await new PullCollections(run, database, admin) { Merged = mergedCollections }.Pull([.. collections.Union(concerned)], read, cancel);
        read.Done();
        await new PullCollectionPublications(run, database, admin).PullDue(collections.Count > 0, cancel);
        await new PullCategories(run, database, admin).Pull(cancel);
    }

    private async Task<Dictionary<long, DateTimeOffset?>> Products(RunStream stream, CancellationToken cancel)
    {
        var list = new ListChanged(admin, database, run.StoreId, DateTimeOffset.UnixEpoch, options.MostListed);
        stream.SetStage("counting");
        var (count, slices) = await list.Plan(cancel);
        stream.SetTotal(count);
        stream.SetStage("products");
        var all = new Dictionary<long, DateTimeOffset?>();
        await PacedWorkers.For(admin).Run(slices, async (slice, stop) =>
        {
            await run.CheckFence(stop);
            var some = await list.Times(slice, stop);
            lock (all)
                foreach (var (id, at) in some)
                    all[id] = at;
            stream.Advance(some.Count);
        }, workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("pages", workers)), cancel);
        return all;
    }

    private async Task<HashSet<long>> Changed(string table, string entity, Dictionary<long, DateTimeOffset?> listed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select l.id from unnest($2::bigint[], $3::timestamptz[]) l (id, at)
            left join {table} t on t.store_id = $1 and t.shopify_id = l.id
            left join compared_rows c on c.store_id = $1 and c.entity = $4 and c.shopify_id = l.id
            where t.id is null or t.deleted_at is not null and t.mark <> 2 or l.at > coalesce(greatest(t.remote_updated_at, c.updated_at), '-infinity')
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = listed.Keys.ToArray() });
        command.Parameters.Add(Times(listed.Values));
        command.Parameters.Add(new() { Value = entity });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var changed = new HashSet<long>();
        while (await reader.ReadAsync(cancel))
            changed.Add(reader.GetInt64(0));
        return changed;
    }

    /// <summary>Notes when Shopify last touched what was merged, so that the next pass need not read it again for that.</summary>
    private Func<NpgsqlConnection, IReadOnlyCollection<long>, CancellationToken, Task> Remember(string entity, Dictionary<long, DateTimeOffset?> listed) => async (connection, merged, cancel) =>
    {
        var rows = merged.Select(id => (Id: id, At: listed.GetValueOrDefault(id))).Where(one => one.At is not null).OrderBy(one => one.Id).ToList();
        // What was only noted is found again the next time.
        if (rows.Count == 0 || !(await ReadPurpose.Of(connection, run.StoreId, run.RunId, cancel)).TakesIn)
            return;
        await using var command = new NpgsqlCommand("""
            insert into compared_rows (store_id, entity, shopify_id, updated_at) select $1, $4, id, at from unnest($2::bigint[], $3::timestamptz[]) l (id, at)
            on conflict (store_id, entity, shopify_id) do update set updated_at = excluded.updated_at
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = rows.Select(one => one.Id).ToArray() });
        command.Parameters.Add(Times(rows.Select(one => one.At)));
        command.Parameters.Add(new() { Value = entity });
        await command.ExecuteNonQueryAsync(cancel);
    };

    private async Task Unseen(NpgsqlConnection connection, string table, IReadOnlyCollection<long> listed, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            insert into pull_unseen (run_id, kind, ticket, row_ids, known)
            select $1, '{table}', $2, coalesce(array_agg(t.id) filter (where l.id is null), '{"{}"}'), count(*)
            from {table} t left join unnest($4::bigint[]) l (id) on l.id = t.shopify_id
            where t.store_id = $3 and t.shopify_id is not null and t.deleted_at is null and t.mark <> 1 and t.ticket < $2
            on conflict (run_id, kind) do update set ticket = excluded.ticket, row_ids = excluded.row_ids, known = excluded.known
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = listed.ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task NoteUnseen(NpgsqlConnection connection, string table, List<long> gone, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            insert into pull_unseen (run_id, kind, ticket, row_ids, known)
            select $1, '{table}', $2, coalesce(array_agg(id), '{"{}"}'), 0 from {table} where store_id = $3 and shopify_id = any($4)
            on conflict (run_id, kind) do update set ticket = excluded.ticket, row_ids = excluded.row_ids
            """, connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = gone.ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<long> Ticket(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        return (long)(await next.ExecuteScalarAsync(cancel))!;
    }

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> times) => new()
    {
        Value = times.Select(at => at?.UtcDateTime).ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    };
}
