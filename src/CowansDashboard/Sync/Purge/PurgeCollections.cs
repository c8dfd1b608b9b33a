using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using Npgsql;

namespace CowansDashboard.Sync.Purge;

/// <summary>
/// Deletes in Shopify the collections that were removed here and whose window is over, as products are: each is read once more,
/// one that was edited or published there since stays until a person has decided, and the intent is committed right before
/// Shopify is told.
/// </summary>
internal sealed class PurgeCollections(NpgsqlDataSource database, RunContext run, ShopifyAdmin admin)
{
    private RemoteSource Source => new(run.StoreId, run.RunId);

    public async Task Purge(CancellationToken cancel)
    {
        var due = await DueCollection.All(database, run.StoreId, cancel);
        if (due.Length == 0)
            return;
        var stream = run.Progress.Stream("collections", "by id");
        stream.SetTotal(stream.SoFar + due.Length);
        await PacedWorkers.For(admin).Run(due, (collection, stop) => One(stream, collection, stop), workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("by id", workers)), cancel);
        stream.Done();
    }

    private async Task One(RunStream stream, long collection, CancellationToken cancel)
    {
        await run.CheckFence(cancel);
        var merge = await new LookAtCollection(admin, database, Lane.Background, Source).Read(collection, null, cancel);
        if (!await PurgeProducts.Write(run, transaction => Look(transaction, stream, collection, merge, cancel), cancel))
            return;
        cancel.ThrowIfCancellationRequested();
        // Right before the call: another node may have gone on with this run, and a person may have restored the collection.
        if (await PurgeProducts.Write(run, transaction => Intend(transaction, stream, collection, cancel), cancel) is not { } going)
            return;
        var problem = await PurgeProducts.Refusal(admin, Mutations.CollectionDelete(ShopifyId.Collection(going.ShopifyId)), cancel);
        await PurgeProducts.Write(run, transaction => Note(transaction, stream, going, problem, cancel), cancel);
    }

    /// <summary>Brings in what Shopify holds and decides; true when it can be deleted now.</summary>
    private async Task<bool> Look(FencedTransaction transaction, RunStream stream, long collection, Func<NpgsqlConnection, Task<MergeCounts>> merge, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        await HoldCollections.Hold(connection, [collection], cancel);
        var before = await DueCollection.Find(connection, collection, cancel);
        await merge(connection);
        var now = before is null ? null : await DueCollection.Find(connection, collection, cancel);
        if (now?.WhyNot() is { Count: 0 })
            return true;
        // Told before, and the answer was lost: it is done.
        if (before is { WasSent: true } && now is null && await IsPurged(connection, before, cancel))
        {
            await Purged(connection, before, cancel);
            transaction.Count(RunCounter.Deleted, 1);
        }
        else if (now is not null)
        {
            await Keep(connection, now, cancel);
            transaction.Count(RunCounter.Conflicts, 1);
        }
        transaction.Advance(stream, 1);
        return false;
    }

    /// <summary>Takes the way back away, unless somebody has gone it meanwhile or a pull has brought another edit: then the next purge looks at it.</summary>
    private static async Task<DueCollection?> Intend(FencedTransaction transaction, RunStream stream, long collection, CancellationToken cancel)
    {
        await HoldCollections.Hold(transaction.Connection, [collection], cancel);
        if (await DueCollection.Find(transaction.Connection, collection, cancel) is not { } now || now.WhyNot().Count > 0)
        {
            transaction.Advance(stream, 1);
            return null;
        }
        await Execute(transaction.Connection, "update collection_removals set purge_sent_at = now(), tried_at = now(), problem = null where id = $1", cancel, now.Id);
        return now;
    }

    private async Task<bool> Note(FencedTransaction transaction, RunStream stream, DueCollection going, string? problem, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        await HoldCollections.Hold(connection, [going.CollectionId], cancel);
        if (problem is null)
        {
            await using var ticket = new NpgsqlCommand("select nextval('tickets')", connection);
            var (_, leftBehind) = await MarkGone.Collections(connection, Source, [going.ShopifyId], (long)(await ticket.ExecuteScalarAsync(cancel))!, cancel);
            await RefreshSummaries.Refresh(connection, leftBehind, cancel);
            await Purged(connection, going, cancel);
            transaction.Count(RunCounter.Deleted, 1);
        }
        else
        {
            // It was not deleted: it can be restored again until the next try.
            await Execute(connection, "update collection_removals set purge_sent_at = null, problem = $2, tried_at = now() where id = $1 and closed_at is null", cancel, going.Id, RunText.Clean(problem));
            run.Progress.Log(RunLogLevel.Error, $"Shopify did not delete the collection {going.Title}: {RunText.Clean(problem)}");
            transaction.Count(RunCounter.Failed, 1);
        }
        transaction.Advance(stream, 1);
        return true;
    }

    /// <summary>The row stays, with its history, as one that is gone; what waited of it waits for nothing any more.</summary>
    private async Task Purged(NpgsqlConnection connection, DueCollection gone, CancellationToken cancel)
    {
        await Execute(connection, """
            with s as (update collection_sources set pending = null, mark = case mark when 2 then 0 else mark end where collection_id = $1 and (pending is not null or mark = 2))
            update collections set pending = null, member_order = null, version = version + 1, updated_at = now() where id = $1
            """, cancel, gone.CollectionId);
        var head = new ChangeSetHead(run.StoreId, ChangeSetKind.Delete, PurgeProducts.ItsTitle, null, run.AskedBy.Id, run.AskedBy.Name, run.RunId);
        await RecordChanges.Record(connection, await PurgeProducts.ChangeSet(connection, run, cancel), head,
            [new ChangeRow(CatalogueFields.Collection, gone.CollectionId, null, "removed", new JsonObject { ["title"] = gone.Title }, null)], cancel);
    }

    private async Task Keep(NpgsqlConnection connection, DueCollection kept, CancellationToken cancel)
    {
        var changed = kept.WhyNot();
        await Execute(connection, "update collection_removals set purge_sent_at = null, changed = $2 where id = $1 and closed_at is null", cancel, kept.Id, changed.ToArray());
        run.Progress.Log(RunLogLevel.Warning, string.Create(CultureInfo.InvariantCulture, $"The collection {kept.Title} is kept, because it was changed in Shopify: {string.Join(", ", changed)}."));
    }

    private static async Task<bool> IsPurged(NpgsqlConnection connection, DueCollection gone, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select closed_as = 'purged' from collection_removals where id = $1", connection);
        command.Parameters.Add(new() { Value = gone.Id });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
