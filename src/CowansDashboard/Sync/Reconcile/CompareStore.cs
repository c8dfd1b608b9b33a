using System.Globalization;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>
/// Compares the copy with Shopify and notes every field that differs. The full comparison is the read of a full pull, hashed
/// in the stream; what differs goes through the same merge, or is left as it is until a person takes it in.
/// </summary>
public sealed class CompareStore(PullStore pull, NpgsqlDataSource database, ConnectStore stores, SyncOptions options, TimeProvider clock) : IRunWork
{
    private static readonly CatalogueTable[] Tables =
    [
        CatalogueTable.Products, CatalogueTable.Options, CatalogueTable.Variants, CatalogueTable.Media, CatalogueTable.Metafields, CatalogueTable.Levels,
        CatalogueTable.Collections, CatalogueTable.Members, CatalogueTable.ProductPublications,
    ];

    public RunKind Kind => StartComparison.Kind;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var depth = Enum.TryParse<ComparisonDepth>(run.Parameters.TryGetProperty("depth", out var said) ? said.GetString() : null, ignoreCase: true, out var named) ? named : ComparisonDepth.Full;
        var takesIn = await Begin(run, depth, cancel);
        var whole = true;
        if (depth is ComparisonDepth.Full)
            whole = await pull.Read(run, takesIn ? ReadAim.TakenIn : ReadAim.OnlyNoted, cancel);
        else
            await WithPatience.Do(run, options, clock, stop => Some(run, depth, stop), cancel);
        var (rows, fields) = depth is ComparisonDepth.Full ? await Compared(run.StoreId, cancel) : (0, 0);
        await new NameWho(database, stores).Name(run.StoreId, run.RunId, cancel);
        await End(run, depth, whole, rows, fields, cancel);
    }

    private async Task Some(RunContext run, ComparisonDepth depth, CancellationToken cancel)
    {
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        var pass = new QuickPass(run, database, admin, options);
        if (depth is ComparisonDepth.Quick)
            await pass.Everything(cancel);
        else
            await pass.Named(Ids(run.Parameters, "products"), Ids(run.Parameters, "collections"),
                run.Parameters.TryGetProperty("followed", out var some) && some.ValueKind == JsonValueKind.Array ? Ids(run.Parameters, "followed") : null, cancel);
        await pull.Summaries(run, cancel);
        await pass.Clean(cancel);
    }

    private static long[] Ids(JsonElement parameters, string name) =>
        parameters.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(id => id.GetInt64())] : [];

    /// <summary>Whether this comparison takes in what differs: as the shop is set when it first begins.</summary>
    private static async Task<bool> Begin(RunContext run, ComparisonDepth depth, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using (var begin = new NpgsqlCommand("""
            insert into comparisons (run_id, store_id, depth, takes_in, equal_at)
            select $1, s.id, $3, $3 = 'named' or s.drift_takes_in, greatest(
                (select max(c.began_at) from comparisons c where c.store_id = s.id and c.depth = 'full' and c.is_whole and c.ended_at is not null),
                (select max(r.started_at) from runs r where r.store_id = s.id and r.kind = $4 and r.status = 'succeeded' and r.started_at <= s.last_full_pull_at))
            from stores s where s.id = $2
            on conflict (run_id) do nothing
            """, transaction.Connection))
        {
            begin.Parameters.Add(new() { Value = run.RunId });
            begin.Parameters.Add(new() { Value = run.StoreId });
            begin.Parameters.Add(new() { Value = StartComparison.Text(depth) });
            begin.Parameters.Add(new() { Value = StartPull.Full.Name });

            await begin.ExecuteNonQueryAsync(cancel);
        }
        await using var read = new NpgsqlCommand("select takes_in from comparisons where run_id = $1", transaction.Connection);
        read.Parameters.Add(new() { Value = run.RunId });
        var takesIn = (bool)(await read.ExecuteScalarAsync(cancel))!;
        await transaction.Commit(cancel);
        return takesIn;
    }

    // Counting a large catalogue takes seconds; held in the run's own transaction that would keep another node from taking over.
    private async Task<(long Rows, long Fields)> Compared(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            with counted as ({string.Join(" union all ", Tables.Select(Count))})
            select coalesce(sum(n), 0)::bigint, coalesce(sum(n * f), 0)::bigint from counted
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task End(RunContext run, ComparisonDepth depth, bool whole, long rows, long fields, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        // What was read completely and is not among what differs agrees again.
        if (depth is ComparisonDepth.Full && whole)
            await SettleDrift.Everything(transaction.Connection, run.StoreId, run.RunId, cancel);
        await using (var end = new NpgsqlCommand("update comparisons set ended_at = now(), is_whole = $2, rows = $3, fields = $4 where run_id = $1", transaction.Connection))
        {
            end.Parameters.Add(new() { Value = run.RunId });
            end.Parameters.Add(new() { Value = whole });
            end.Parameters.Add(new() { Value = rows });
            end.Parameters.Add(new() { Value = fields });
            await end.ExecuteNonQueryAsync(cancel);
        }
        // What an earlier comparison had found already keeps the time from before that one.
        await using (var equal = new NpgsqlCommand("""
            update drift d set equal_at = c.equal_at from comparisons c
            where c.run_id = $1 and d.run_id = c.run_id and d.store_id = c.store_id and d.equal_at is null and d.found_at >= c.began_at
            """, transaction.Connection))
        {
            equal.Parameters.Add(new() { Value = run.RunId });
            await equal.ExecuteNonQueryAsync(cancel);
        }
        await using var found = new NpgsqlCommand("""
            select count(*) filter (where state = 'repaired'), count(*) filter (where state = 'open'), count(*) filter (where state = 'kept') from drift where store_id = $1 and run_id = $2
            """, transaction.Connection);
        found.Parameters.Add(new() { Value = run.StoreId });
        found.Parameters.Add(new() { Value = run.RunId });
        await using (var reader = await found.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            run.Progress.Log(RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
                $"Compared: {reader.GetInt64(0):N0} fields repaired, {reader.GetInt64(1):N0} noted, {reader.GetInt64(2):N0} kept because of edits here."));
        }
        if (depth is ComparisonDepth.Quick)
            run.Progress.Log(RunLogLevel.Info, "A quick comparison sees what is new, gone, or changed by Shopify’s own time. It cannot see what leaves that time as it was, such as memberships by rule. The full comparison does.");
        await transaction.Commit(cancel);
    }

    private static string Count(CatalogueTable table) =>
        $"select count(*) as n, {Math.Max(1, DriftColumns.Fields(table).Count)} as f from {table.Name} where store_id = $1{(table.SoftDeletes ? " and deleted_at is null" : "")}";
}
