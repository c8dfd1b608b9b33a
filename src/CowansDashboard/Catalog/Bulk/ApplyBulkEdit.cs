using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// Writes the stored rows of a preview, many at a time; each batch commits its edits together with their outcomes, so
/// that whatever dies in between nothing is done twice, and all batches are one change set. A row that somebody changed
/// after the preview is left as it is and named.
/// </summary>
public sealed class ApplyBulkEdit(NpgsqlDataSource database) : IRunWork
{
    private const int RowsAtOnce = 1_000;
    private const int MostAttempts = 6;
    private const double MostSkipped = 0.1;

    public static readonly RunKind Name = new("bulk-edit", null);

    public RunKind Kind => Name;

    public async Task Work(RunContext run, CancellationToken cancel)
    {
        var previewId = run.Parameters.GetProperty("previewId").GetInt64();
        BulkPreview preview;
        BulkAction action;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            preview = await ReadBulkPreview.Find(connection, run.StoreId, previewId, cancel) ?? throw new InvalidOperationException($"There is no preview {previewId}.");
            action = await Action(connection, previewId, cancel);
        }
        var stream = run.Progress.Stream("rows", "in the copy");
        stream.SetTotal(preview.Changing + preview.Skipped);
        var changeSet = preview.ChangeSetId ?? 0;
        var how = action is SetStock { Adds: true } ? EditHow.Add : EditHow.Set;
        while (await Batch(run, stream, preview, changeSet, how, cancel) is { } joined)
        {
            changeSet = joined;
            await AskWhereManyWereSkipped(run, preview, cancel);
        }
        stream.Done();
        await Close(run, previewId, cancel);
    }

    private static async Task<BulkAction> Action(NpgsqlConnection connection, long previewId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select action::text from bulk_previews where id = $1", connection);
        command.Parameters.Add(new() { Value = previewId });
        return JsonSerializer.Deserialize((string)(await command.ExecuteScalarAsync(cancel))!, BulkJson.Default.BulkAction)!;
    }

    /// <returns>The change set that the next batch joins, 0 as long as nothing was changed; null when no row was left.</returns>
    private static async Task<long?> Batch(RunContext run, RunStream stream, BulkPreview preview, long changeSet, EditHow how, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await using var transaction = await run.Begin(cancel);
                var items = await Next(transaction.Connection, preview.Id, how, cancel);
                if (items.Count == 0)
                    return null;
                var head = new ChangeSetHead(run.StoreId, ChangeSetKind.Bulk, preview.Title, null, preview.MadeById, preview.MadeBy, run.RunId);
                var saved = (SaveOutcome.Saved)await SaveWithin.Save(
                    transaction.Connection, changeSet, head, new WantedChanges { Fields = [.. items.Select(item => item.Edit)] }, StaleMeans.Skip, cancel);
                var joined = Math.Max(changeSet, saved.ChangeSetId);
                await Note(transaction.Connection, preview.Id, joined, items, saved, cancel);
                transaction.Advance(stream, items.Count);
                transaction.Count(RunCounter.Updated, saved.Fields);
                transaction.Count(RunCounter.Unchanged, items.Count - saved.Fields);
                await transaction.Commit(cancel);
                return joined;
            }
            catch (PostgresException clash) when (attempt < MostAttempts
                && clash.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Somebody changes the same rows at this moment; afterwards it is decided anew.
            }
        }
    }

    /// <summary>Whole products, so that a change set counts each once.</summary>
    private static async Task<List<Item>> Next(NpgsqlConnection connection, long previewId, EditHow how, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, entity, entity_id, field, seen::text, new::text from bulk_items
            where preview_id = $1 and outcome = 'waiting' and not excluded and product_id <= (
                select max(product_id) from (
                    select product_id from bulk_items where preview_id = $1 and outcome = 'waiting' and not excluded order by product_id limit $2) first)
            order by product_id, id
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = RowsAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<Item>();
        while (await reader.ReadAsync(cancel))
            items.Add(new Item(reader.GetInt64(0), new FieldEdit(reader.GetString(1), reader.GetInt64(2), reader.GetString(3), Json(reader, 4), Json(reader, 5), how)));
        return items;
    }

    private static async Task Note(NpgsqlConnection connection, long previewId, long changeSet, List<Item> items, SaveOutcome.Saved saved, CancellationToken cancel)
    {
        var skipped = saved.LeftOut.Select(field => (field.Entity, field.EntityId, Reason: Sentence(field)))
            .Concat(saved.NotSaved.Select(problem => (problem.Entity, problem.EntityId, Reason: problem.Sentence)))
            .ToLookup(each => (each.Entity, each.EntityId), each => each.Reason);
        await using var command = new NpgsqlCommand("""
            with changed as (update bulk_previews set change_set_id = nullif($2, 0) where id = $1 and change_set_id is distinct from nullif($2, 0))
            update bulk_items i set outcome = case when n.reason is null then 'done' else 'skipped' end, reason = n.reason
            from unnest($3::bigint[], $4::text[]) as n (id, reason) where i.id = n.id
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = changeSet });
        command.Parameters.Add(new() { Value = items.Select(item => item.Id).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(item => skipped[(item.Edit.Entity, item.Edit.EntityId)].FirstOrDefault()).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Sentence(StaleField field) =>
        $"{field.ChangedBy ?? "Somebody"} changed it after the preview, so it was left as it is.";

    /// <summary>An edit that meets so many changes of others may be an old one: a person decides whether the rest goes on.</summary>
    private async Task AskWhereManyWereSkipped(RunContext run, BulkPreview preview, CancellationToken cancel)
    {
        if (run.Answer is { ValueKind: JsonValueKind.Object } answer && answer.TryGetProperty("goOn", out var goOn) && goOn.ValueKind == JsonValueKind.True)
            return;
        await using var command = database.CreateCommand("""
            select count(*) filter (where outcome = 'skipped'), count(*) filter (where outcome = 'waiting' and not excluded), count(*) filter (where outcome in ('done', 'skipped'))
            from bulk_items where preview_id = $1
            """);
        command.Parameters.Add(new() { Value = preview.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (skipped, open, handled) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        if (open > 0 && skipped > MostSkipped * handled)
            throw new RunPausedException(string.Create(CultureInfo.InvariantCulture,
                $"{skipped:N0} of the first {handled:N0} rows were changed by others after the preview and were left as they are. Go on with the other {open:N0}, or cancel."));
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
                $"{reader.GetInt64(0):N0} changed, {reader.GetInt64(1):N0} left as others made them, {reader.GetInt64(2):N0} left out, {reader.GetInt64(3):N0} could not take the change."));
        }
        await transaction.Commit(cancel);
    }

    private static JsonNode? Json(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : JsonNode.Parse(row.GetString(column));

    private sealed record Item(long Id, FieldEdit Edit);
}
