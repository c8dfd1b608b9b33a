using System.Globalization;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Pulls what changed in a shop since the last pull: lists the changed products, reads each of them whole, reads the
/// collections that changed or that they concern, and finds what was deleted. Only a pull that brought everything
/// moves the moment from which the next one looks.
/// </summary>
public sealed class PullChanges(NpgsqlDataSource database, ConnectStore stores, SyncOptions options, TimeProvider clock) : IRunWork
{
    /// <summary>Shopify's clock tells whole seconds, and its search may lag behind a change.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    public RunKind Kind => StartPull.Incremental;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        using var checkpoint = new ChangesCheckpoint(run);
        if (checkpoint.Cursor is null)
            await Begin(run, admin, checkpoint, cancel);
        await new PullLocations(run, database, admin).Pull(cancel);
        await new PullPublications(run, database, admin).Pull(cancel);

        var products = run.Progress.Stream("products", "by id");
        await List(run, admin, checkpoint, products, cancel);
        await new UnreadyMedia(run, database, admin).Note(cancel);
        await Concern(run, admin, checkpoint, cancel);
        products.SetStage("reading what changed");
        await new RereadProducts(run, database, admin).Noted(products, cancel);

        await Deleted(run, admin, checkpoint, cancel);
        products.SetStage(null);
        await new RereadProducts(run, database, admin).Noted(products, cancel);
        products.Done();
        var collections = await CollectionsAbove.Add(database, run.StoreId, run.RunId, checkpoint.Cursor!.Collections!, cancel);
        var stream = run.Progress.Stream("collections", "by id");
        stream.ResetTo(0);
        await new PullCollections(run, database, admin).Pull(collections, stream, cancel);
        stream.Done();
        await new PullCollectionPublications(run, database, admin).PullDue(checkpoint.Cursor.HaveCollectionsMoved, cancel);
        await new PullCategories(run, database, admin).Pull(cancel);
        await Close(run, checkpoint.Cursor.Next, cancel);
    }

    /// <summary>Shopify's time, taken before anything else is asked, and the time to look back to.</summary>
    private async Task Begin(RunContext run, ShopifyAdmin admin, ChangesCheckpoint checkpoint, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select incremental_since from stores where id = $1");
        command.Parameters.Add(new() { Value = run.StoreId });
        if (await command.ExecuteScalarAsync(cancel) is not DateTime last)
            throw new InvalidOperationException(StartPull.NeverPulled);
        var shop = await admin.Send(Queries.Shop(), Lane.Background, cancel);
        var since = new DateTimeOffset(last);
        if (run.Parameters.ValueKind is JsonValueKind.Object && run.Parameters.TryGetProperty("since", out var asked) && asked.GetDateTimeOffset() < since)
            since = asked.GetDateTimeOffset();
        await checkpoint.Save(_ => new ChangesCursor(since - Overlap, shop.ServerDate ?? clock.GetUtcNow()), null, cancel);
    }

    private async Task List(RunContext run, ShopifyAdmin admin, ChangesCheckpoint checkpoint, RunStream stream, CancellationToken cancel)
    {
        var list = new ListChanged(admin, database, run.StoreId, checkpoint.Cursor!.Since, options.MostListed);
        if (checkpoint.Cursor.Unlisted is null)
        {
            stream.SetStage("counting what changed");
            var (count, slices) = await list.Plan(cancel);
            var since = await OnTheShopsClock(run.StoreId, checkpoint.Cursor.Since, cancel);
            run.Progress.Log(count > options.MostListed ? RunLogLevel.Warning : RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
                $"{count:N0} products changed since {since}.{(count > options.MostListed ? " Pulling everything may be quicker." : "")}"));
            await checkpoint.Save(cursor => cursor! with { Unlisted = slices }, null, cancel);
        }
        stream.SetStage("listing what changed");
        await PacedWorkers.For(admin).Run(checkpoint.Cursor.Unlisted!, async (slice, stop) =>
        {
            await run.CheckFence(stop);
            var ids = await list.List(slice, stop);
            await checkpoint.Save(cursor => cursor! with { Unlisted = [.. cursor.Unlisted!.Where(one => one != slice)] },
                transaction => NoteProducts.Note(transaction, run.RunId, ids, "changed in Shopify", stop), stop);
        }, workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("pages", workers)), cancel);
    }

    private async Task<string> OnTheShopsClock(long storeId, DateTimeOffset moment, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select coalesce(time_zone, '') from stores where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        var named = await command.ExecuteScalarAsync(cancel) is string name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
        return ShopClock.Say(moment, named);
    }

    /// <summary>Before the products are read: then the copy still knows where they were.</summary>
    private async Task Concern(RunContext run, ShopifyAdmin admin, ChangesCheckpoint checkpoint, CancellationToken cancel)
    {
        if (checkpoint.Cursor!.Collections is not null)
            return;
        await using var command = database.CreateCommand("select coalesce(array_agg(product_shopify_id), '{}') from pull_rereads where run_id = $1");
        command.Parameters.Add(new() { Value = run.RunId });
        var noted = (long[])(await command.ExecuteScalarAsync(cancel))!;
        var changed = await new ListChangedCollections(admin).List(checkpoint.Cursor.Since, cancel);
        var concerned = await new ConcernedCollections(run.StoreId, database, admin).Of(noted, cancel);
        await checkpoint.Save(cursor => cursor! with { Collections = [.. changed.Union(concerned)], HaveCollectionsMoved = changed.Count > 0 }, null, cancel);
    }

    private async Task Deleted(RunContext run, ShopifyAdmin admin, ChangesCheckpoint checkpoint, CancellationToken cancel)
    {
        var stream = run.Progress.Stream("deleted", "by id");
        var products = await new FindDeleted(run, database, admin).Find(stream, cancel);
        var left = await new ConcernedCollections(run.StoreId, database, admin).Of(products, cancel);
        await checkpoint.Save(cursor => cursor! with { Collections = [.. cursor.Collections!.Union(left)] }, null, cancel);
        var gone = new FindGone(run, database, admin, options);
        await gone.Guard(cancel);
        await gone.Products(stream, cancel);
        await gone.Children(cancel);
        stream.SetStage(null);
        stream.Done();
    }

    private static async Task Close(RunContext run, DateTimeOffset next, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            with rereads as (delete from pull_rereads where run_id = $3),
            unseen as (delete from pull_unseen where run_id = $3),
            batches as (delete from pull_batches where run_id = $3)
            update stores set incremental_since = greatest(incremental_since, $2), data_as_of = greatest(data_as_of, $2) where id = $1
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = next.UtcDateTime });
        command.Parameters.Add(new() { Value = run.RunId });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }
}
