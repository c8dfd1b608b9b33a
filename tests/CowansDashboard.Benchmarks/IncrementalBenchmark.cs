using System.Diagnostics;
using System.Globalization;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// Changed products read by id and merged: by one worker, by two to ten, and as a whole incremental pull. Beside each
/// the share of the points that flowed back which it spent; the full bucket of the beginning does not count.
/// </summary>
public static class IncrementalBenchmark
{
    public static async Task Run(string[] arguments)
    {
        var folder = Text(arguments, "--folder", Path.Combine(Path.GetTempPath(), "cowan-benchmarks"));
        var products = Number(arguments, "--products", 3_000);
        var latency = Number(arguments, "--latency", 150);
        var plan = Text(arguments, "--plan", "plus");
        await using var postgres = await BenchmarkPostgres.Start(folder, Number(arguments, "--port", 5433));
        await using (await postgres.Fresh("incremental")) { }
        await using var demo = await DemoStore.Start(products, plan: plan);
        await using var shop = await PulledShop.Connect(postgres.ConnectionString("incremental"), demo);
        await shop.Perform(StartPull.Full);
        await demo.MoveClock(TimeSpan.FromHours(2));
        await demo.Fault("slow", new { ms = latency });
        var admin = await shop.Get<ConnectStore>().Connect(shop.Store, CancellationToken.None);
        Console.WriteLine($"{products:N0} products, plan {plan}, every answer {latency} ms later, {Environment.ProcessorCount} cores");

        await Measure("1 worker", demo, admin, products / 5, 1, ids => Read(shop, admin, ids, 1));
        await Measure("2-10 workers", demo, admin, products, 2, ids => Read(shop, admin, ids, ThrottleMath.MaximumWorkers));
        await Measure("whole pull", demo, admin, products, 3, async _ => (await shop.Perform(StartPull.Incremental)).Now.Streams.Single(stream => stream.Name == "products").How);
    }

    private static async Task Measure(string name, DemoStore demo, ShopifyAdmin admin, int products, int seed, Func<long[], Task<string>> work)
    {
        long[] ids = [.. (await demo.EditMany("product", products, seed, true, "title")).Select(gid => ShopifyId.Parse(gid).Number)];
        var before = admin.Governor.Reading;
        var watch = Stopwatch.StartNew();
        var how = await work(ids);
        var seconds = watch.Elapsed.TotalSeconds;
        var after = admin.Governor.Reading;
        var spent = after.PointsSpent - before.PointsSpent;
        var flowed = spent - (before.CurrentlyAvailable - after.CurrentlyAvailable);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-13} {ids.Length,6:N0} products {seconds,6:0.0} s {ids.Length / seconds,6:0} products/s {spent,8:N0} points ({spent / ids.Length:0.0} each) {spent / seconds,6:0}/s of {after.RestoreRate:0}/s   share {flowed / (after.RestoreRate * seconds):0.0%} (goal 95 %)   THROTTLED {after.Throttled - before.Throttled} (goal 0)   {how}"));
    }

    private static async Task<string> Read(PulledShop shop, ShopifyAdmin admin, long[] ids, int workers)
    {
        var database = shop.Get<NpgsqlDataSource>();
        var seen = new List<int>();
        await new PacedWorkers(() => admin.Governor.Reading, TimeProvider.System) { Most = workers }.Run(ids.Chunk(ReadProducts.AtOnce), async (chunk, cancel) =>
        {
            var read = await new ReadProducts(admin, database, Lane.Background).Read(chunk, cancel);
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await new MergeProducts(shop.Store, null).Merge(connection, read, cancel);
            await transaction.CommitAsync(cancel);
        }, seen.Add, CancellationToken.None);
        return $"{seen.Max()} workers at most";
    }

    private static string Text(string[] arguments, string name, string otherwise) =>
        Array.IndexOf(arguments, name) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;

    private static int Number(string[] arguments, string name, int otherwise) =>
        int.Parse(Text(arguments, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
