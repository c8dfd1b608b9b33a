using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// The pull from downloaded results to merged, indexed tables, beside psql's \copy of the very same rows into empty
/// tables with the same indexes, in the same run on the same server.
/// </summary>
public static class PullBenchmark
{
    private static readonly string[] Tables =
    [
        "products", "product_options", "variants", "media", "metafields", "collections", "collection_members", "locations",
        "inventory_levels", "publications", "product_publications", "product_summaries",
    ];

    public static async Task Run(string[] arguments)
    {
        var folder = Option(arguments, "--folder") ?? Path.Combine(Path.GetTempPath(), "cowan-benchmarks");
        var port = int.Parse(Option(arguments, "--port") ?? "5433", System.Globalization.CultureInfo.InvariantCulture);
        var products = int.Parse(Option(arguments, "--products") ?? "100000", System.Globalization.CultureInfo.InvariantCulture);
        await using var postgres = await BenchmarkPostgres.Start(folder, port);
        if (arguments.Contains("--growth"))
        {
            var sizes = (Option(arguments, "--sizes") ?? "10000,100000,1000000").Split(',').Select(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
            await Growth(postgres, folder, [.. sizes]);
            return;
        }
        var files = await ResultFiles.Make(folder, products);
        if (arguments.Contains("--memory"))
            await Memory(postgres, files, products);
        else if (arguments.Contains("--changed"))
            await Changed(postgres, folder, files, products);
        else
        {
            if (!arguments.Contains("--cold"))
                await WarmUp(postgres, folder);
            await First(postgres, folder, files, products);
        }
    }

    /// <summary>A process that has pulled before has its code compiled; with --cold the pull pays for that too.</summary>
    private static async Task WarmUp(BenchmarkPostgres postgres, string folder)
    {
        var files = await ResultFiles.Make(folder, 10_000);
        await using var database = await postgres.Fresh("pull");
        await new LoadedStore(database, files, 1).Pull(1);
    }

    /// <summary>10% of the rows differ, 2% carry pending edits as well, and a second store holds as much again.</summary>
    private static async Task Changed(BenchmarkPostgres postgres, string folder, string files, int products)
    {
        await using var database = await postgres.Fresh("pull");
        await Settle(database);
        await new LoadedStore(database, files, 1).Pull(1);
        var limit = await Copy(postgres, database, folder);
        await new LoadedStore(database, files, 2).Pull(2);
        foreach (var (table, column) in new[] { ("products", "title"), ("variants", "sku"), ("media", "alt"), ("metafields", "value"), ("inventory_levels", "available") })
        {
            var old = column == "available" ? "available + 1" : $"'old ' || coalesce({column}, '')";
            await Execute(database, $"update {table} set {column} = {old}, row_hash = '\\x00' where store_id = 1 and id % 10 = 0");
            await Execute(database, $"update {table} set pending = jsonb_build_object('{column}', {column}) where store_id = 1 and id % 50 = 0");
        }
        await Settle(database);
        var store = new LoadedStore(database, files, 1);
        var changed = await Measure(postgres, () => store.Pull(3));
        Print(store, changed);
        Compare("changed", products, changed, limit, 1.0);
    }

    private static async Task Memory(BenchmarkPostgres postgres, string files, int products)
    {
        await using var database = await postgres.Fresh("pull");
        await Settle(database);
        var bytes = Directory.GetFiles(files, "*.jsonl").Sum(file => new FileInfo(file).Length);
        var peak = 0L;
        using var stop = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                await Task.Delay(20, CancellationToken.None);
            }
        }, CancellationToken.None);
        foreach (var run in new[] { 1, 2 })
        {
            var store = new LoadedStore(database, files, 1);
            var spent = await Measure(postgres, () => store.Pull(run));
            Print(store, spent);
            var high = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            Console.WriteLine($"memory   {products,9:N0} products, {bytes / 1e9:0.00} GB of lines, {(run == 1 ? "first" : "again")}: peak managed {peak / 1e6:0} MB (goal 300), {string.Join(' ', high.Split(' ', StringSplitOptions.RemoveEmptyEntries))} (goal 600 MB)");
        }
        await stop.CancelAsync();
        await watch;
    }

    private static async Task Growth(BenchmarkPostgres postgres, string folder, int[] sizes)
    {
        (double Pull, double Copy)? before = null;
        foreach (var size in sizes)
        {
            var files = await ResultFiles.Make(folder, size);
            await using var database = await postgres.Fresh("pull");
            await Settle(database);
            var store = new LoadedStore(database, files, 1);
            var pull = await Measure(postgres, () => store.Pull(1));
            var copy = await Copy(postgres, database, folder);
            Compare("growth", size, pull, copy, 1.1);
            var (p, c) = ((pull.Server + pull.Client).TotalSeconds, copy.Server.TotalSeconds);
            if (before is { } smaller)
                Console.WriteLine($"    grew {p / smaller.Pull:0.0} times, \\copy {c / smaller.Copy:0.0} times: {p / smaller.Pull / (c / smaller.Copy):0.00} (goal 1.1), by processor time");
            before = (p, c);
        }
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task First(BenchmarkPostgres postgres, string folder, string files, int products)
    {
        await using var database = await postgres.Fresh("pull");
        await Settle(database);
        var store = new LoadedStore(database, files, 1) { Server = postgres.Cpu };
        var began = postgres.Cpu();
        var first = await Measure(postgres, () => store.Pull(1));
        Print(store, first);
        Console.WriteLine($"    of the server's processor time {(store.ServerBeforeSummaries - began).TotalSeconds:0.0} s for the rows, {(began + first.Server - store.ServerBeforeSummaries).TotalSeconds:0.0} s for the summaries");
        var limit = await Copy(postgres, database, folder);
        Compare("pull", products, first, limit, 1.0);

        await Settle(database);
        var before = await Writes(database);
        var again = await Measure(postgres, () => store.Pull(2));
        Print(store, again);
        Compare("again", products, again, limit, 0.3);
        Console.WriteLine($"    row writes: {await Writes(database) - before}");
    }

    private static void Compare(string name, int products, Spent pull, Spent copy, double goal) => Console.WriteLine(
        $"{name,-8} {products,9:N0} products {pull.Wall.TotalSeconds,7:0.00} s, \\copy {copy.Wall.TotalSeconds,7:0.00} s: {pull.Wall / copy.Wall:0.00} (goal {goal:0.0}); "
        + $"processor {pull.Server.TotalSeconds:0.0} s server + {pull.Client.TotalSeconds:0.0} s client, \\copy {copy.Server.TotalSeconds:0.0} s server: "
        + $"{(pull.Server + pull.Client) / 2 / copy.Server:0.00} with two cores");

    private static async Task<Spent> Measure(BenchmarkPostgres postgres, Func<Task<TimeSpan>> work)
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var (server, client) = (postgres.Cpu(), self.TotalProcessorTime);
        var wall = await work();
        self.Refresh();
        return new Spent(wall, postgres.Cpu() - server, self.TotalProcessorTime - client);
    }

    /// <summary>Time on the wall, and processor time of the server and of this process.</summary>
    private sealed record Spent(TimeSpan Wall, TimeSpan Server, TimeSpan Client);

    /// <summary>Inserts, updates and deletes of catalogue tables so far, by PostgreSQL's own count.</summary>
    private static async Task<long> Writes(NpgsqlDataSource database)
    {
        await Task.Delay(1500);
        await using var command = database.CreateCommand($"""
            select sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint from pg_stat_user_tables where relname in ({string.Join(", ", Tables.Select(table => $"'{table}'"))})
            """);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Settle(NpgsqlDataSource database)
    {
        foreach (var sql in new[] { "vacuum analyze", "checkpoint" })
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<Spent> Copy(BenchmarkPostgres postgres, NpgsqlDataSource from, string folder)
    {
        await using var empty = await postgres.Fresh("copied");
        await using (var connection = await from.OpenConnectionAsync())
        {
            var export = "";
            var script = "";
            foreach (var table in Tables)
            {
                export += $"\\copy (select {await Columns(connection, table)} from {table} order by 1) to '{Path.Combine(folder, table + ".copy")}'\n";
                script += $"\\copy {table} ({await Columns(connection, table)}) from '{Path.Combine(folder, table + ".copy")}'\n";
            }
            await postgres.Psql("pull", export);
            await Settle(empty);
            var output = "";
            var spent = await Measure(postgres, async () =>
            {
                (var took, output) = await postgres.Psql("copied", "\\timing on\n" + script);
                return took;
            });
            var times = output.Split('\n').Where(line => line.StartsWith("Time:", StringComparison.Ordinal));
            Console.WriteLine("    \\copy: " + string.Join(", ", Tables.Zip(times, (table, time) => $"{table} {time[6..].Split(' ')[0]} ms")));
            return spent;
        }
    }

    private static async Task<string> Columns(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand("""
            select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
            """, connection);
        command.Parameters.Add(new() { Value = table });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static void Print(LoadedStore store, Spent spent)
    {
        foreach (var (name, (began, took)) in store.Stages.OrderBy(stage => stage.Value.Began))
            Console.WriteLine($"    {name,-20} from {began.TotalSeconds,6:0.00} s, {took.TotalSeconds,6:0.00} s");
        Console.WriteLine($"    in all {spent.Wall.TotalSeconds:0.00} s: {store.Counts.Inserted:N0} inserted, {store.Counts.Updated:N0} updated, {store.Counts.Unchanged:N0} unchanged, {store.Counts.Failed} failed, {store.Counts.Orphans} orphans");
        foreach (var refusal in store.Counts.Refusals.Take(5))
            Console.WriteLine($"    refused: {refusal}");
    }

    private static string? Option(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }
}
