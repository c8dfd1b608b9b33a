using CowansDashboard.Data;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

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
}
