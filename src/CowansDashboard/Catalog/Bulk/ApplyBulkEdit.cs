using System.Globalization;
using System.Text.Json;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// Writes the stored rows of a preview, many at a time; each batch commits its edits together with their outcomes, so
/// that whatever dies in between nothing is done twice, and all batches are one change set. A row that somebody changed
/// after the preview is left as it is and named. After the first products, where that was wanted, and where too many rows
/// could not be changed, it stops until a person says go on.
/// </summary>
public sealed class ApplyBulkEdit(NpgsqlDataSource database) : IRunWork
{
    private const int RowsAtOnce = 1_000;
    private const int MostAttempts = 6;

    public static readonly RunKind Name = new("bulk-edit", null);

    public RunKind Kind => Name;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var previewId = run.Parameters.GetProperty("previewId").GetInt64();
        BulkPreview preview;
        BulkAction action;
        HashSet<BulkQuestion> agreed;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            preview = await ReadBulkPreview.Find(connection, run.StoreId, previewId, cancel) ?? throw new InvalidOperationException($"There is no preview {previewId}.");
            (action, agreed) = await Action(connection, previewId, cancel);
        }
        var stream = run.Progress.Stream("rows", "in the copy");
        stream.SetTotal(preview.Changing + preview.Skipped);
        await TakeAnswer(run, preview, agreed, cancel);
        var changeSet = preview.ChangeSetId ?? 0;
        var how = action is SetStock { Adds: true } ? EditHow.Add : EditHow.Set;
        var first = preview.Canary is { } canary ? await First(previewId, canary, cancel) : null;
        // All rows are counted at the beginning and at the end; between, each batch says what it moved.
        var counts = await Counts(preview, cancel);
        while (true)
        {
            if (await Batch(run, stream, preview, changeSet, how, agreed.Contains(BulkQuestion.Canary) ? null : first, cancel) is { } done)
                (changeSet, counts) = (done.ChangeSet, counts.And(done.Batch));
            else
                counts = await Counts(preview, cancel);
            if (counts.Asks(preview, agreed) is { } question)
                throw new RunPausedException(counts.Words(preview, question));
            if (counts.Open == 0)
                break;
        }
        stream.Done();
        await Close(run, previewId, cancel);
    }

    private static async Task<(BulkAction Action, HashSet<BulkQuestion> Agreed)> Action(NpgsqlConnection connection, long previewId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select action::text, agreed_to from bulk_previews where id = $1", connection);
        command.Parameters.Add(new() { Value = previewId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (JsonSerializer.Deserialize(reader.GetString(0), BulkJson.Default.BulkAction)!,
            [.. reader.GetFieldValue<string[]>(1).Select(word => Enum.Parse<BulkQuestion>(word, ignoreCase: true))]);
    }

    /// <summary>Go on answers the question at which the run stands, and no later one.</summary>
    private async Task TakeAnswer(RunContext run, BulkPreview preview, HashSet<BulkQuestion> agreed, CancellationToken cancel)
    {
        if (run.Answer is not { ValueKind: JsonValueKind.Object } answer || !answer.TryGetProperty("goOn", out var goOn) || goOn.ValueKind != JsonValueKind.True
            || (await Counts(preview, cancel)).Asks(preview, agreed) is not { } question)
            return;
        await using var transaction = await run.Begin(cancel);
        await using var note = new NpgsqlCommand("update bulk_previews set agreed_to = agreed_to || $2 where id = $1", transaction.Connection);
        note.Parameters.Add(new() { Value = preview.Id });
        note.Parameters.Add(new() { Value = question.ToString().ToLowerInvariant() });
        await note.ExecuteNonQueryAsync(cancel);
        transaction.ForgetAnswer();
        await transaction.Commit(cancel);
        agreed.Add(question);
    }

    /// <summary>The products on which it is tried first: spread evenly over all of them, and after an interruption the same again.</summary>
    private async Task<long[]> First(long previewId, int canary, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce(array_agg(product_id order by product_id), '{}') from (
                select product_id, row_number() over (order by product_id) - 1 as place, count(*) over () as n
                from (select distinct product_id from bulk_items where preview_id = $1 and not excluded and outcome <> 'refused') d) p
            where place = 0 or place * $2 / n > (place - 1) * $2 / n
            """);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = (long)canary });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <returns>The change set that the next batch joins, 0 as long as nothing was changed, and what was written; null when no row was left.</returns>
    private static async Task<(long ChangeSet, BulkBatch Batch)?> Batch(RunContext run, RunStream stream, BulkPreview preview, long changeSet, EditHow how, long[]? only, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await using var transaction = await run.Begin(cancel);
                var batch = new BulkBatch(await Next(transaction.Connection, preview.Id, how, only, cancel));
                if (batch.Items.Count == 0)
                    return null;
                var head = new ChangeSetHead(run.StoreId, preview.Deletes ? ChangeSetKind.Delete : preview.IsOfCategories ? ChangeSetKind.Category : ChangeSetKind.Bulk, preview.Title, null, preview.MadeById, preview.MadeBy, run.RunId);
                var saved = await batch.Save(transaction.Connection, changeSet, head, cancel);
                var joined = Math.Max(changeSet, saved.ChangeSetId);
                await Note(transaction.Connection, preview.Id, joined, batch, cancel);
                transaction.Advance(stream, batch.Items.Count);
                // Deleting a product changes its status too.
                var changed = Math.Min(saved.Fields, batch.Items.Count);
                transaction.Count(RunCounter.Updated, changed);
                transaction.Count(RunCounter.Unchanged, batch.Items.Count - changed);
                await transaction.Commit(cancel);
                return (joined, batch);
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    /// <summary>Whole products, so that a change set counts each once.</summary>
    private static async Task<List<BulkItem>> Next(NpgsqlConnection connection, long previewId, EditHow how, long[]? only, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, product_id, entity, entity_id, field, seen::text, new::text from bulk_items
            where preview_id = $1 and outcome = 'waiting' and not excluded and ($3::bigint[] is null or product_id = any($3)) and product_id <= (
                select max(product_id) from (
                    select product_id from bulk_items where preview_id = $1 and outcome = 'waiting' and not excluded and ($3::bigint[] is null or product_id = any($3))
                    order by product_id limit $2) first)
            order by product_id, id
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        command.Parameters.Add(new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<BulkItem>();
        while (await reader.ReadAsync(cancel))
            items.Add(new BulkItem(reader.GetInt64(0), reader.GetInt64(1),
                new FieldEdit(reader.GetString(2), reader.GetInt64(3), reader.GetString(4), JsonValues.Parse(reader.Text(5)), JsonValues.Parse(reader.Text(6)), how)));
        return items;
    }

    private static async Task Note(NpgsqlConnection connection, long previewId, long changeSet, BulkBatch batch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with changed as (update bulk_previews set change_set_id = nullif($2, 0) where id = $1 and change_set_id is distinct from nullif($2, 0))
            update bulk_items i set outcome = case when n.reason is null then 'done' else 'skipped' end, reason = n.reason
            from unnest($3::bigint[], $4::text[]) as n (id, reason) where i.id = n.id
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = changeSet });
        command.Parameters.Add(new() { Value = batch.Items.Select(item => item.Id).ToArray() });
        command.Parameters.Add(new() { Value = batch.Items.Select(item => batch.Skipped.GetValueOrDefault(item.Id)).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<BulkCounts> Counts(BulkPreview preview, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select count(*) filter (where outcome = 'skipped'), count(*) filter (where outcome = 'waiting' and not excluded), count(*) filter (where outcome in ('done', 'skipped')),
                count(distinct product_id) filter (where outcome in ('done', 'skipped')), count(distinct product_id) filter (where outcome = 'waiting' and not excluded)
            from bulk_items where preview_id = $1
            """);
        command.Parameters.Add(new() { Value = preview.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new BulkCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }

    private static async Task Close(RunContext run, long previewId, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            with closed as (update bulk_previews set status = 'applied' where id = $1)
            select count(*) filter (where outcome = 'done'), count(*) filter (where outcome = 'skipped'), count(*) filter (where excluded), count(*) filter (where outcome = 'refused')
            from bulk_items where preview_id = $1
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = previewId });
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            run.Progress.Log(reader.GetInt64(1) > 0 ? RunLogLevel.Warning : RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
                $"{reader.GetInt64(0):N0} changed, {reader.GetInt64(1):N0} left as they were, {reader.GetInt64(2):N0} left out, {reader.GetInt64(3):N0} could not take the change."));
        }
        await transaction.Commit(cancel);
    }
}
