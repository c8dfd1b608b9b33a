using System.Diagnostics;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>Brings result files into a database the way a full pull does, without Shopify and without a run's own row.</summary>
public sealed class LoadedStore(NpgsqlDataSource database, string files, long storeId)
{
    private long _slices;

    public Dictionary<string, (TimeSpan Began, TimeSpan Took)> Stages { get; } = [];

    public MergeCounts Counts { get; private set; } = new();

    /// <summary>Tells the processor time of the server so far, and is asked when the rows are in and the summaries begin.</summary>
    public Func<TimeSpan>? Server { get; init; }

    public TimeSpan ServerBeforeSummaries { get; private set; }

    public async Task<TimeSpan> Pull(long runId)
    {
        Counts = new MergeCounts();
        Stages.Clear();
        _slices = runId * 1000;
        var ticket = await Scalar("select nextval('tickets')");
        var watch = Stopwatch.StartNew();
        var maps = new PullMaps(database, storeId);
        await LoadPart(PullPart.Locations, maps, Path.Combine(files, "locations.jsonl"), ticket, runId, 0);
        await LoadOrder.Run(PullKind.All, Math.Max(2, Environment.ProcessorCount), (_, _) => Task.CompletedTask, async (kind, rowsAreIn, _) =>
        {
            var began = watch.Elapsed;
            for (var pass = 0; pass < kind.Parts.Length; pass++)
            {
                await LoadPart(kind.Parts[pass], maps, Path.Combine(files, kind.Name + ".jsonl"), ticket, runId, pass);
                rowsAreIn();
                lock (Stages)
                    Stages[kind.Parts[pass].Name] = (began, watch.Elapsed - began);
                began = watch.Elapsed;
            }
        }, CancellationToken.None);

        var summaries = watch.Elapsed;
        ServerBeforeSummaries = Server?.Invoke() ?? default;
        long[] touched;
        await using (var connection = await database.OpenConnectionAsync())
            touched = await RefreshTouched.Touched(connection, runId, CancellationToken.None);
        await RefreshTouched.Refresh(touched, async (work, _, stop) =>
        {
            await using var connection = await database.OpenConnectionAsync(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await work(connection);
            await transaction.CommitAsync(stop);
        }, 2, CancellationToken.None);
        Stages["summaries"] = (summaries, watch.Elapsed - summaries);
        return watch.Elapsed;
    }

    private async Task LoadPart(PullPart part, PullMaps maps, string file, long ticket, long runId, int pass)
    {
        KnownRows known;
        await using (var connection = await database.OpenConnectionAsync())
            known = await part.Known(connection, storeId, CancellationToken.None);
        var slice = Interlocked.Increment(ref _slices);
        var load = new LoadPart(database, maps, storeId);
        await load.Load(part, known, new ResultPlace(from => Open(file, from), ticket), async (batch, cancel) =>
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var counts = await CommitBatch.Write(connection, new SlicePlace(storeId, runId, slice, pass), batch, cancel);
            await transaction.CommitAsync(cancel);
            if (counts.Orphans > 0)
                Console.WriteLine($"    {counts.Orphans} orphans in {part.Name}: {string.Join(' ', batch.Rows.OrphansOf.Take(3))}");
            lock (Stages)
                Counts += counts with { Reread = [] };
        }, CancellationToken.None);
        maps.Forget(part.Table);
    }

    private static FileStream Open(string file, long from)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        stream.Position = from;
        return stream;
    }

    private async Task<long> Scalar(string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
