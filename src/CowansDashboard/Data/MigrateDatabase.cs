using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Data;

/// <summary>
/// Brings the database to the version of this program: every embedded migration not yet recorded is applied
/// in order, one transaction each, while one node at a time holds an advisory lock.
/// </summary>
public sealed partial class MigrateDatabase(NpgsqlDataSource database, ILogger<MigrateDatabase> log)
{
    private const long LockKey = 0x636f77616e;
    private const string Prefix = "CowansDashboard.Data.Migrations.";

    public async Task Migrate(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Execute(connection, $"select pg_advisory_lock({LockKey})", cancel);
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
            foreach (var migration in Embedded())
                await Apply(connection, migration, applied, cancel);
            // Extensions that a migration created bring types the pool has not loaded yet.
            await connection.ReloadTypesAsync(cancel);
        }
        finally
        {
            await Execute(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
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
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Execute(connection, "set local lock_timeout = '5s'", cancel);
        await Execute(connection, migration.Sql, cancel);
        await using var record = new NpgsqlCommand("insert into schema_migrations (name, sha256) values ($1, $2)", connection);
        record.Parameters.Add(new() { Value = migration.Name });
        record.Parameters.Add(new() { Value = migration.Hash });
        await record.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
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

    private static IEnumerable<Migration> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql)));
            yield return new Migration(resource[Prefix.Length..], sql, hash);
        }
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Migration(string Name, string Sql, string Hash);

    [LoggerMessage(1001, LogLevel.Information, "Applying migration {Name}")]
    private partial void LogApplying(string name);
}
