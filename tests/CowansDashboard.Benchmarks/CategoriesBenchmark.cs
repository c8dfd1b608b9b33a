using System.Diagnostics;
using System.Globalization;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// A subtree of 10,000 categories moved, beside its limit in the same run: one plain UPDATE that writes the same rows.
/// The tree is first paid for, then walked: the first level with the products of everything below.
/// </summary>
public static class CategoriesBenchmark
{
    private const int Rounds = 15;

    public static async Task Run(string[] arguments)
    {
        var folder = Option(arguments, "--folder") ?? Path.Combine(Path.GetTempPath(), "cowan-benchmarks");
        var port = int.Parse(Option(arguments, "--port") ?? "5433", CultureInfo.InvariantCulture);
        var categories = int.Parse(Option(arguments, "--categories") ?? "10000", CultureInfo.InvariantCulture);
        var products = int.Parse(Option(arguments, "--products") ?? "100000", CultureInfo.InvariantCulture);
        await using var postgres = await BenchmarkPostgres.Start(folder, port);
        await using var database = await postgres.Fresh("categories");
        await Fill(database, categories, products);
        var move = new MoveCategory(database);
        var read = new ReadCategories(database);
        var by = new AskedBy(null, "benchmark");

        var (moves, plain, level) = (new List<double>(), new List<double>(), new List<double>());
        var path = await Text(database, "select path from categories where id = 3");
        for (var round = 0; round < Rounds; round++)
        {
            long to = round % 2 == 0 ? 2 : 1;
            moves.Add(await Time(async () =>
            {
                if (await move.Move(1, 3, to, null, null, by, CancellationToken.None) is not CategoryOutcome.Done)
                    throw new InvalidOperationException("The subtree did not move.");
            }));
            path = await Text(database, "select path from categories where id = 3");
            // The same rows, their paths as long as before, in a transaction of its own.
            var other = path.StartsWith("/1/", StringComparison.Ordinal) ? "/2/" : "/1/";
            plain.Add(await Time(() => Execute(database, $"update categories set path = '{other}' || substr(path, 4) where store_id = 1 and path like '{path}%'")));
            await Execute(database, $"update categories set path = '{path[..3]}' || substr(path, 4) where store_id = 1 and path like '{other}{path[3..]}%'");
            level.Add(await Time(() => read.Children(1, null, 0, 201, CancellationToken.None)));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{categories:N0} categories below one, {products:N0} products in them; {Rounds} rounds each; times in ms"));
        Line("a subtree moved", moves);
        Line("limit: one plain UPDATE of the same rows", plain);
        Line("the first level with counts of everything below", level);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"moving costs {Median(moves) / Median(plain):0.00} times the plain UPDATE"));
    }

    // Two tops, and a subtree of so many categories below the first one, ten to each.
    private static async Task Fill(NpgsqlDataSource database, int categories, int products)
    {
        await Execute(database, "insert into categories (id, store_id, path, position, name) values (1, 1, '/1/', 0, 'One'), (2, 1, '/2/', 1, 'Two')");
        await Execute(database, string.Create(CultureInfo.InvariantCulture, $"""
            with recursive tree as (
                select 1 as n, '/1/3/' as path, 1::bigint as parent
                union all
                select c.n, t.path || (c.n + 2) || '/', (t.n + 2)::bigint from tree t cross join lateral generate_series(t.n * 10 - 8, t.n * 10 + 1) c (n) where c.n <= {categories})
            insert into categories (id, store_id, parent_id, path, position, name) select n + 2, 1, parent, path, n, 'Category ' || n from tree
            """));
        await Execute(database, string.Create(CultureInfo.InvariantCulture, $"""
            with p as (
                insert into products (store_id, title, handle, status) select 1, 'Product ' || i, 'p-' || i, 'ACTIVE' from generate_series(1, {products}) i returning id)
            insert into product_categories (product_id, store_id, category_id) select id, 1, 3 + id % {categories} from p
            """));
        await Execute(database, "vacuum analyze");
    }

    private static async Task<double> Time(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Line(string name, List<double> times) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-52} p50 {Median(times),8:0.0}   worst {times.Max(),8:0.0}"));

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task<string> Text(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string? Option(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
