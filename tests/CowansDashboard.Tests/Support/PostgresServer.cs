using System.Diagnostics;
using System.Text;
using CowansDashboard.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// A real PostgreSQL for the tests: the server named by TEST_POSTGRES, else a private cluster started once per
/// test process and thrown away with it. Migrated once into a template; each test class clones its own database.
/// </summary>
public sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(Start);

    private readonly string _server;
    private int _databases;

    private PostgresServer(string server) => _server = server;

    public static Task<PostgresServer> Get() => Started.Value;

    public async Task<string> CreateDatabase()
    {
        var name = $"t{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await Execute(_server, $"create database {name} template cowan_template_{Environment.ProcessId}");
        return ConnectionStringOf(_server, name);
    }

    /// <summary>Everything that a backup of this database holds, as text.</summary>
    public static async Task<string> Dump(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";
        var start = new ProcessStartInfo($"{bin}/pg_dump", ["-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, to.Database!])
        {
            RedirectStandardOutput = true,
            Environment = { ["PGPASSWORD"] = to.Password ?? "" },
        };
        using var process = Process.Start(start)!;
        var dump = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? dump : throw new InvalidOperationException($"pg_dump ended with {process.ExitCode}");
    }

    public Task DropDatabase(string connectionString) =>
        Execute(_server, $"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    private static async Task<PostgresServer> Start()
    {
        var server = Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } given ? given : StartPrivateCluster();
        var template = $"cowan_template_{Environment.ProcessId}";
        await Execute(server, $"drop database if exists {template} with (force)");
        await Execute(server, $"create database {template}");
        await using (var database = NpgsqlDataSource.Create(ConnectionStringOf(server, template)))
            await new MigrateDatabase(database, NullLogger<MigrateDatabase>.Instance).Migrate(CancellationToken.None);
        return new PostgresServer(server);
    }

    private static string StartPrivateCluster()
    {
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";
        var folder = Directory.CreateTempSubdirectory("cowan-pg-").FullName;
        var data = Path.Combine(folder, "data");
        var asRoot = Environment.UserName == "root";
        if (asRoot)
            Run("chown", "postgres", folder);
        RunAsServerUser(asRoot, $"{bin}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync");
        File.AppendAllText(Path.Combine(data, "postgresql.conf"),
            $"\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nfsync=off\nsynchronous_commit=off\nfull_page_writes=off\nmax_connections=300\nshared_buffers=256MB\nmax_wal_size=4GB\n");
        var port = StartOnFreePort(port => RunAsServerUser(
            asRoot, $"{bin}/pg_ctl", "-D", data, "-w", "-t", "120", "-o", $"-p {port}", "-l", Path.Combine(data, "log"), "start"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                RunAsServerUser(asRoot, $"{bin}/pg_ctl", "-D", data, "-m", "immediate", "stop");
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception left) when (left is InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                // Every test has ended by now: what stays behind in the temporary folder fails none of them.
            }
        };
        return $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false";
    }

    /// <summary>Another test run beside this one may take the same port in the same moment.</summary>
    private static int StartOnFreePort(Action<int> start)
    {
        for (var tries = 1; ; tries++)
        {
            var port = Ports.Free();
            try
            {
                start(port);
                return port;
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                // Tried again on another one.
            }
        }
    }

    private static void RunAsServerUser(bool asRoot, params string[] command)
    {
        if (asRoot)
            Run("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command]);
        else
            Run(command[0], command[1..]);
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/tmp" };
        using var process = Process.Start(start)!;
        // The server inherits the pipes of pg_ctl, so reading them to their end would wait for ever.
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        if (!process.WaitForExit(TimeSpan.FromSeconds(180)) || process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {errors}");
    }

    private static string ConnectionStringOf(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = true }.ConnectionString;

    private static async Task Execute(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>One database of its own for a test class: use as IClassFixture.</summary>
public sealed class TestDatabase : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public NpgsqlDataSource Source { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        ConnectionString = await (await PostgresServer.Get()).CreateDatabase();
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Source.DisposeAsync();
        await (await PostgresServer.Get()).DropDatabase(ConnectionString);
    }

    public async Task<T> Scalar<T>(string sql, params object[] parameters)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
