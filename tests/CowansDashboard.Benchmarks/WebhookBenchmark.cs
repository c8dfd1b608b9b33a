using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// 20,000 signed deliveries over HTTP to the started program, 32 connections, beside pgbench inserting the same rows one by one over
/// as many connections; then how long a delivery waits for its answer at 150 a second. What is heard is not handled meanwhile.
/// </summary>
internal static partial class WebhookBenchmark
{
    private const int Connections = 32;
    private const int PerSecond = 150;
    private const double MostMilliseconds = 20;
    private const string Shop = "benchmark.myshopify.com";
    private const string Secret = "benchmark-secret";

    internal const string Email = "bench@test.example";
    internal const string Password = "Quiet-Ledger-2026";

    public static async Task<int> Run(string[] arguments)
    {
        if (arguments.Contains("--to-page"))
            return await WebhookLagBenchmark.Run(arguments);
        var (deliveries, rounds) = (Number(arguments, "--deliveries", 20_000), Number(arguments, "--rounds", 3));
        var folder = Path.Combine(Path.GetTempPath(), "cowan-webhook-bench");
        await using var postgres = await BenchmarkPostgres.Start(folder, Number(arguments, "--port", 5433));
        await using var database = await postgres.Fresh("webhooks");
        var port = Number(arguments, "--http-port", 5171);
        using var program = await StartProgram(Path.Combine(Root, "src", "CowansDashboard.Web", "bin", "Release", "net10.0", "CowansDashboard.Web.dll"), postgres.ConnectionString("webhooks"), folder, port,
            ("Shopify__Shop", Shop), ("Shopify__ClientId", "benchmark"), ("Shopify__ClientSecret", Secret), ("Shopify__BaseUrl", "http://127.0.0.1:9"), ("Webhooks__Handle", "false"));
        try
        {
            var body = await Body();
            var store = await Scalar<long>(database, "select id from stores");
            // Both have loaded their code and their plans.
            new PostedDeliveries("127.0.0.1", port, Shop, Secret, body, "warm", 3_000).PostAll(Connections);
            await Pgbench(postgres, store, body, 2_000);

            Console.WriteLine($"webhooks: {deliveries:N0} signed deliveries of {body.Length:N0} bytes over {Connections} connections");
            var ratios = new List<double>();
            for (var round = 1; round <= rounds; round++)
            {
                await Empty(database);
                var rows = await Pgbench(postgres, store, body, deliveries);
                await Empty(database);
                var posts = deliveries / new PostedDeliveries("127.0.0.1", port, Shop, Secret, body, $"r{round}", deliveries).PostAll(Connections).TotalSeconds;
                if (await Scalar<long>(database, "select count(*) from webhook_deliveries") is var kept && kept != deliveries)
                    throw new InvalidOperationException($"{kept} of {deliveries} deliveries were kept.");
                ratios.Add(posts / rows);
                Console.WriteLine($"  round {round}: door {posts,8:N0}/s   pgbench, row by row {rows,8:N0}/s   {posts / rows:0.00}×");
            }
            ratios.Sort();
            var middle = ratios[ratios.Count / 2];
            Console.WriteLine($"  middle {middle:0.00}×   goal ≥ 1.00×   {(middle >= 1 ? "reached" : "MISSED")}");

            var took = new PostedDeliveries("127.0.0.1", port, Shop, Secret, body, "even", PerSecond * 20).PostEvenly(16, PerSecond);
            var p99 = took[(int)((took.Length - 1) * 0.99)];
            Console.WriteLine($"  at {PerSecond}/s: p50 {took[took.Length / 2]:0.0} ms   p99 {p99:0.0} ms   most {took[^1]:0.0} ms   goal p99 < {MostMilliseconds:0} ms   {(p99 < MostMilliseconds ? "reached" : "MISSED")}");
            return middle >= 1 && p99 < MostMilliseconds ? 0 : 1;
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
        }
    }

    internal static async Task<Process> StartProgram(string file, string connection, string folder, int port, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [file, "--contentRoot", Path.GetDirectoryName(file)!])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in (IEnumerable<(string, string)>)
        [
            ("ConnectionStrings__Dashboard", connection), ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"), ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("Dashboard__DataFolder", Path.Combine(folder, "data")), ("Dashboard__AdminEmail", Email), ("Dashboard__AdminPassword", Password),
            ("Logging__LogLevel__Default", "Warning"), .. settings,
        ])
            start.Environment[name] = value;
        var program = Process.Start(start)!;
        _ = program.StandardOutput.ReadToEndAsync();
        _ = program.StandardError.ReadToEndAsync();
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                if ((await http.GetAsync($"http://127.0.0.1:{port}/health")).IsSuccessStatusCode)
                    return program;
            }
            catch (HttpRequestException) when (tries < 600 && !program.HasExited)
            {
                // Not yet.
            }
            await Task.Delay(100);
        }
    }

    /// <summary>Rows a second.</summary>
    private static async Task<double> Pgbench(BenchmarkPostgres postgres, long store, string body, int rows)
    {
        var script = Path.GetTempFileName();
        // The number of the round keeps the ids apart; each client counts for itself.
        await File.WriteAllTextAsync(script, $"""
            \set i :i + 1
            insert into webhook_deliveries (store_id, webhook_id, event_id, topic, triggered_at, api_version, is_test, body)
            values ({store}, 'pgbench-{Path.GetFileName(script)}-' || :client_id || '-' || :i, 'event', 'products/update', '2026-11-01T10:00:00.123456789Z', '2026-10', false, convert_to(:body, 'UTF8'));
            """ + "\n");
        await BenchmarkPostgres.Shell("/usr/bin/env", "pgbench", "-n", "-M", "prepared", "-c", $"{Connections}", "-j", "2", "-t", $"{rows / Connections}",
            "-D", "i=0", "-D", $"body={{\"id\":7000000000000000000,{body[1..]}", "-f", script, "-h", "127.0.0.1", "-p", $"{postgres.Port}", "-U", "postgres", "webhooks");
        File.Delete(script);
        return double.Parse(RowsPerSecond().Match(await File.ReadAllTextAsync("/tmp/cowan-bench.out")).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>A product as Shopify posts it, without its id, which differs from delivery to delivery.</summary>
    private static async Task<string> Body()
    {
        using var captured = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(Root, "tests", "CowansDashboard.Tests", "Webhooks", "captured", "2024-10.products.update.json")));
        var body = System.Text.Json.Nodes.JsonNode.Parse(captured.RootElement.GetProperty("body").GetRawText())!.AsObject();
        body.Remove("id");
        return body.ToJsonString();
    }

    private static async Task Empty(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("truncate webhook_deliveries, webhook_replays");
        await command.ExecuteNonQueryAsync();
        await using var checkpoint = database.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync();
    }

    private static async Task<T> Scalar<T>(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal static int Number(string[] arguments, string name, int otherwise) =>
        Array.IndexOf(arguments, name) is >= 0 and var at ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;

    internal static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "CowansDashboard.sln")))
                folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex RowsPerSecond();
}
