using System.Globalization;
using System.Text.Json;
using CowansDashboard.History;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends plain changes by bulk mutations: a look at the products, one file for each kind of call, all of them run side by side, and
/// each line of the results confirmed as an answer of a call would be. What the results leave open is read once more, many at a
/// time; what is still not known then, and what is not plain, is left to be sent one by one.
/// </summary>
public sealed class PushInBulk(PushScope scope, ShopifyHttp http, SyncOptions options)
{
    /// <summary>So many are looked at and sent together: the look must not be old when their line's turn comes.</summary>
    private const int ProductsAtOnce = 10_000;

    private const int RowsAtOnce = 50_000;
    private const int LookAtOnce = 250;
    private const int LinesAtOnce = 250;
    private const int FilesAtOnce = 5;

    private readonly BulkMutationRunner _runner = new(scope.Admin);
    private readonly ConfirmProducts _confirm = new(scope);
    private readonly PrepareProducts _prepare = new(scope);
    private TimeSpan _own;

    /// <summary>Answers how long Shopify's operations themselves ran.</summary>
    public async Task<TimeSpan> Push(CancellationToken cancel)
    {
        await Run(await Resumed(cancel), cancel);
        while (await Next(cancel) is { Length: > 0 } products)
        {
            await Run(await Write(products, cancel), cancel);
            await LookAgain(products, cancel);
        }
        scope.Stream.SetStage(null);
        return _own;
    }

    /// <summary>What an earlier performance of this run had under way: an operation that Shopify knows goes on, any other file counts for nothing.</summary>
    private async Task<List<PushFile>> Resumed(CancellationToken cancel)
    {
        var files = new List<PushFile>();
        foreach (var file in await PushFiles.Open(scope.Database, scope.Run.RunId, cancel))
            if (file.Status == PushFile.Started)
                files.Add(file);
            else if (await _runner.Find(file.Marked(scope.Run), cancel) is { } found)
                files.Add(await PushFiles.Set(scope, file, PushFile.Started, found.ToString(), cancel));
            else
                await Drop(file, cancel);
        return files;
    }

    /// <summary>A file that Shopify does not run: its items wait as before. Answers how many products they are of.</summary>
    private async Task<int> Drop(PushFile file, CancellationToken cancel)
    {
        var waiting = await PushFiles.Unsend(scope, file, cancel);
        await PushFiles.Set(scope, file, PushFile.Void, null, cancel);
        OnDisk(file).Delete();
        return waiting;
    }

    private async Task<long[]> Next(CancellationToken cancel)
    {
        // Sent before and not answered: one by one, after another look. Files run side by side, so that tags which only fit in when
        // others have gone are sent one by one too.
        await using var command = scope.Database.CreateCommand("""
            select coalesce(array_agg(product_id), '{}') from (
                select product_id, count(*) as n, sum(count(*)) over (order by product_id) as rows from push_items i where plan_id = $1 and status in ('waiting', 'sent') and not excluded
                    and not exists (select from push_claims c join runs r on r.id = c.run_id where c.product_id = i.product_id and c.run_id <> $2
                        and r.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted'))
                group by product_id
                having bool_and(status = 'waiting' and kind = 'update' and entity in ('product', 'variant') and not fields ?| array['media_ids', 'position', 'option_values']
                    and (not fields ? 'tags' or $4 >= jsonb_array_length(fields -> 'tags' -> 'base')
                        + jsonb_array_length((fields -> 'tags' -> 'new') - array(select jsonb_array_elements_text(fields -> 'tags' -> 'base')))))
                order by product_id limit $3) p
            where rows - n < $5
            """);
        command.Parameters.Add(new() { Value = scope.PlanId });
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        command.Parameters.Add(new() { Value = ProductsAtOnce });
        command.Parameters.Add(new() { Value = ShopifyLimits.MostTags });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<IReadOnlyList<PushFile>> Write(long[] products, CancellationToken cancel)
    {
        scope.Stream.SetStage("reading what is about to change");
        Directory.CreateDirectory(options.Folder);
        await using var files = new BulkFiles(scope, options, scope.Admin.Clock.GetUtcNow());
        await PacedWorkers.For(scope.Admin).Run(products.Chunk(LookAtOnce), async (chunk, stop) =>
        {
            if (await _prepare.Claim(chunk, stop) is { Length: > 0 } mine)
                await files.Add(await _prepare.Prepare(mine, plain: true, stop), stop);
        }, null, cancel);
        return await files.Close(cancel);
    }

    /// <summary>
    /// Rows that two files carry, and rows that somebody else read meanwhile: one look at many shows what became of them. What it does
    /// not settle stays as sent.
    /// </summary>
    private async Task LookAgain(long[] products, CancellationToken cancel)
    {
        if (await Unsettled(products, cancel) is not { Length: > 0 } open)
            return;
        scope.Stream.SetStage("reading what the answers left open");
        await PacedWorkers.For(scope.Admin).Run(open.Chunk(LookAtOnce), async (chunk, stop) =>
        {
            var left = await _prepare.Prepare(chunk, plain: true, stop);
            // It was no sending.
            await PushItems.Uncount(scope.Database, [.. left.SelectMany(product => product.Entities).Select(entity => entity.ItemId)], stop);
        }, null, cancel);
    }

    private async Task<long[]> Unsettled(long[] products, CancellationToken cancel)
    {
        await using var command = scope.Database.CreateCommand("""
            select coalesce(array_agg(distinct i.product_id order by i.product_id), '{}') from push_items i join push_claims c on c.product_id = i.product_id and c.run_id = $3
            where i.plan_id = $1 and i.product_id = any($2) and i.status = 'sent' and not i.excluded
            """);
        command.Parameters.Add(new() { Value = scope.PlanId });
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private FileInfo OnDisk(PushFile file) => PushFile.OnDisk(options, scope.Run.StoreId, file.Id);

    private async Task Run(IReadOnlyList<PushFile> files, CancellationToken cancel)
    {
        var (running, first, last) = (new Lock(), 0L, 0L);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancel }, async (file, stop) => await Run(file, isOver =>
        {
            lock (running)
            {
                last = scope.Admin.Clock.GetTimestamp();
                first = first == 0 && !isOver ? last : first;
            }
        }, stop));
        _own += first == 0 ? TimeSpan.Zero : scope.Admin.Clock.GetElapsedTime(first, last);
    }

