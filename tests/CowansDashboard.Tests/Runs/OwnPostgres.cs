using System.Diagnostics;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Runs;

/// <summary>A PostgreSQL of one test's own, which it may restart.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private static readonly string Programs = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    private readonly string _folder = Directory.CreateTempSubdirectory("cowan-own-pg-").FullName;
    private readonly int _port = Ports.Free();

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";

    public int Port => _port;

    private string Data => Path.Combine(_folder, "data");

    public static OwnPostgres Start()
    {
        var server = new OwnPostgres();
        if (Environment.UserName == "root")
            Run("chown", "postgres", server._folder);
        AsServerUser($"{Programs}/initdb", "-D", server.Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync");
        File.AppendAllText(Path.Combine(server.Data, "postgresql.conf"),
            $"\nport={server._port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nmax_connections=100\n");
        AsServerUser($"{Programs}/pg_ctl", "-D", server.Data, "-w", "-t", "120", "-l", $"{server._folder}/data/log", "start");
        return server;
    }

    /// <summary>A server that holds all that this one holds, and keeps up with it, until it is promoted.</summary>
    public OwnPostgres Standby()
    {
        var server = new OwnPostgres();
        if (Environment.UserName == "root")
            Run("chown", "postgres", server._folder);
        AsServerUser($"{Programs}/pg_basebackup", "-D", server.Data, "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync");
        File.AppendAllText(Path.Combine(server.Data, "postgresql.conf"), $"\nport={server._port}\n");
        server.Continue();
        return server;
    }

    public void Promote() => AsServerUser($"{Programs}/pg_ctl", "-D", Data, "-w", "-t", "120", "promote");

    public void Restart(string mode) =>
        AsServerUser($"{Programs}/pg_ctl", "-D", Data, "-w", "-t", "120", "-m", mode, "-l", $"{_folder}/data/log", "restart");

    public void Stop(string mode) => AsServerUser($"{Programs}/pg_ctl", "-D", Data, "-w", "-t", "120", "-m", mode, "stop");

    /// <summary>After a stop.</summary>
    public void Continue() => AsServerUser($"{Programs}/pg_ctl", "-D", Data, "-w", "-t", "120", "-l", $"{_folder}/data/log", "start");

    public ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            Stop("immediate");
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void AsServerUser(params string[] command)
    {
        if (Environment.UserName == "root")
            Run("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command]);
        else
            Run(command[0], command[1..]);
    }

    // The server keeps what pg_ctl inherits open, so its output is not read to the end but thrown away.
    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/tmp" };
        using var process = Process.Start(start)!;
        if (!process.WaitForExit(TimeSpan.FromSeconds(180)) || process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
    }
}
