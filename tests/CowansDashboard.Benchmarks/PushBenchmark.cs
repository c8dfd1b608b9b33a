using System.Diagnostics;
using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// Products with one changed title and price are pushed, twice: which path the plan chooses, what it forecasts, and what happens,
/// beside the points ÷ restore rate of the shop and beside the bulk operations' own time.
/// </summary>
public static class PushBenchmark
{
    private static readonly AskedBy Benchmark = new(null, "Benchmark");

    public static async Task Run(string[] arguments)
    {
        var folder = Text(arguments, "--folder", Path.Combine(Path.GetTempPath(), "cowan-benchmarks"));
        var products = Number(arguments, "--products", 10_000);
        var plan = Text(arguments, "--plan", "plus");
        var path = Text(arguments, "--path", "") is { Length: > 0 } asked ? asked : null;
        var latency = Number(arguments, "--latency", 0);
        var line = Number(arguments, "--line-ms", 0);
        await using var postgres = await BenchmarkPostgres.Start(folder, Number(arguments, "--port", 5433));
        await using (await postgres.Fresh("push")) { }
        await using var demo = await DemoStore.Start(products, plan: plan, more: ["--bulk-line-ms", $"{line}"]);
        await using var shop = await PulledShop.Connect(postgres.ConnectionString("push"), demo);
        await shop.Perform(StartPull.Full);
        if (latency > 0)
            await demo.Fault("slow", new { ms = latency });
        Console.WriteLine($"{products:N0} products, a title and a price each, plan {plan}, every answer {latency} ms later, a line of a bulk operation {(line > 0 ? $"{line} ms" : "as fast as this machine does it")}, {Environment.ProcessorCount} cores");
        for (var round = 1; round <= Number(arguments, "--rounds", 2); round++)
            await Round(shop, demo, postgres, round, path);
    }

