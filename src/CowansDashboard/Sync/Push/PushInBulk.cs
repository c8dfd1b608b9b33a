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
/// Sends plain changes, those of metafields among them, by bulk mutations, some thousand products at a time: a look at the products, one file for each kind of call,
/// and the answers confirmed product by product as those of calls would be. While Shopify runs some, the next are looked at. What
/// the answers leave open is read once more, many at a time; what is still not known then, and what is not plain, is left to be
/// sent one by one.
/// </summary>
public sealed class PushInBulk(PushScope scope, ShopifyHttp http, SyncOptions options)
{
    private const int RowsAtOnce = 20_000;
    private const int LookAtOnce = 500;
    private const int ConfirmAtOnce = 1_000;
    private const int ConfirmSideBySide = 2;

    /// <summary>With the two or three files that most of them have, two fill Shopify's five places; further ones would wait with a look that grows old.</summary>
    private const int UnderWay = 2;

    private readonly BulkMutationRunner _runner = new(scope.Admin);
    private readonly ConfirmProducts _confirm = new(scope);
    private readonly PrepareProducts _prepare = new(scope);
    private readonly PushStages _stages = new(scope.Admin.Clock);

    /// <summary>Answers how long what took.</summary>
    public async Task<PushStages> Push(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var (running, settling) = (new List<Task>(), new List<Task>());
        try
        {
            if (await Resumed(stop.Token) is { Count: > 0 } left)
                Start(left, await PushFiles.Products(scope.Database, left, stop.Token), running, settling, stop.Token);
            var (before, waiting) = (0, await Waiting(stop.Token));
            do
            {
                while (await Next(BulkRounds.Next(before, waiting), stop.Token) is { Length: > 0 } products)
                {
                    (before, waiting) = (products.Length, waiting - products.Length);
                    var files = await Write(products, stop.Token);
                    while (running.Count >= UnderWay)
                        await OneOf(running);
                    while (settling.Count > UnderWay)
                        await OneOf(settling);
                    Start(files, products, running, settling, stop.Token);
                }
                while (settling.Count > 0)
                    await OneOf(settling);
                running.Clear();
            }
            // What waited too long for a place at Shopify is looked at once more.
            while ((await Next(1, stop.Token)).Length > 0);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(running.Concat(settling)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        scope.Stream.SetStage(null);
        return _stages;
    }

    private static async Task OneOf(List<Task> underWay)
    {
        var over = await Task.WhenAny(underWay);
        underWay.Remove(over);
        await over;
    }

    /// <summary>Shopify's places are free for the next round when it has done these files; their answers are read beside that.</summary>
    private void Start(IReadOnlyList<PushFile> files, long[] products, List<Task> running, List<Task> settling, CancellationToken cancel)
    {
        var answers = Run(files, cancel);
        running.Add(answers);
        settling.Add(Settle(answers, products, cancel));
    }

    private async Task Settle(Task<List<AnsweredFile>> running, long[] products, CancellationToken cancel)
    {
        var answered = await running;
        try
        {
            await Confirm(answered, cancel);
        }
        finally
        {
            foreach (var file in answered)
                file.Answers?.Dispose();
        }
        foreach (var (file, _) in answered)
        {
            await PushFiles.Set(scope, file, PushFile.Confirmed, null, cancel);
            OnDisk(file).Delete();
        }
        await LookAgain(products, cancel);
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

    private async Task<int> Waiting(CancellationToken cancel)
    {
        await using var command = scope.Database.CreateCommand("select count(distinct product_id)::int from push_items where plan_id = $1 and status = 'waiting' and not excluded and collection_id is null");
        command.Parameters.Add(new() { Value = scope.PlanId });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<long[]> Next(int most, CancellationToken cancel)
    {
        // Sent before and not answered: one by one, after another look. Files run side by side, so that tags which only fit in when
        // others have gone are sent one by one too, and so are metafields of a product that others may replace under the same name.
        await using var command = scope.Database.CreateCommand($$"""
            select coalesce(array_agg(product_id), '{}') from (
                select product_id, count(*) as n, sum(count(*)) over (order by product_id) as rows from push_items i where plan_id = $1 and status in ('waiting', 'sent') and not excluded and collection_id is null
                    and not exists (select from push_claims c join runs r on r.id = c.run_id where c.product_id = i.product_id and c.run_id <> $2
                        and r.status in ('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted'))
                group by product_id
                having bool_and(status = 'waiting' and {{PushProduct.IsPlainItem}}
                    and (not fields ? 'tags' or $4 >= jsonb_array_length(fields -> 'tags' -> 'base')
                        + jsonb_array_length((fields -> 'tags' -> 'new') - array(select jsonb_array_elements_text(fields -> 'tags' -> 'base')))))
                    and not (bool_or(entity = 'metafield' and kind = 'remove') and bool_or(entity = 'metafield' and kind = 'create'))
                order by product_id limit $3) p
            where rows - n < $5
            """);
        command.Parameters.Add(new() { Value = scope.PlanId });
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = ShopifyLimits.MostTags });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<IReadOnlyList<PushFile>> Write(long[] products, CancellationToken cancel)
    {
        using var looking = _stages.Looking.Begin();
        scope.Stream.SetStage("reading what is about to change");
        Directory.CreateDirectory(options.Folder);
        await using var files = new BulkFiles(scope, options, scope.Admin.Clock.GetUtcNow());
        var mine = await _prepare.Claim(products, cancel);
        await PacedWorkers.For(scope.Admin).Run(mine.Chunk(LookAtOnce), async (chunk, stop) =>
            await files.Add(await _prepare.Prepare(chunk, plain: true, stop), stop), null, cancel);
        return await files.Close(cancel);
    }

    /// <summary>
    /// Rows that somebody else read meanwhile, and rows without an answer: one look at many shows what became of them. What it does
    /// not settle stays as sent.
    /// </summary>
    private async Task LookAgain(long[] products, CancellationToken cancel)
    {
        if (await Unsettled(products, cancel) is not { Length: > 0 } open)
            return;
        using var looking = _stages.LookingAgain.Begin();
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

    /// <summary>Runs files that belong together, and fetches what came of them: a product may have a line in each.</summary>
    private async Task<List<AnsweredFile>> Run(IReadOnlyList<PushFile> files, CancellationToken cancel)
    {
        var answered = new List<AnsweredFile>();
        try
        {
            await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, files.Count), CancellationToken = cancel }, async (file, stop) =>
            {
                if (await Run(file, stop) is { } answers)
                    lock (answered)
                        answered.Add(answers);
            });
            return answered;
        }
        catch
        {
            foreach (var file in answered)
                file.Answers?.Dispose();
            throw;
        }
    }

    /// <summary>Null for a file that was not started.</summary>
    private async Task<AnsweredFile?> Run(PushFile file, CancellationToken cancel)
    {
        BulkOutcome outcome;
        try
        {
            outcome = file.Operation is { } operation ? await Watch(ShopifyId.Parse(operation), file, cancel) : await Start(file, cancel);
        }
        catch (OldLookException)
        {
            var waiting = await Drop(file, cancel);
            scope.Run.Progress.Log(RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture, $"Waiting for a place at Shopify took long: {waiting:#,0} products are looked at once more before they are sent."));
            return null;
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
        return new AnsweredFile(file, url is null ? null : await Fetch(file, outcome, url, cancel));
    }

    private async Task<BulkOutcome> Watch(ShopifyId operation, PushFile file, CancellationToken cancel)
    {
        using var running = _stages.Running.Begin();
        return await _runner.Adopt(operation, Show(file), cancel);
    }

    private async Task<BulkOutcome> Start(PushFile file, CancellationToken cancel)
    {
        string path;
        using (_stages.Uploading.Begin())
            path = await new StagedUpload(scope.Admin, http.Client).Upload(OnDisk(file), cancel);
        IDisposable? running = null;
        try
        {
            return await _runner.Run(file.Marked(scope.Run) with { Lines = file.Lines }, path, stop => Begin(file, stop),
                async (operation, stop) =>
                {
                    running = _stages.Running.Begin();
                    await PushFiles.Set(scope, file, PushFile.Started, operation.ToString(), stop);
                }, Show(file), cancel);
        }
        finally
        {
            running?.Dispose();
        }
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

    private async Task<BulkAnswers> Fetch(PushFile file, BulkOutcome outcome, string url, CancellationToken cancel)
    {
        using var confirming = _stages.Confirming.Begin();
        Directory.CreateDirectory(options.Folder);
        await using var stream = new BulkDownload(http.Downloads, scope.Admin.Clock)
            .Open(url, (outcome as BulkOutcome.Completed)?.FileSize, 0, stop => _runner.FreshUrl(outcome.Operation, stop));
        return await BulkAnswers.Fetch(stream, new FileInfo($"{OnDisk(file).FullName}.answers"), cancel);
    }

    private async Task Confirm(IReadOnlyList<AnsweredFile> files, CancellationToken cancel)
    {
        using var confirming = _stages.Confirming.Begin();
        scope.Stream.SetStage("reading what Shopify answered");
        var lines = new Dictionary<long, List<(AnsweredFile File, PushLine Line)>>();
        foreach (var file in files)
            foreach (var line in await PushFiles.Lines(scope.Database, file.File.Id, cancel))
                if (lines.TryGetValue(line.ProductId, out var ofProduct))
                    ofProduct.Add((file, line));
                else
                    lines[line.ProductId] = [(file, line)];
        // No product is in two chunks: whoever confirms side by side must not wait for the other.
        await Parallel.ForEachAsync(lines.OrderBy(one => one.Key).Chunk(ConfirmAtOnce), new ParallelOptions { MaxDegreeOfParallelism = ConfirmSideBySide, CancellationToken = cancel },
            async (chunk, stop) => await Confirm(chunk.ToDictionary(), stop));
    }

    private async Task Confirm(Dictionary<long, List<(AnsweredFile File, PushLine Line)>> lines, CancellationToken cancel)
    {
        var sent = await SentBefore.Read(scope, lines.ToDictionary(one => one.Key, one => one.Value.Min(line => line.File.File.Ticket)), cancel);
        foreach (var one in sent)
        {
            var ofProduct = lines[one.Product.ProductId].ToLookup(place => place.File.File.Mutation);
            var (open, shown) = (new List<PushOperation>(), new List<ShownProduct>());
            // A product with many metafields has several lines of one kind, each with its own.
            foreach (var calls in PushOperations.Of(one.Product).GroupBy(operation => operation.Mutation))
            {
                var all = calls.First().With([.. calls.SelectMany(call => call.Parts)]);
                var left = all.Parts.ToHashSet();
                foreach (var (file, line) in ofProduct[calls.Key])
                {
                    // A line that failed as a whole may have been done: it is read again, and so is one without an answer.
                    if (file.Answers?.Of(line.Number) is not { Data: { } data, Errors.Count: 0 })
                        continue;
                    var sentLine = all.As(file.File.Entity, line.Entities);
                    left.ExceptWith(sentLine.Parts);
                    if (SendOperations.Take(sentLine, data, Refusals(data), one) is { } node)
                        shown.Add(new ShownProduct(calls.Key, node));
                }
                if (left.Count > 0)
                    open.Add(all.With([.. left]));
            }
            one.LeaveOpen(open);
            one.Show(shown);
        }
        if (sent.Count > 0)
            await _confirm.Plain(sent, cancel);
    }

    // Of thousands of lines nearly none is refused: nothing else of the payload is read for it.
    private static IReadOnlyList<UserError> Refusals(JsonElement data) =>
        data.EnumerateObject().FirstOrDefault().Value is { ValueKind: JsonValueKind.Object } payload
            && !IsRefused(payload, "userErrors") && !IsRefused(payload, "mediaUserErrors") ? [] : data.Deserialize(ShopifyJson.Default.MutationData)!.Payload.Refusals;

    private static bool IsRefused(JsonElement payload, string errors) =>
        payload.TryGetProperty(errors, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0;

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

    /// <summary>A file and what its operation answered; null where it answered nothing.</summary>
    private sealed record AnsweredFile(PushFile File, BulkAnswers? Answers);
}

/// <summary>The look at a file's products is too old for it to be started.</summary>
public sealed class OldLookException : Exception;
