using System.Reflection;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Data;

/// <summary>
/// Brings the database to the version of this program: every embedded migration not yet recorded is applied in order,
/// file by file, while one node at a time holds an advisory lock and the others go on working with what is there.
/// A file that begins with <c>-- concurrently</c> makes or drops indexes of tables that may be large, without stopping who writes into them.
/// </summary>
public sealed partial class MigrateDatabase(NpgsqlDataSource database, ILogger<MigrateDatabase> log)
{
    private const long LockKey = 0x636f77616e;
    private const string Prefix = "CowansDashboard.Data.Migrations.";
    private const string Concurrently = "-- concurrently";
    private const int MostAttempts = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    public Task Migrate(CancellationToken cancel) => Migrate(Embedded(), cancel);

    internal async Task Migrate(IEnumerable<Migration> migrations, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Lock(connection, cancel);
        try
        {
            await Execute(connection, """
                create table if not exists schema_migrations (
                    name text primary key,
                    sha256 text not null,
                    applied_at timestamptz not null default now()
                )
                """, cancel);
            var applied = await Applied(connection, cancel);
            foreach (var migration in migrations)
                await Apply(connection, migration, applied, cancel);
            // Extensions that a migration created bring types the pool has not loaded yet.
            await connection.ReloadTypesAsync(cancel);
        }
        finally
        {
            await Execute(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    // Asked for again and again instead of waited for: an index that is made concurrently waits for every statement that
    // has begun before it, and a statement that waits for this lock would be one of them.
    private static async Task Lock(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
        while (!(bool)(await command.ExecuteScalarAsync(cancel))!)
            await Task.Delay(BetweenLooks, cancel);
    }

    private async Task Apply(NpgsqlConnection connection, Migration migration, Dictionary<string, string> applied, CancellationToken cancel)
    {
        if (applied.TryGetValue(migration.Name, out var hash))
        {
            if (hash != migration.Hash)
                throw new InvalidOperationException(
                    $"Migration {migration.Name} was changed after it had been applied. Restore the file and add a new migration instead.");
            return;
        }

        LogApplying(migration.Name);
        if (migration.Sql.StartsWith(Concurrently, StringComparison.Ordinal))
            await ApplyConcurrently(connection, migration, cancel);
        else
            await ApplyWhole(connection, migration, cancel);
    }

    /// <summary>All of the file or nothing. Whoever uses a table that it changes is waited for a few seconds at a time, so that nobody queues behind it for long.</summary>
    private async Task ApplyWhole(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await Execute(connection, "set local lock_timeout = '5s'", cancel);
                await Execute(connection, migration.Sql, cancel);
                await Record(connection, migration, cancel);
                await transaction.CommitAsync(cancel);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < MostAttempts)
            {
                LogWaiting(migration.Name, attempt);
                await Task.Delay(BetweenLooks, cancel);
            }
        }
    }

    /// <summary>Statement by statement; one that was cut off leaves an index that does not serve, which is made anew.</summary>
    private static async Task ApplyConcurrently(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        foreach (var statement in migration.Sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IndexMade().Match(statement) is { Success: true } made)
                await DropUnfinished(connection, made.Groups[1].Value, cancel);
            await Execute(connection, statement, cancel);
        }
        await Record(connection, migration, cancel);
    }

    private static async Task DropUnfinished(NpgsqlConnection connection, string index, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select exists (select from pg_index where indexrelid = to_regclass($1) and not indisvalid)", connection);
        command.Parameters.Add(new() { Value = index });
        if ((bool)(await command.ExecuteScalarAsync(cancel))!)
            await Execute(connection, $"drop index concurrently if exists {index}", cancel);
    }

    private static async Task Record(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        await using var record = new NpgsqlCommand("insert into schema_migrations (name, sha256) values ($1, $2)", connection);
        record.Parameters.Add(new() { Value = migration.Name });
        record.Parameters.Add(new() { Value = migration.Hash });
        await record.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<Dictionary<string, string>> Applied(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select name, sha256 from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancel))
            applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    internal static IEnumerable<Migration> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return new Migration(resource[Prefix.Length..], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    internal sealed record Migration(string Name, string Sql)
    {
        public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Sql)));
    }

    [GeneratedRegex(@"create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex IndexMade();

    [LoggerMessage(1001, LogLevel.Information, "Applying migration {Name}")]
    private partial void LogApplying(string name);

    [LoggerMessage(1002, LogLevel.Information, "Migration {Name} waits for a table that others use: attempt {Attempt}")]
    private partial void LogWaiting(string name, int attempt);
}