    private static async Task Round(PulledShop shop, DemoStore demo, BenchmarkPostgres postgres, int round, string? path)
    {
        var database = shop.Get<NpgsqlDataSource>();
        await Edit(database, "products", "title", $"regexp_replace(title, ' #\\d+$', '') || ' #{round}'", "true");
        await Edit(database, "variants", "price", "price + 1", "id in (select min(id) from variants where deleted_at is null group by product_id)");
        await Settle(database);
        var admin = await shop.Get<ConnectStore>().Connect(shop.Store, CancellationToken.None);
        var prepared = (PreparePushOutcome.Prepared)await shop.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "Benchmark", Benchmark) { Path = path }, CancellationToken.None);
        var plan = (await shop.Get<ReadPushPlan>().Find(shop.Store, prepared.PlanId, CancellationToken.None))!;
        await demo.ClearCalls();
        var before = admin.Governor.Reading;
        var (ours, theirs, shops) = (Environment.CpuUsage.TotalTime, postgres.Cpu(), demo.Cpu);
        var watch = Stopwatch.StartNew();
        var started = (StartPushOutcome.Started)await shop.Get<StartPush>().Start(shop.Store, plan.Id, plan.Hash, Benchmark, CancellationToken.None);
        await shop.Until(started.RunId);
        var seconds = watch.Elapsed.TotalSeconds;
        (ours, theirs, shops) = (Environment.CpuUsage.TotalTime - ours, postgres.Cpu() - theirs, demo.Cpu - shops);
        var after = admin.Governor.Reading;
        var done = (await shop.Get<ReadPushPlan>().Find(shop.Store, plan.Id, CancellationToken.None))!;
        var calls = (await demo.Calls()).GetProperty("total").GetInt64();

        Console.WriteLine($"round {round}: {plan.Path}. {plan.Reason}");
        Console.WriteLine(Say($"  {seconds:0.0} s, forecast {plan.Seconds:0.0} s ({plan.Seconds / seconds - 1:+0%;-0%}, goal ±15% after one earlier run); {done.Counts.GetValueOrDefault(PushStatus.Done):#,0} of {plan.Entities:#,0} rows done"));
        Console.WriteLine(Say($"  {calls:#,0} calls, {(double)calls / plan.Products:0.000} a product{(plan.Path == "bulk" ? " (goal 0.010)" : "")}; THROTTLED {after.Throttled - before.Throttled} (goal 0)"));
        Console.WriteLine(Say($"  processor time: dashboard {ours.TotalSeconds:0.0} s, PostgreSQL {theirs.TotalSeconds:0.0} s, the demo store in Shopify's place {shops.TotalSeconds:0.0} s"));
        if (plan.Path == "bulk")
        {
            var own = await OwnTime(database, admin, started.RunId);
            Console.WriteLine(Say($"  operations ran at Shopify for {own:0.0} s; outside of that {seconds - own:0.0} s (goal {Math.Max(5, own * 0.1):0.0} s)"));
            Console.WriteLine($"  stages, side by side: {await Stages(database, started.RunId)}");
            return;
        }
        var floor = plan.Operations * MutationCost.Flat / after.RestoreRate;
        var flowed = after.PointsSpent - before.PointsSpent - (before.CurrentlyAvailable - after.CurrentlyAvailable);
        Console.WriteLine(Say($"  points ÷ restore rate {floor:0.0} s: {seconds / floor:0.00}× (goal 1.05×); of what flowed back {flowed / (after.RestoreRate * seconds):0.0%} was spent; {before.CurrentlyAvailable:#,0} points were there at the start"));
    }

    /// <summary>How long any operation of the run went on, by Shopify's word: the gaps between them do not count.</summary>
    private static async Task<double> OwnTime(NpgsqlDataSource database, ShopifyAdmin admin, long runId)
    {
        await using var command = database.CreateCommand("select coalesce(array_agg(operation_id), '{}') from push_files where run_id = $1 and operation_id is not null");
        command.Parameters.Add(new() { Value = runId });
        var operations = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var operation in (string[])(await command.ExecuteScalarAsync())!)
            if ((await admin.Send(BulkOperations.Status(ShopifyId.Parse(operation)), Lane.Background, CancellationToken.None)).Data.BulkOperation is { CreatedAt: { } created, CompletedAt: { } completed })
                operations.Add((created, completed));
        var (own, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var (from, to) in operations.Order())
        {
            own += to <= until ? TimeSpan.Zero : to - (from > until ? from : until);
            until = to > until ? to : until;
        }
        return own.TotalSeconds;
    }

    private static async Task<string> Stages(NpgsqlDataSource database, long runId)
    {
        await using var command = database.CreateCommand("select string_agg(key || ' ' || round(value::numeric, 1) || ' s', ', ') from push_timings, jsonb_each_text(stages) where run_id = $1");
        command.Parameters.Add(new() { Value = runId });
        return await command.ExecuteScalarAsync() as string ?? "not measured";
    }

    private static async Task Edit(NpgsqlDataSource database, string table, string column, string expression, string where)
    {
        await using var command = database.CreateCommand($$"""
            update {{table}} t set pending = jsonb_build_object('{{column}}', to_jsonb(t) -> '{{column}}') || coalesce(pending, '{}'), {{column}} = {{expression}}
            where deleted_at is null and {{where}}
            """);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>As an edit leaves the lists, and as a shop is whose pull or edit is an hour old: PostgreSQL has tidied up.</summary>
    private static async Task Settle(NpgsqlDataSource database)
    {
        long[] products;
        await using (var all = database.CreateCommand("select array_agg(id order by id) from products where deleted_at is null"))
            products = (long[])(await all.ExecuteScalarAsync())!;
        foreach (var some in products.Chunk(1_000))
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await RefreshSummaries.Refresh(connection, some, CancellationToken.None);
            await transaction.CommitAsync();
        }
        await using var tidy = database.CreateCommand("vacuum analyze");
        tidy.CommandTimeout = 0;
        await tidy.ExecuteNonQueryAsync();
        await using var write = database.CreateCommand("checkpoint");
        write.CommandTimeout = 0;
        await write.ExecuteNonQueryAsync();
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(string[] arguments, string name, string otherwise) =>
        Array.IndexOf(arguments, name) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;

    private static int Number(string[] arguments, string name, int otherwise) =>
        int.Parse(Text(arguments, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
