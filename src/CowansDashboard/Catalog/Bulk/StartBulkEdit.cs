using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

public abstract record StartBulkOutcome
{
    private StartBulkOutcome()
    {
    }

    public sealed record Started(long RunId) : StartBulkOutcome;

    /// <summary>Somebody has to agree to these first. Nothing was started.</summary>
    public sealed record Asks(IReadOnlyList<string> Warnings) : StartBulkOutcome;

    public sealed record Refused(string Sentence) : StartBulkOutcome;
}

/// <summary>Applies a preview as it was shown, once.</summary>
public sealed class StartBulkEdit(NpgsqlDataSource database, EnqueueRun enqueue)
{
    /// <param name="storeId">Which store.</param>
    /// <param name="previewId">Which preview.</param>
    /// <param name="agreed">The person has read its warnings and wants it all the same.</param>
    /// <param name="by">Who applies it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StartBulkOutcome> Start(long storeId, long previewId, bool agreed, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var hold = new NpgsqlCommand("select from bulk_previews where id = $1 and store_id = $2 for update", connection))
        {
            hold.Parameters.Add(new() { Value = previewId });
            hold.Parameters.Add(new() { Value = storeId });
            await hold.ExecuteNonQueryAsync(cancel);
        }
        if (await ReadBulkPreview.Find(connection, storeId, previewId, cancel) is not { } preview)
            return new StartBulkOutcome.Refused("There is no such preview.");
        if (preview.Status != BulkStatus.Ready)
            return new StartBulkOutcome.Refused("This edit has been applied already.");
        if (preview.Changing == 0)
            return new StartBulkOutcome.Refused("Nothing would change, so there is nothing to apply.");
        if (!agreed && preview.Warnings is { Count: > 0 } warnings)
            return new StartBulkOutcome.Asks(warnings);

        var outcome = await enqueue.Enqueue(
            new RunRequest(ApplyBulkEdit.Name, storeId, by, JsonSerializer.SerializeToElement(new { previewId })), transaction, cancel);
        var runId = ((EnqueueOutcome.Enqueued)outcome).RunId;
        await using (var note = new NpgsqlCommand("update bulk_previews set run_id = $2, status = 'applying' where id = $1", connection))
        {
            note.Parameters.Add(new() { Value = previewId });
            note.Parameters.Add(new() { Value = runId });
            await note.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return new StartBulkOutcome.Started(runId);
    }
}
