using System.Globalization;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends an approved plan to Shopify. Products are claimed, read once more, and sent while that look is fresh; every intent is
/// committed before it is sent, and every outcome with what Shopify returned. Killed anywhere it goes on: what was sent and not
/// confirmed is read before anything is sent again.
/// </summary>
public sealed class PushChanges(NpgsqlDataSource database, ConnectStore stores, ShopifyHttp http, SyncOptions options, TimeProvider clock) : IRunWork
{
    /// <summary>Products whose fields, variants and metafields alone change, in one look.</summary>
    private const int PlainAtOnce = 50;

    private static readonly TimeSpan HeldAgain = TimeSpan.FromSeconds(1);

    public static readonly RunKind Name = new("push", null);

    public RunKind Kind => Name;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var planId = run.Parameters.GetProperty("planId").GetInt64();
        var plan = await ReadPushPlan.Find(database, run.StoreId, planId, cancel)
            ?? throw new InvalidOperationException($"There is no plan {planId}.");
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        var stream = run.Progress.Stream("items", plan.Path == "bulk" ? "bulk operation" : "direct");
        var scope = new PushScope(run, planId, database, admin, stream, plan.Products + plan.Collections <= 5 ? Lane.Interactive : Lane.Background);
        stream.SetTotal(stream.SoFar + await Open(planId, cancel));

        var budget = admin.Governor.Reading;
        PushStages? stages = null;
        var joined = await PushCollections.Joined(database, planId, cancel);
        await WithPatience.Do(run, options, clock, async stop =>
        {
            if (plan.Path == "bulk")
                stages = await new PushInBulk(scope, http, options).Push(stop);
            await Direct(scope, stop);
            // A product that is new must be in Shopify before a collection can hold it.
            await new PushCollections(scope, clock).Push(stop);
            await new PushCollections(scope, clock).LookAgain(joined, stop);
        }, cancel);
        stream.Done();
        // A run that was resumed, or sent only what had failed, says nothing about how long the plan takes.
        PushTiming? timing = run is not { Attempt: 1, Epoch: 1 } || run.Parameters.TryGetProperty("retry", out _) ? null
            : new(plan.Path, default, clock.GetElapsedTime(began).TotalSeconds, admin.Governor.Reading.RestoreRate, budget.CurrentlyAvailable, stages?.Running.Seconds) { Stages = stages?.Seconds() };
        await Close(run, plan, timing, cancel);
    }

    private async Task Direct(PushScope scope, CancellationToken cancel)
    {
        while (true)
        {
            var chunks = await Chunks(scope.PlanId, cancel);
            if (chunks.Count == 0)
                return;
            var before = scope.Stream.SoFar;
            await PacedWorkers.For(scope.Admin).Run(chunks, (chunk, stop) => new PushProducts(scope, clock).Push(chunk.Products, chunk.Plain, stop),
                workers => scope.Run.Progress.Stream(scope.Stream.Name, PacedWorkers.Say("direct", workers)), cancel);
            if (scope.Stream.SoFar > before)
                continue;
            // What is left is held by another push, or waits for an answer that it gets in the next round.
            scope.Run.Progress.WaitFor("another push, which sends the same products");
            await Task.Delay(HeldAgain, clock, cancel);
            scope.Run.Progress.WaitFor(null);
        }
    }

    private async Task<long> Open(long planId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select count(*) from push_items where plan_id = $1 and status in ('waiting', 'sent') and not excluded");
        command.Parameters.Add(new() { Value = planId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Products with open items: plain ones many at a time, others as many as are read whole at once.</summary>
    private async Task<List<Chunk>> Chunks(long planId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select i.product_id, bool_and({PushProduct.IsPlainItem})
            from push_items i where i.plan_id = $1 and i.collection_id is null and i.status in ('waiting', 'sent') and not i.excluded
            group by i.product_id order by i.product_id
            """);
        command.Parameters.Add(new() { Value = planId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (plain, whole) = (new List<long>(), new List<long>());
        while (await reader.ReadAsync(cancel))
            (reader.GetBoolean(1) ? plain : whole).Add(reader.GetInt64(0));
        return [.. plain.Chunk(PlainAtOnce).Select(products => new Chunk(products, true)), .. whole.Chunk(ReadProducts.AtOnce).Select(products => new Chunk(products, false))];
    }

    private static async Task Close(RunContext run, PushPlanRow plan, PushTiming? timing, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        if (timing is not null)
            await PushTimings.Note(transaction.Connection, plan.Id, run.RunId, timing, cancel);
        await using var command = new NpgsqlCommand("""
            with claims as (delete from push_claims where run_id = $1), collections as (delete from push_collection_claims where run_id = $1)
            select count(*) filter (where status = 'done'), count(*) filter (where status in ('refused', 'failed')),
                count(*) filter (where status = 'conflict'), count(*) filter (where status = 'skipped'),
                (select count(*) from conflicts c where c.closed_as = 'overwritten' and c.push_item_id in (select id from push_items where plan_id = $2))
            from push_items where plan_id = $2
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = plan.Id });
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            run.Progress.Log(reader.GetInt64(1) + reader.GetInt64(2) > 0 ? RunLogLevel.Warning : RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
                $"{reader.GetInt64(0):#,0} sent, {reader.GetInt64(1):#,0} refused, {reader.GetInt64(2):#,0} in conflict, {reader.GetInt64(3):#,0} left out."));
            if (reader.GetInt64(4) is > 0 and var overwritten)
                run.Progress.Log(RunLogLevel.Warning, string.Create(CultureInfo.InvariantCulture,
                    $"Sent over {overwritten:#,0} {(overwritten == 1 ? "value that" : "values that")} came to Shopify after the last look. They are kept with the conflicts and can be restored."));
        }
        await transaction.Commit(cancel);
    }

    private sealed record Chunk(long[] Products, bool Plain);
}
