using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CowansDashboard.Data;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CowansDashboard.Tests.Data;

[Trait("Category", "Integration")]
public sealed class MigrateDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Four_nodes_that_start_at_once_apply_each_migration_once()
    {
        var before = await database.Scalar<long>("select count(*) from schema_migrations");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            new MigrateDatabase(database.Source, NullLogger<MigrateDatabase>.Instance).Migrate(CancellationToken.None)));

        before.ShouldBeGreaterThan(0);
        (await database.Scalar<long>("select count(*) from schema_migrations")).ShouldBe(before);
    }

    [Fact]
    public async Task A_migration_changed_after_it_was_applied_stops_the_start()
    {
        const string First = "0001_foundation.sql";
        var hash = await database.Scalar<string>("select sha256 from schema_migrations where name = $1", First);
        await database.Scalar<string>("update schema_migrations set sha256 = 'x' where name = $1 returning name", First);

        var migrate = new MigrateDatabase(database.Source, NullLogger<MigrateDatabase>.Instance);

        var error = await Should.ThrowAsync<InvalidOperationException>(() => migrate.Migrate(CancellationToken.None));
        error.Message.ShouldContain(First);
        await database.Scalar<string>("update schema_migrations set sha256 = $2 where name = $1 returning name", First, hash);
    }

    [Fact]
    public async Task A_migration_waits_for_a_table_in_use_without_keeping_others_from_it()
    {
        await database.Scalar<int>("create table used (id integer); insert into used values (1) returning id");
        await using var reader = await database.Source.OpenConnectionAsync();
        await using var transaction = await reader.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand("select id from used", reader))
            await read.ExecuteScalarAsync();
        var waits = new Watched();

        var migrating = new MigrateDatabase(database.Source, waits).Migrate([new("9000_used.sql", "alter table used add more text;")], CancellationToken.None);
        await waits.For(1002);

        // It gave its place up: whoever came behind it gets through.
        (await database.Scalar<int>("select id from used")).ShouldBe(1);
        await transaction.RollbackAsync();
        await migrating;
        (await database.Scalar<long>("select count(more) from used")).ShouldBe(0);
    }

    [Fact]
    public async Task An_index_of_a_large_table_is_made_while_others_write_and_one_that_was_cut_off_is_made_anew()
    {
        await database.Scalar<int>("create table large (id integer, other integer); insert into large select n, n / 2 from generate_series(1, 1000) n returning id");
        // A unique index over what is not unique is left behind unfinished, as by a process that was killed.
        await Should.ThrowAsync<PostgresException>(() => database.Scalar<int>("create unique index concurrently large_other on large (other)"));
        await using var writer = await database.Source.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using (var write = new NpgsqlCommand("insert into large values (0, 0)", writer))
            await write.ExecuteNonQueryAsync();

        var migrations = new MigrateDatabase.Migration[] { new("9001_large.sql", "-- concurrently\ncreate index concurrently if not exists large_other on large (other);\ncreate index concurrently if not exists large_id on large (id);\n") };
        // A second node that starts meanwhile waits for the first, and the first does not wait for it.
        var nodes = Enumerable.Range(0, 2).Select(_ => new MigrateDatabase(database.Source, NullLogger<MigrateDatabase>.Instance).Migrate(migrations, CancellationToken.None)).ToList();
        (await database.Scalar<int>("insert into large values (-1, -1) returning id")).ShouldBe(-1);
        await transaction.CommitAsync();
        await Task.WhenAll(nodes);

        (await database.Scalar<long>("select count(*) from pg_index where indexrelid in ('large_other'::regclass, 'large_id'::regclass) and indisvalid and not indisunique")).ShouldBe(2);
    }

    [Fact]
    public void New_migrations_take_nothing_away_that_a_running_node_uses_and_make_indexes_of_tables_that_hold_rows_concurrently()
    {
        // Written before two versions could share a database; they never change.
        var later = MigrateDatabase.Embedded().Where(migration => string.CompareOrdinal(migration.Name, "0100") >= 0).ToList();

        later.SelectMany(Offences).ShouldBeEmpty("expand first; what is no longer used goes with a later version, in a file named …_contract.sql");
        Offences(new("0100_a.sql", "create table t (id bigint);\ncreate index t_id on t (id);\nalter table t add n integer;")).ShouldBeEmpty();
        Offences(new("0101_b.sql", "create index products_title on products (title);")).ShouldNotBeEmpty();
        Offences(new("0102_c.sql", "alter table products drop column title;")).ShouldNotBeEmpty();
        Offences(new("0103_contract.sql", "alter table products drop column title;")).ShouldBeEmpty();
    }

    private static IEnumerable<string> Offences(MigrateDatabase.Migration migration)
    {
        var made = Regex.Matches(migration.Sql, @"create (?:unlogged )?table (?:if not exists )?(\w+)").Select(match => match.Groups[1].Value).ToHashSet();
        foreach (Match index in Regex.Matches(migration.Sql, @"create (?:unique )?index (?!concurrently)[\w ]*?on (\w+)"))
            if (!made.Contains(index.Groups[1].Value))
                yield return $"{migration.Name}: {index.Value} locks the table; make it concurrently, in a file that begins with “-- concurrently”";
        if (!migration.Name.EndsWith("contract.sql", StringComparison.Ordinal))
            foreach (Match taken in Regex.Matches(migration.Sql, @"drop (?:column|table)|rename (?:column|to)|alter (?:column )?\w+ (?:set not null|type )"))
                yield return $"{migration.Name}: {taken.Value}";
    }

    /// <summary>Tells when an event was logged.</summary>
    private sealed class Watched : ILogger<MigrateDatabase>
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _seen = [];

        public Task For(int id) => Seen(id).Task.WaitAsync(TimeSpan.FromMinutes(2));

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> text) => Seen(id.Id).TrySetResult();

        private TaskCompletionSource Seen(int id) => _seen.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