    private async Task Run(PushFile file, Action<bool> mark, CancellationToken cancel)
    {
        BulkOutcome outcome;
        try
        {
            outcome = file.Operation is { } operation
                ? await _runner.Adopt(ShopifyId.Parse(operation), Show(file), cancel)
                : await Start(file, mark, cancel);
            mark(true);
        }
        catch (OldLookException)
        {
            var waiting = await Drop(file, cancel);
            scope.Run.Progress.Log(RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture, $"Waiting for a place at Shopify took long: {waiting:#,0} products are looked at once more before they are sent."));
            return;
        }
        catch (OperationCanceledException)
        {
            await CancelThere(file);
            throw;
        }
        var url = outcome switch
        {
            BulkOutcome.Completed completed => completed.Url,
            BulkOutcome.Failed failed => failed.PartialDataUrl,
            BulkOutcome.Canceled canceled => canceled.PartialDataUrl,
            BulkOutcome.Stuck stuck => stuck.PartialDataUrl,
            _ => null,
        };
        if (outcome is not BulkOutcome.Completed)
            scope.Run.Progress.Log(RunLogLevel.Warning, $"The bulk operation of {file.Lines} lines ended early ({outcome.GetType().Name.ToLowerInvariant()}); what it has not done is sent one by one.");
        if (url is not null)
            await Confirm(file, outcome, url, cancel);
        await PushFiles.Set(scope, file, PushFile.Confirmed, null, cancel);
        OnDisk(file).Delete();
    }

    private async Task<BulkOutcome> Start(PushFile file, Action<bool> mark, CancellationToken cancel)
    {
        scope.Stream.SetStage("uploading");
        var path = await new StagedUpload(scope.Admin, http.Client).Upload(OnDisk(file), cancel);
        return await _runner.Run(file.Marked(scope.Run) with { Lines = file.Lines }, path, stop => Begin(file, stop),
            async (operation, stop) =>
            {
                mark(false);
                await PushFiles.Set(scope, file, PushFile.Started, operation.ToString(), stop);
            }, Show(file), cancel);
    }

    /// <summary>The last thing before a start: this run is still ours, and what was read of the products is not old.</summary>
    private Task Begin(PushFile file, CancellationToken cancel) =>
        scope.Admin.Clock.GetUtcNow() - file.LookedAt > options.LookAgainAfter ? throw new OldLookException() : scope.Run.CheckFence(cancel);

    private Action<BulkProgress> Show(PushFile file) => progress => scope.Stream.SetStage(progress.Stage switch
    {
        BulkStage.WaitingForSlot => "waiting for one of five places at Shopify",
        BulkStage.ShopIsBusy => "Shopify runs as many bulk operations as it may",
        BulkStage.StartUnknown => "looking whether the bulk operation has started",
        _ => string.Create(CultureInfo.InvariantCulture, $"Shopify runs {file.Mutation}: {progress.ObjectCount:#,0} of {file.Lines:#,0}"),
    });

    private async Task Confirm(PushFile file, BulkOutcome outcome, string url, CancellationToken cancel)
    {
        scope.Stream.SetStage("reading what Shopify answered");
        var size = (outcome as BulkOutcome.Completed)?.FileSize;
        await using var stream = new BulkDownload(http.Downloads, scope.Admin.Clock).Open(url, size, 0, stop => _runner.FreshUrl(outcome.Operation, stop));
        using var lines = new JsonlReader(stream);
        var some = new List<BulkMutationLine>(LinesAtOnce);
        while (await lines.MoveNext(cancel))
        {
            if (Read(lines.Line) is { Number: not null } line)
                some.Add(line);
            if (some.Count == LinesAtOnce)
            {
                await Confirm(file, some, cancel);
                some.Clear();
            }
        }
        if (some.Count > 0)
            await Confirm(file, some, cancel);
    }

    private static BulkMutationLine? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            return BulkMutationLine.Read(line);
        }
        catch (JsonException)
        {
            // Cut off: its product is read again.
            return null;
        }
    }

    private async Task Confirm(PushFile file, List<BulkMutationLine> lines, CancellationToken cancel)
    {
        var known = await PushFiles.Lines(scope.Database, file.Id, [.. lines.Select(line => line.Number!.Value)], cancel);
        var sent = await SentAgain([.. known.Values.Select(line => line.ProductId).Distinct()], file.Ticket, cancel);
        foreach (var line in lines)
        {
            if (!known.TryGetValue(line.Number!.Value, out var at) || !sent.TryGetValue(at.ProductId, out var one)
                || PushOperations.Of(one.Product).FirstOrDefault(operation => operation.Mutation == file.Mutation) is not { } operation)
                continue;
            // A line that failed as a whole may have been done: it is read again.
            if (line is { Data: { } data, Errors.Count: 0 })
                SendOperations.Take(operation.As(file.Entity, at.Entities), data, data.Deserialize(ShopifyJson.Default.MutationData)!.Payload.Refusals, one);
            // A field that another file carries too, as tags that come and tags that go, is not settled by one of them: it is read again.
            one.LeaveOpen(PushOperations.Of(one.Product).Where(other => other.Mutation != file.Mutation));
        }
        if (sent.Count > 0)
            await _confirm.Plain([.. sent.Values], cancel);
    }

    /// <summary>Products as they were sent, from what was committed before: the same whether or not this process sent them.</summary>
    private async Task<Dictionary<long, SentProduct>> SentAgain(long[] products, long ticket, CancellationToken cancel)
    {
        await using var connection = await scope.Database.OpenConnectionAsync(cancel);
        var items = (await PushItems.Open(connection, scope.PlanId, products, cancel)).Where(item => item.Status == PushStatus.Sent).ToList();
        var rows = await PushRows.Read(connection, products, items, cancel);
        var values = await PushItems.Awaited(connection, [.. items.Select(item => item.Id)], cancel);
        var sent = new Dictionary<long, SentProduct>();
        foreach (var ofProduct in items.GroupBy(item => item.ProductId))
        {
            if (rows.Product(ofProduct.Key) is not { ShopifyId: { } id } product)
                continue;
            var entities = ofProduct.Select(item => (item, row: rows.Row(item.Entity, item.EntityId))).Where(one => one.row is not null)
                .Select(one => new PushEntity(one.item.Id, one.item.Key, one.item.Entity, one.item.EntityId, one.row!.ShopifyId, one.item.Kind, one.row.Row,
                    [.. one.item.Changes().Select(change => values.TryGetValue((one.item.Id, change.Field), out var value) ? change with { New = value } : change)
                        .Where(change => values.ContainsKey((one.item.Id, change.Field)) || !one.row.Pending.ContainsKey(change.Field))]));
            sent[ofProduct.Key] = new SentProduct(new PushProduct(product.ProductId, id, product.Options, [.. entities]), ticket);
        }
        return sent;
    }

    /// <summary>A cancelled run stops its operation at Shopify; a paused one lets it go on and takes its result when it resumes.</summary>
    private async Task CancelThere(PushFile file)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), scope.Admin.Clock);
        try
        {
            await using var command = scope.Database.CreateCommand("select f.operation_id from push_files f join runs r on r.id = f.run_id where f.id = $1 and r.status = 'cancelling'");
            command.Parameters.Add(new() { Value = file.Id });
            if (await command.ExecuteScalarAsync(patience.Token) is not { } found)
                return;
            // Its start may have reached Shopify although its answer was not waited for.
            var operation = found is string known ? ShopifyId.Parse(known) : await _runner.Find(file.Marked(scope.Run), patience.Token);
            if (operation is { } running)
                await _runner.Cancel(running, patience.Token);
        }
        catch (Exception hindered) when (hindered is OperationCanceledException or Shopify.Errors.ShopifyFaultException or NpgsqlException)
        {
            // Its lines are done all the same; the next look at these products shows it.
        }
    }
}

/// <summary>The look at a file's products is too old for it to be started.</summary>
public sealed class OldLookException : Exception;
