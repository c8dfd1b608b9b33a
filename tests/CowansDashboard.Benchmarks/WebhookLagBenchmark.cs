using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// How long from a change in the shop until it stands in the copy, and until it stands on open pages in Chromium: the whole program
/// beside a demo store that posts to it.
/// </summary>
internal static class WebhookLagBenchmark
{
    private const string Database = "webhook_lag";
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    public static async Task<int> Run(string[] arguments)
    {
        var (products, changes, pages) = (WebhookBenchmark.Number(arguments, "--products", 1_000), WebhookBenchmark.Number(arguments, "--changes", 200), WebhookBenchmark.Number(arguments, "--pages", 4));
        var folder = Path.Combine(Path.GetTempPath(), "cowan-webhook-bench");
        await using var postgres = await BenchmarkPostgres.Start(folder, WebhookBenchmark.Number(arguments, "--port", 5433));
        await using var database = await postgres.Fresh(Database);
        await using var shop = await DemoStore.Start(products);
        var port = WebhookBenchmark.Number(arguments, "--http-port", 5171);
        var address = $"http://127.0.0.1:{port}";
        // Pages need their scripts and styles beside the program.
        var published = Path.Combine(folder, "program");
        await BenchmarkPostgres.Shell("dotnet", "publish", Path.Combine(WebhookBenchmark.Root, "src", "CowansDashboard.Web"), "-c", "Release", "-o", published, "--no-build", "--nologo", "-v", "q");
        using var program = await WebhookBenchmark.StartProgram(Path.Combine(published, "CowansDashboard.Web.dll"), postgres.ConnectionString(Database), folder, port,
            ("Shopify__Shop", shop.Shop), ("Shopify__ClientId", DemoStore.ClientId), ("Shopify__ClientSecret", DemoStore.ClientSecret), ("Shopify__BaseUrl", shop.BaseUrl.GetLeftPart(UriPartial.Authority)),
            ("Webhooks__Address", address), ("Schedules__Recurring", "false"));
        try
        {
            await Pull(address, database);
            await Until(database, "select count(*) >= 20 from webhook_subscriptions where shopify_id is not null");
            await ToRow(shop, database, 20);

            Console.WriteLine($"webhooks: from the change in a shop of {products:N0} products until it is seen");
            var lags = await ToRow(shop, database, changes);
            Console.WriteLine($"  in the copy: {lags.Length} changes   p50 {At(lags, 0.5):0} ms   p95 {At(lags, 0.95):0} ms   most {lags[^1]:0} ms");
            return await ToPages(address, shop, changes, pages);
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
        }
    }

    private static async Task Pull(string address, NpgsqlDataSource database)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var login = await http.PostAsJsonAsync("/api/auth/login", new { email = WebhookBenchmark.Email, password = WebhookBenchmark.Password });
        var data = (await login.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        http.DefaultRequestHeaders.Authorization = new("Bearer", data.GetProperty("accessToken").GetString());
        using var start = await http.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });
        start.EnsureSuccessStatusCode();
        await Until(database, "select exists (select from runs where status = 'succeeded')");
    }

    /// <summary>Milliseconds from before the change until the copy holds it, the shortest first; twice a second on average, at irregular moments.</summary>
    private static async Task<double[]> ToRow(DemoStore shop, NpgsqlDataSource database, int changes)
    {
        var ids = (await shop.State("products")).Take(50).Select(product => product.GetProperty("id").GetString()!).ToArray();
        var random = new Random(5);
        var seen = new List<Task<double>>();
        for (var i = 0; i < changes; i++)
        {
            var (id, title, began) = (ids[i % ids.Length], $"Row {i} of {changes}", Stopwatch.GetTimestamp());
            await shop.Edit("product", id, new { title });
            seen.Add(Seen(database, title, began));
            await Task.Delay(random.Next(100, 900));
        }
        var lags = await Task.WhenAll(seen);
        Array.Sort(lags);
        return lags;
    }

    private static async Task<double> Seen(NpgsqlDataSource database, string title, long began)
    {
        while (true)
        {
            await using var command = database.CreateCommand("select exists (select from products where title = $1)");
            command.Parameters.Add(new() { Value = title });
            if (await command.ExecuteScalarAsync() is true)
                return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (Stopwatch.GetElapsedTime(began) > Most)
                throw new TimeoutException($"“{title}” never came into the copy.");
            await Task.Delay(5);
        }
    }

    private static async Task<int> ToPages(string address, DemoStore shop, int changes, int pages)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(WebhookBenchmark.Root, "tests", "CowansDashboard.Benchmarks", "webhooks-to-page.mjs"),
            "--address", address, "--shop", shop.BaseUrl.ToString(), "--email", WebhookBenchmark.Email, "--changes", $"{changes}", "--pages", $"{pages}"]);
        start.Environment["DASHBOARD_PASSWORD"] = WebhookBenchmark.Password;
        using var script = Process.Start(start)!;
        await script.WaitForExitAsync();
        return script.ExitCode;
    }

    private static async Task Until(NpgsqlDataSource database, string sql)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(200))
        {
            await using var command = database.CreateCommand(sql);
            if (await command.ExecuteScalarAsync() is true)
                return;
            if (Stopwatch.GetElapsedTime(began) > Most)
                throw new TimeoutException($"It never came to be: {sql}");
        }
    }

    private static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];
}
