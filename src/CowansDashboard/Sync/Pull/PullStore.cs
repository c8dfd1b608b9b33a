using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Reconcile;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Pulls a whole store: bulk queries side by side, each result loaded as soon as it is there, what no result names
/// asked about by id, what results disagree about read again. Killed at any moment, it goes on where it stood.
/// </summary>
public sealed class PullStore(
    NpgsqlDataSource database, ConnectStore stores, ShopifyHttp http, SyncOptions options, TimeProvider clock, ILoggerFactory logs) : IRunWork
{
    // What a run saved since it was claimed: its context holds the cursor as it was then.
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<RunContext, PullCursor> _cursors = [];

    public RunKind Kind => StartPull.Full;

    public Task Work(RunContext run, CancellationToken cancel) => Read(run, ReadAim.TakenIn, cancel);

    /// <summary>The same read for another aim. False when Shopify's answer was not whole.</summary>
    internal async Task<bool> Read(RunContext run, ReadAim aim, CancellationToken cancel)
    {
        var whole = true;
        await WithPatience.Do(run, options, clock, async stop => whole = await Pull(run, aim, stop), cancel);
        return whole;
    }

    private async Task<bool> Pull(RunContext run, ReadAim aim, CancellationToken cancel)
    {
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        var cursor = await Begin(run, admin, cancel);
        var maps = new PullMaps(database, run.StoreId);
        var checkpoint = new Checkpoint(run, database);
        var slices = (await checkpoint.Open(PullKind.All, cancel)).GroupBy(slice => slice.Kind).ToDictionary(kind => kind.Key, kind => kind.ToList());
        var streams = PullKind.All.ToDictionary(kind => kind.Name, kind => run.Progress.Stream(kind.Name, "bulk query"));

        var bulkOptions = new BulkOptions { StuckAfter = options.StuckAfter };
        var fetch = new FetchKind(run, database, admin, new BulkQueryRunner(admin, bulkOptions, logs.CreateLogger<BulkQueryRunner>()),
            new BulkDownload(http.Downloads, clock, bulkOptions), checkpoint, options, clock);
        var load = new LoadKind(run, database, maps, checkpoint, options);
        using var beside = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var locations = new PullLocations(run, database, admin).Pull(beside.Token);
        try
        {
            await LoadOrder.Run(PullKind.All, options.LoadAtOnce,
                async (kind, stop) =>
                {
                    if (kind.Name == "inventory")
                        await locations.WaitAsync(stop);
                    slices[kind.Name] = await fetch.Fetch(kind, slices[kind.Name], streams[kind.Name], stop);
                },
                (kind, rowsAreIn, stop) => load.Load(kind, slices[kind.Name], streams[kind.Name], rowsAreIn, stop), cancel);
            await locations;
        }
        finally
        {
            // When something else ended the pull, nothing of it goes on behind its back.
            await beside.CancelAsync();
            await locations.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Finish(run, admin, cancel);
        return await Close(run, cursor, [.. slices.Values.SelectMany(kind => kind)], aim, cancel);
    }

    /// <summary>What no result says for sure: asked by id, read again, summed up.</summary>
    private async Task Finish(RunContext run, ShopifyAdmin admin, CancellationToken cancel)
    {
        var check = run.Progress.Stream("check", "by id");
        var gone = new FindGone(run, database, admin, options);
        await gone.Guard(cancel);
        await gone.Products(check, cancel);
        await gone.Children(cancel);
        await new OrphanedLevels(run, database, admin).Note(cancel);
        check.SetStage("reading again what the results disagree about");
        await new RereadProducts(run, database, admin).Noted(check, cancel);
        // What changed while the queries ran may have changed collections whose result was written before.
        var moved = await new ConcernedCollections(run.StoreId, database, admin).Of(await LaterProducts.Find(database, run, cancel), cancel);
        await new PullCollections(run, database, admin).Pull(moved, check, cancel);
        check.SetTotal(check.SoFar);
        check.Done();

        await new PullSources(run, database, admin).Pull(cancel);
        await Orders(run, cancel);
        await new PullCollectionPublications(run, database, admin).Pull(cancel);
        await new PullCategories(run, database, admin).Pull(cancel);
        await Summaries(run, cancel);
    }

    /// <summary>The members of a collection come in many batches; their order is known when all are there.</summary>
    private static async Task Orders(RunContext run, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        if (!(await ReadPurpose.Of(transaction.Connection, run.StoreId, run.RunId, cancel)).TakesIn)
            return;
        transaction.Count(RunCounter.Conflicts, await MergeMemberOrders.Merge(transaction.Connection, run.StoreId, run.RunId, null, cancel));
        await transaction.Commit(cancel);
    }

    internal async Task Summaries(RunContext run, CancellationToken cancel)
    {
        var stream = run.Progress.Stream("search", "the copy");
        stream.SetStage("what the grid shows and finds");
        long[] touched;
        await using (var connection = await database.OpenConnectionAsync(cancel))
            touched = await RefreshTouched.Touched(connection, run.RunId, cancel);
        stream.SetTotal(touched.Length);
        await RefreshTouched.Refresh(touched, async (work, count, stop) =>
        {
            await using var transaction = await run.Begin(stop);
            await work(transaction.Connection);
            transaction.Advance(stream, count);
            await transaction.Commit(stop);
        }, options.LoadAtOnce, cancel);
        stream.SetTotal(stream.SoFar);
        stream.Done();
    }

    /// <summary>Shopify's time and the first ticket, taken before anything else is asked.</summary>
    private async Task<PullCursor> Begin(RunContext run, ShopifyAdmin admin, CancellationToken cancel)
    {
        if (_cursors.TryGetValue(run, out var begun))
            return begun;
        var kept = run.Cursor is { ValueKind: JsonValueKind.Object } saved ? saved.Deserialize(SyncJson.Default.PullCursor) : null;
        if (kept is not null && !await IsOvertaken(run, kept, cancel))
            return kept;
        var (ticket, now) = await Ticket(cancel);
        var shop = await admin.Send(Queries.Shop(), Lane.Background, cancel);
        var cursor = new PullCursor(shop.ServerDate ?? clock.GetUtcNow(), ticket) { Begun = now };
        await using var transaction = await run.Begin(cancel);
        await Sweep(run, transaction.Connection, cancel);
        if (kept is not null)
            await Forget(run, transaction.Connection, cancel);
        await transaction.SaveCursor(cursor, SyncJson.Default.PullCursor, cancel);
        await transaction.Commit(cancel);
        _cursors.Add(run, cursor);
        return cursor;
    }

    private async Task<(long Ticket, DateTimeOffset Now)> Ticket(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets'), clock_timestamp()");
        await using var reader = await next.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1));
    }

    /// <summary>Another pull of this store has started since: what this one has fetched is old, and its batches are swept away.</summary>
    private async Task<bool> IsOvertaken(RunContext run, PullCursor kept, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select exists (
                select from runs this join runs other
                    on other.store_id = this.store_id and other.exclusive_group = this.exclusive_group and other.id <> this.id
                where this.id = $1 and other.started_at > coalesce($2, this.started_at))
            """);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = (object?)kept.Begun?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task Forget(RunContext run, NpgsqlConnection connection, CancellationToken cancel)
    {
        run.Progress.Log(RunLogLevel.Info, "Another pull of this shop has run meanwhile, so this one begins anew.");
        await using var forget = new NpgsqlCommand("""
            with slices as (delete from pull_slices where run_id = $1),
            unseen as (delete from pull_unseen where run_id = $1),
            rereads as (delete from pull_rereads where run_id = $1)
            delete from pull_batches where run_id = $1
            """, connection);
        forget.Parameters.Add(new() { Value = run.RunId });
        await forget.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What earlier pulls of this store left behind: one that was cancelled or failed is not taken up again after this.</summary>
    private async Task Sweep(RunContext run, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var sweep = new NpgsqlCommand("""
            delete from pull_batches where run_id in (select distinct run_id from pull_slices where store_id = $1 and run_id < $2)
            """, connection);
        sweep.Parameters.Add(new() { Value = run.StoreId });
        sweep.Parameters.Add(new() { Value = run.RunId });
        await sweep.ExecuteNonQueryAsync(cancel);
        if (!Directory.Exists(options.Folder))
            return;
        // Shopify keeps results for seven days; so do we.
        foreach (var file in Directory.EnumerateFiles(options.Folder, "pull-*.jsonl*"))
            if (clock.GetUtcNow() - File.GetLastWriteTimeUtc(file) > TimeSpan.FromDays(7))
                File.Delete(file);
    }

    private static async Task PublicationsAreRead(RunContext run, FencedTransaction transaction, CancellationToken cancel)
    {
        await using var read = new NpgsqlCommand("update publications set products_read = true where store_id = $1 and not products_read", transaction.Connection);
        read.Parameters.Add(new() { Value = run.StoreId });
        await read.ExecuteNonQueryAsync(cancel);
    }

    private async Task<bool> Close(RunContext run, PullCursor cursor, List<PullSlice> slices, ReadAim aim, CancellationToken cancel)
    {
        var partial = slices.Exists(slice => slice.IsPartial);
        // What was only looked at has not made the copy younger.
        var stays = partial || aim is ReadAim.OnlyNoted;
        await using (var transaction = await run.Begin(cancel))
        {
            await using var command = new NpgsqlCommand("""
                update stores set
                    incremental_since = case when $3 then incremental_since else greatest(incremental_since, $2) end,
                    data_as_of = case when $3 then data_as_of else greatest(data_as_of, $2) end,
                    last_full_pull_at = case when $3 then last_full_pull_at else now() end
                where id = $1
                """, transaction.Connection);
            command.Parameters.Add(new() { Value = run.StoreId });
            command.Parameters.Add(new() { Value = cursor.Since.UtcDateTime });
            command.Parameters.Add(new() { Value = stays });
            await command.ExecuteNonQueryAsync(cancel);
            if (!stays)
            {
                await PublicationsAreRead(run, transaction, cancel);
                await SettleDrift.Everything(transaction.Connection, run.StoreId, run.RunId, cancel);
            }
            // What the checkpoint needed is done with; the slices stay, to be looked at.
            await using var clean = new NpgsqlCommand("""
                with unseen as (delete from pull_unseen where run_id = $1),
                rereads as (delete from pull_rereads where run_id = $1)
                delete from pull_batches where run_id = $1
                """, transaction.Connection);
            clean.Parameters.Add(new() { Value = run.RunId });
            await clean.ExecuteNonQueryAsync(cancel);
            await transaction.Commit(cancel);
        }
        foreach (var slice in slices)
            new ResultFile(options.Folder, slice).Delete();
        return !partial;
    }
}

/// <summary>What becomes of what is read.</summary>
internal enum ReadAim
{
    /// <summary>It is taken into the copy.</summary>
    TakenIn,

    /// <summary>Where it differs is noted, and the copy stays as it is.</summary>
    OnlyNoted,
}
