using System.Diagnostics;
using CowansDashboard.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>A private PostgreSQL with durable settings, in a folder of its own, stopped at the end.</summary>
public sealed class BenchmarkPostgres : IAsyncDisposable
{
    private readonly string _bin;
    private readonly string _data;

    private BenchmarkPostgres(string bin, string data, int port) => (_bin, _data, Port) = (bin, data, port);

    public int Port { get; }

    public static async Task<BenchmarkPostgres> Start(string folder, int port)
    {
        var bin = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order().Last(), "bin");
        var data = Path.Combine(folder, "postgres");
        Directory.CreateDirectory(folder);
        if (Environment.UserName == "root")
            await Shell("chown", "postgres", folder);
        if (!File.Exists(Path.Combine(data, "postgresql.conf")))
        {
            await AsServerUser($"{bin}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C.UTF-8");
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), $"""

                port={port}
                listen_addresses='127.0.0.1'
                unix_socket_directories=''
                shared_buffers=1GB
                max_wal_size=8GB
                checkpoint_timeout=30min
                maintenance_work_mem=256MB
                work_mem=32MB
                """ + "\n");
        }
        await AsServerUser($"{bin}/pg_ctl", "-D", data, "-w", "-l", Path.Combine(data, "log"), "start");
        return new BenchmarkPostgres(bin, data, port);
    }

    /// <summary>An empty, migrated database of this name.</summary>
    public async Task<NpgsqlDataSource> Fresh(string name)
    {
        await using (var server = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false"))
        {
            await using var drop = server.CreateCommand($"drop database if exists {name} with (force)");
            await drop.ExecuteNonQueryAsync();
            await using var create = server.CreateCommand($"create database {name}");
            await create.ExecuteNonQueryAsync();
        }
        var database = NpgsqlDataSource.Create(ConnectionString(name));
        await new MigrateDatabase(database, NullLogger<MigrateDatabase>.Instance).Migrate(CancellationToken.None);
        return database;
    }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Command Timeout=0;Include Error Detail=true";

    /// <summary>Processor time of the whole server until now: what counts when others use the machine too.</summary>
    public TimeSpan Cpu()
    {
        var postmaster = File.ReadLines(Path.Combine(_data, "postmaster.pid")).First();
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid))
                continue;
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if ($"{pid}" == postmaster)
                    ticks += Ticks(fields, 11, 4);
                else if (fields[1] == postmaster)
                    ticks += Ticks(fields, 11, 2);
            }
            catch (IOException)
            {
                // It has ended; its time is in the postmaster's.
            }
        }
        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    private static long Ticks(string[] fields, int from, int count) =>
        fields[from..(from + count)].Sum(field => long.Parse(field, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Runs a script through psql in one session and says how long it took.</summary>
    public async Task<(TimeSpan Took, string Output)> Psql(string database, string script)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        var watch = Stopwatch.StartNew();
        await Shell($"{_bin}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-d", database, "-f", file);
        File.Delete(file);
        var took = watch.Elapsed;
        return (took, await File.ReadAllTextAsync("/tmp/cowan-bench.out"));
    }

    public async ValueTask DisposeAsync() => await AsServerUser($"{_bin}/pg_ctl", "-D", _data, "-m", "fast", "-w", "stop");

    private static Task AsServerUser(params string[] command) => Environment.UserName == "root"
        ? Shell("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command])
        : Shell(command[0], command[1..]);

    public static async Task Shell(string program, params string[] arguments)
    {
        // Output goes nowhere: the server inherits it from pg_ctl and would keep a pipe open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /tmp/cowan-bench.out 2>&1", program, .. arguments]) { WorkingDirectory = "/tmp" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await File.ReadAllTextAsync("/tmp/cowan-bench.out")}");
    }
}
