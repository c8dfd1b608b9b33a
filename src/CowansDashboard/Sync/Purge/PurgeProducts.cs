using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Purge;

/// <summary>
/// Deletes in Shopify what was deleted here and whose window is over. Each product is read once more under its lock: one
/// that is not archived any more, or was edited there since its window began, is a conflict and stays. The intent is
/// committed right before Shopify is told, so that until then the product can be restored, and after a crash it is read
/// again before Shopify is told once more. Collections come after the products.
/// </summary>
public sealed class PurgeProducts(NpgsqlDataSource database, ConnectStore stores, SyncOptions options, TimeProvider clock) : IRunWork
{
    private const int MostAttempts = 5;

    /// <summary>Of the change set of everything that one run deletes.</summary>
    internal const string ItsTitle = "Deleted in Shopify: the time to restore was over";

    public static readonly RunKind Name = new("purge", "purge");

    public RunKind Kind => Name;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var admin = await stores.Connect(run.StoreId, cancel);
        using var report = new ReportBudget(admin.Governor, run.Progress, clock);
        var stream = run.Progress.Stream("products", "by id");
        await WithPatience.Do(run, options, clock, async stop =>
        {
            var due = await DueRemoval.Products(database, run.StoreId, stop);
            stream.SetTotal(stream.SoFar + due.Length);
            await PacedWorkers.For(admin).Run(due.Chunk(ReadProducts.AtOnce), (chunk, end) => Purge(run, admin, stream, chunk, end),
                workers => run.Progress.Stream(stream.Name, PacedWorkers.Say("by id", workers)), stop);
        }, cancel);
        stream.Done();
        await WithPatience.Do(run, options, clock, new PurgeCollections(database, run, admin).Purge, cancel);
        await Tell(run, cancel);
    }

    private async Task Purge(RunContext run, ShopifyAdmin admin, RunStream stream, long[] shopifyIds, CancellationToken cancel)
    {
        await run.CheckFence(cancel);
        var read = await new ReadProducts(admin, database, Lane.Background).Read(shopifyIds, cancel);
        var going = await Write(run, transaction => Look(transaction, run, read, stream, cancel), cancel);
        foreach (var product in going)
        {
            cancel.ThrowIfCancellationRequested();
            // Before every call, which may have waited long for the one before: another node may have gone on with this run,
            // and a person may have restored the product.
            if (!await Write(run, transaction => Intend(transaction, run, stream, product, cancel), cancel))
                continue;
            var problem = await Refusal(admin, Mutations.ProductDelete(ShopifyId.Product(product.ShopifyId)), cancel);
            await Write(run, transaction => Note(transaction, run, stream, product, problem, cancel), cancel);
        }
    }

    /// <summary>Brings in what Shopify holds and decides; answers what can be deleted now.</summary>
    private async Task<List<DueRemoval>> Look(FencedTransaction transaction, RunContext run, ProductsRead read, RunStream stream, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        long[] shopifyIds = [.. read.Products.Select(product => product.ShopifyId), .. read.Gone];
        var before = await DueRemoval.Read(connection, run.StoreId, shopifyIds, cancel);
        await HoldProducts.Hold(connection, [.. before.Select(row => row.ProductId)], cancel);
        before = await DueRemoval.Read(connection, run.StoreId, shopifyIds, cancel);
        // Told before, and the answer was lost: it is done.
        List<DueRemoval> done = [.. before.Where(row => row.WasSent && read.Gone.Contains(row.ShopifyId))];
        if (done.Count > 0)
            await Purged(connection, run, done, read.Ticket, cancel);
        await new MergeProducts(run.StoreId, run.RunId).Merge(connection, read, cancel);
        var (going, kept) = (new List<DueRemoval>(), 0);
        foreach (var row in await DueRemoval.Read(connection, run.StoreId, shopifyIds, cancel))
        {
            var changed = row.WhyNot();
            if (changed.Count == 0)
            {
                going.Add(row);
                continue;
            }
            kept++;
            await Disagree(connection, run, row, changed, cancel);
        }
        transaction.Advance(stream, shopifyIds.Length - going.Count);
        transaction.Count(RunCounter.Deleted, done.Count);
        transaction.Count(RunCounter.Conflicts, kept);
        return going;
    }

    /// <summary>Takes the way back away, unless somebody has gone it meanwhile or a pull has brought another edit: then the next purge looks at it.</summary>
    private async Task<bool> Intend(FencedTransaction transaction, RunContext run, RunStream stream, DueRemoval product, CancellationToken cancel)
    {
        await HoldProducts.Hold(transaction.Connection, [product.ProductId], cancel);
        if ((await DueRemoval.Read(transaction.Connection, run.StoreId, [product.ShopifyId], cancel)) is not [var now] || now.Id != product.Id || now.WhyNot().Count > 0)
        {
            transaction.Advance(stream, 1);
            return false;
        }
        await using var intent = new NpgsqlCommand("update removals set purge_sent_at = now(), tried_at = now() where id = $1", transaction.Connection);
        intent.Parameters.Add(new() { Value = product.Id });
        await intent.ExecuteNonQueryAsync(cancel);
        return true;
    }

    /// <summary>Sends a deletion. Null when Shopify has it no longer; else why not.</summary>
    internal static async Task<string?> Refusal(ShopifyAdmin admin, Operation<MutationData> deletion, CancellationToken cancel)
    {
        try
        {
            var answer = await admin.Send(deletion, Lane.Background, cancel);
            return answer.UserErrors.Count == 0 || answer.UserErrors.All(error => error.Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase))
                ? null
                : string.Join(" ", answer.UserErrors.Select(error => error.Message).Distinct());
        }
        catch (ShopifyFaultException wrong) when (wrong.Fault is ShopifyFault.Invalid)
        {
            return wrong.Message;
        }
    }

    private static async Task<bool> Note(FencedTransaction transaction, RunContext run, RunStream stream, DueRemoval product, string? problem, CancellationToken cancel)
    {
        var connection = transaction.Connection;
        await HoldProducts.Hold(connection, [product.ProductId], cancel);
        if (problem is null)
        {
            await using var ticket = new NpgsqlCommand("select nextval('tickets')", connection);
            await Purged(connection, run, [product], (long)(await ticket.ExecuteScalarAsync(cancel))!, cancel);
            transaction.Count(RunCounter.Deleted, 1);
        }
        else
        {
            // It was not deleted: it can be restored again until the next try.
            await using var command = new NpgsqlCommand("update removals set purge_sent_at = null, problem = $2, tried_at = now() where id = $1 and closed_at is null", connection);
            command.Parameters.Add(new() { Value = product.Id });
            command.Parameters.Add(new() { Value = RunText.Clean(problem) });
            await command.ExecuteNonQueryAsync(cancel);
            run.Progress.Log(RunLogLevel.Error, $"Shopify did not delete {product.Title}: {RunText.Clean(problem)}");
            transaction.Count(RunCounter.Failed, 1);
        }
        transaction.Advance(stream, 1);
        return true;
    }

    /// <summary>The row stays, with its history, as one that is gone.</summary>
    private static async Task Purged(NpgsqlConnection connection, RunContext run, IReadOnlyList<DueRemoval> products, long ticket, CancellationToken cancel)
    {
        long[] ids = [.. products.Select(row => row.ProductId)];
        var head = new ChangeSetHead(run.StoreId, ChangeSetKind.Delete, ItsTitle, null, run.AskedBy.Id, run.AskedBy.Name, run.RunId);
        await RecordChanges.Record(connection, await ChangeSet(connection, run, cancel), head,
            [.. products.Select(row => new ChangeRow(CatalogueFields.Product, row.ProductId, row.ProductId, "removed", new JsonObject { ["title"] = row.Title, ["status"] = row.Status }, null))], cancel);
        await MarkGone.Silently(connection, run.StoreId, [.. products.Select(row => row.ShopifyId)], ticket, cancel);
        await DeletedProducts.LetGo(connection, ids, cancel);
        await RemovalWindow.Close(connection, ids, "purged", null, cancel);
        await RefreshSummaries.Refresh(connection, ids, cancel);
    }

    /// <summary>All that one run deletes is one change set; 0 while it has none. Its first is made by one of the workers, and the others wait for that.</summary>
    internal static async Task<long> ChangeSet(NpgsqlConnection connection, RunContext run, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(1383428724, ($1 % 2147483647)::int)", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        await command.ExecuteNonQueryAsync(cancel);
        await using var find = new NpgsqlCommand("select coalesce(min(id), 0) from change_sets where run_id = $1 and kind = 'delete'", connection);
        find.Parameters.Add(new() { Value = run.RunId });
        return (long)(await find.ExecuteScalarAsync(cancel))!;
    }

    private async Task Tell(RunContext run, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select (select coalesce(sum(products), 0) from change_sets where run_id = $1 and kind = 'delete'), (select count(*) from conflicts where run_id = $1 and field = 'removal'),
                (select count(*) from changes c join change_sets s on s.id = c.change_set_id where s.run_id = $1 and s.kind = 'delete' and c.entity = 'collection' and c.field = 'removed')
            """);
        command.Parameters.Add(new() { Value = run.RunId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        run.Progress.Log(reader.GetInt64(1) > 0 ? RunLogLevel.Warning : RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
            $"{reader.GetInt64(0):#,0} deleted in Shopify, {reader.GetInt64(1):#,0} kept because they were edited there."));
        if (reader.GetInt64(2) is > 0 and var collections)
            run.Progress.Log(RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture, $"{collections:#,0} {(collections == 1 ? "collection" : "collections")} deleted in Shopify."));
    }

    private static async Task Disagree(NpgsqlConnection connection, RunContext run, DueRemoval row, IReadOnlyList<string> changed, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into conflicts (store_id, entity, entity_id, product_id, field, base, ours, shopifys, run_id)
            values ($1, 'product', $2, $2, 'removal', '"archived"', to_jsonb($3::text), to_jsonb($4::text[]), $5)
            on conflict (entity, entity_id, field) where closed_at is null
            do update set shopifys = excluded.shopifys, heard_at = now(), revision = conflicts.revision + 1
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = row.ProductId });
        command.Parameters.Add(new() { Value = row.Removal });
        command.Parameters.Add(new() { Value = changed.ToArray() });
        command.Parameters.Add(new() { Value = run.RunId });
        await command.ExecuteNonQueryAsync(cancel);
        await using var back = new NpgsqlCommand("update removals set purge_sent_at = null where id = $1", connection);
        back.Parameters.Add(new() { Value = row.Id });
        await back.ExecuteNonQueryAsync(cancel);
    }

    internal static async Task<T> Write<T>(RunContext run, Func<FencedTransaction, Task<T>> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await run.Begin(cancel);
                var result = await work(transaction);
                await transaction.Commit(cancel);
                return result;
            }
            catch (PostgresException clash) when (attempt < MostAttempts && clash.SqlState
                is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // Somebody wrote the same rows at this moment; what is read now is newer.
            }
        }
    }
}
