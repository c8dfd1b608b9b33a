using System.Globalization;
using CowansDashboard.Collections.Conditions;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// Who enters and who leaves a collection when its conditions change, over 100,000 products and 300,000 variants. Beside each
/// question stands its limit, measured in the same run: PostgreSQL's plain sequential scan of the tables that it asks.
/// </summary>
public static class WhatIfBenchmark
{
    private const int Times = 30;
    private const string Products = "select count(*) from products p where p.store_id = 1 and p.deleted_at is null and lower(p.product_type) = 'knitwear 3'";
    private const string Variants = "select count(*) from variants w where w.store_id = 1 and w.deleted_at is null and w.price > 9";

    public static async Task Run(string[] arguments)
    {
        var folder = Option(arguments, "--folder") ?? Path.Combine(Path.GetTempPath(), "cowan-benchmarks");
        var port = int.Parse(Option(arguments, "--port") ?? "5433", CultureInfo.InvariantCulture);
        var products = int.Parse(Option(arguments, "--products") ?? "100000", CultureInfo.InvariantCulture);
        await using var postgres = await BenchmarkPostgres.Start(folder, port);
        await using var database = await postgres.Fresh("whatif");
        await GridRows.Fill(database, products);
        foreach (var sql in new[]
        {
            "insert into collections (id, store_id, shopify_id, title, handle, sort_order) overriding system value values (1, 1, 1, 'Knitwear', 'knitwear', 'MANUAL')",
            "insert into collection_members (store_id, collection_id, product_id, position) select 1, 1, id, row_number() over (order by id) from products where product_type = 'Knitwear 3' limit 5000",
            "vacuum analyze",
        })
            await Execute(database, sql);

        Console.WriteLine($"what-if over {products:N0} products and {3 * products:N0} variants; {Times} rounds each; times in ms");
        Console.WriteLine($"{"",-44}{"p50",9}{"p95",9}   {"limit: scan of",-24}{"p50",9}");
        await Line("type", Products, new Condition.Text(TextField.ProductType, TextRelation.Is, false, ["knitwear 4"]));
        await Line("type and tag", Products, new Condition.Text(TextField.ProductType, TextRelation.StartsWith, false, ["knitwear"]), new Condition.Tag(true, false, ["tag-5", "tag-6", "tag-7"]));
        await Line("title contains", Products, new Condition.Text(TextField.Title, TextRelation.Contains, false, ["jumper", "cardigan"]));
        await Line("type and price", Variants, new Condition.Text(TextField.ProductType, TextRelation.StartsWith, false, ["knitwear"]), new Condition.Number(NumberField.Price, NumberRelation.Above, 9));

        async Task Line(string name, string limit, params Condition[] conditions)
        {
            var source = new CollectionSource.ByConditions(false, new(true, conditions, []), Exclusion.Nothing);
            var (p50, p95) = await Rounds.Measure(Times, () => new ForeseeMembers(database).Foresee(1, 1, [source], 0, 50, CancellationToken.None));
            var (bare, _) = await Rounds.Measure(Times, () => Execute(database, limit));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44}{p50,9:0.0}{p95,9:0.0}   {(limit == Products ? "products" : "variants"),-24}{bare,9:0.0}"));
        }
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static string? Option(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
