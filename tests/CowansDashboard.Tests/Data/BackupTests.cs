using System.Diagnostics;
using System.Runtime.Versioning;
using CowansDashboard.Tests.Architecture;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Data;

[Trait("Category", "Integration"), UnsupportedOSPlatform("windows")]
public sealed class BackupTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cowan-backup-").FullName;

    [Fact]
    public async Task A_backup_that_is_written_while_people_save_comes_back_whole_in_an_empty_cluster_and_from_there_again()
    {
        var shop = await EditedShop.Open(database);
        var products = new List<long>();
        for (var i = 0; i < 40; i++)
            products.Add(await shop.Product($"Jumper {i}", variants: 3));
        await ReadyFolder("running");
        using var enough = new CancellationTokenSource();
        var saving = Task.WhenAll(Enumerable.Range(0, 2).Select(writer => SaveAll(shop, [.. products.Where((_, i) => i % 2 == writer)], enough.Token)));
        await Patience.Until(async () => await database.Scalar<long>("select count(*) from changes") > 50);
        var before = await Rows(database.ConnectionString, "changes");

        await Script("running", database.ConnectionString, "--backup", Path.Combine(folder, "hot"));
        await enough.CancelAsync();
        await saving;
        await Script("restored", null, "--restore", Path.Combine(folder, "hot"));
        await Script("restored", null, "--backup", Path.Combine(folder, "cold"));
        var again = await EmptyDatabase();
        await ReadyFolder("again");
        await Script("again", again, "--restore", Path.Combine(folder, "cold"));

        var restored = await Rows(again, "changes");
        restored.ShouldBeSubsetOf(await Rows(database.ConnectionString, "changes"), "nothing is made up");
        before.Except(restored).ShouldBeEmpty("what was saved before the backup began is in it");
        (await Count(again, """
            select count(*) from products p where title is distinct from coalesce(
                (select new #>> '{}' from changes c where c.entity = 'product' and c.entity_id = p.id and c.field = 'title' order by id desc limit 1), p.title)
            """)).ShouldBe(0, "each product holds what the last change of the same moment says");
        (await Count(again, "select count(*) from changes c where not exists (select from change_sets s where s.id = c.change_set_id)")).ShouldBe(0);
        foreach (var table in await Tables(database.ConnectionString))
        {
            if (table is not ("changes" or "change_sets" or "products" or "product_summaries" or "product_words"))
                (await Rows(again, table)).ShouldBe(await Rows(database.ConnectionString, table), table);
        }

        (await Rows(again, "products")).Count.ShouldBe(40);
        File.ReadAllText(Path.Combine(folder, "again", "keys", "dashboard.key")).ShouldBe("the key");
        File.GetUnixFileMode(Path.Combine(folder, "cold")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_backup_goes_over_nothing_and_a_restore_into_nothing_that_holds_something()
    {
        await ReadyFolder("full");
        Directory.CreateDirectory(Path.Combine(folder, "there"));

        (await Refused("full", database.ConnectionString, "--backup", Path.Combine(folder, "there"))).ShouldContain("exists");
        await Script("full", database.ConnectionString, "--backup", Path.Combine(folder, "good"));
        (await Refused("full", database.ConnectionString, "--restore", Path.Combine(folder, "good"))).ShouldContain("not empty");
        (await Refused("fresh", null, "--restore", Path.Combine(folder, "there"))).ShouldContain("is no backup");
        Directory.Exists(Path.Combine(folder, "fresh")).ShouldBeFalse("nothing is made for a restore that cannot be");

        var empty = await EmptyDatabase();
        await ReadyFolder("cut");
        await File.WriteAllBytesAsync(Path.Combine(folder, "good", "database.dump"), (await File.ReadAllBytesAsync(Path.Combine(folder, "good", "database.dump")))[..20_000]);
        (await Refused("cut", empty, "--restore", Path.Combine(folder, "good"))).ShouldContain("could not be restored");
        (await Refused("cut", empty)).ShouldContain("was cut off", customMessage: "what is half restored is not started");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SaveAll(EditedShop shop, long[] products, CancellationToken enough)
    {
        for (var turn = 0; !enough.IsCancellationRequested; turn++)
        {
            foreach (var product in products)
            {
                var seen = await shop.Value("products", product, "title");
                (await shop.Save(EditedShop.Title(product, seen.Trim('"'), $"{product} in turn {turn}"))).ShouldBeOfType<CowansDashboard.History.SaveOutcome.Saved>();
                if (enough.IsCancellationRequested)
                    return;
            }
        }
    }

    /// <summary>A data folder as a dashboard leaves it that uses a PostgreSQL of its own.</summary>
    private async Task ReadyFolder(string name)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        if (name is "again" or "cut")
            return;
        Directory.CreateDirectory(Path.Combine(data, "keys"));
        await File.WriteAllTextAsync(Path.Combine(data, "keys", "dashboard.key"), "the key");
    }

    private async Task Script(string data, string? connection, params string[] arguments)
    {
        var (code, said) = await Run(data, connection, arguments);
        code.ShouldBe(0, said);
    }

    private async Task<string> Refused(string data, string? connection, params string[] arguments)
    {
        var (code, said) = await Run(data, connection, arguments);
        code.ShouldNotBe(0, said);
        return said;
    }

    private async Task<(int Code, string Said)> Run(string data, string? connection, string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "start-dashboard.sh"), "--data", Path.Combine(folder, data), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ConnectionStrings__Dashboard"] = connection, ["Dashboard__KeyFile"] = null },
        };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    private async Task<string> EmptyDatabase()
    {
        var to = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var name = $"{to.Database}_restored_{Guid.NewGuid():N}";
        await using (var make = database.Source.CreateCommand($"create database {name} template template0"))
            await make.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(to.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
    }

    private static async Task<List<string>> Tables(string connection) =>
        await Texts(connection, "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1");

    private static Task<List<string>> Rows(string connection, string table) => Texts(connection, $"select t::text from {table} t order by 1");

    private static async Task<List<string>> Texts(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task<long> Count(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
