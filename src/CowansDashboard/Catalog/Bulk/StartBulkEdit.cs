using System.Globalization;
using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>What a person says along with "apply".</summary>
public sealed record BulkConsent
{
    /// <summary>The warnings were read, and it is wanted all the same.</summary>
    public bool ToWarnings { get; init; }

    /// <summary>How many prices and stocks become 0, as the person typed it.</summary>
    public long? Zeros { get; init; }

    /// <summary>How many products are removed, as the person typed it.</summary>
    public long? Removed { get; init; }

    /// <summary>So many products first, then somebody looks and says go on.</summary>
    public int? Canary { get; init; }
}

public abstract record StartBulkOutcome
{
    private StartBulkOutcome()
    {
    }

    public sealed record Started(long RunId) : StartBulkOutcome;

    /// <summary>Somebody has to agree to these first, and to type the zeros where there are any. Nothing was started.</summary>
    public sealed record Asks(IReadOnlyList<string> Warnings, long Zeros) : StartBulkOutcome;

    /// <summary>It is above what one person may do alone: a second one has to agree first.</summary>
    public sealed record NeedsApproval(IReadOnlyList<string> Reasons) : StartBulkOutcome
    {
        public string Sentence => $"{string.Join(" ", Reasons)} A second person has to approve it first.";
    }

    /// <summary>Products would be removed: somebody has to type how many. Nothing was started.</summary>
    public sealed record AsksNumber(long Products, string Sentence) : StartBulkOutcome;

    public sealed record Refused(string Sentence) : StartBulkOutcome;
}

/// <summary>Applies a preview as it was shown, once.</summary>
public sealed class StartBulkEdit(NpgsqlDataSource database, EnqueueRun enqueue)
{
    /// <param name="storeId">Which store.</param>
    /// <param name="previewId">Which preview.</param>
    /// <param name="consent">What the person has agreed to.</param>
    /// <param name="by">Who applies it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StartBulkOutcome> Start(long storeId, long previewId, BulkConsent consent, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await HeldPreview.Hold(connection, storeId, previewId, cancel) is not { } preview)
            return new StartBulkOutcome.Refused("There is no such preview.");
        if (Objection(preview, consent) is { } objection)
            return objection;
        if (preview.IsOfCollection)
            return new StartBulkOutcome.Refused("It was prepared to be scheduled. What shall be so now is saved on the collection’s page.");
        if (consent.Canary < 1)
            return new StartBulkOutcome.Refused("The first products to try are at least 1.");

        var limits = await ReadGuardLimits.Read(connection, storeId, cancel);
        var outcome = await enqueue.Enqueue(
            new RunRequest(ApplyBulkEdit.Name, storeId, by, JsonSerializer.SerializeToElement(new { previewId })), transaction, cancel);
        var runId = ((EnqueueOutcome.Enqueued)outcome).RunId;
        await using (var note = new NpgsqlCommand("update bulk_previews set run_id = $2, status = 'applying', canary = $3, stop_percent = $4 where id = $1", connection))
        {
            note.Parameters.Add(new() { Value = previewId });
            note.Parameters.Add(new() { Value = runId });
            note.Parameters.Add(new() { Value = (object?)consent.Canary ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
            note.Parameters.Add(new() { Value = limits.StopPercent });
            await note.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return new StartBulkOutcome.Started(runId);
    }

    /// <summary>Why a preview cannot be applied or scheduled as it is; null when it can.</summary>
    public static StartBulkOutcome? Objection(BulkPreview preview, BulkConsent consent)
    {
        if (preview.Status != BulkStatus.Ready)
            return new StartBulkOutcome.Refused(preview.Status == BulkStatus.Scheduled ? "This edit is scheduled already." : "This edit has been applied already.");
        if (preview.Changing == 0)
            return new StartBulkOutcome.Refused("Nothing would change, so there is nothing to apply.");
        if (preview.Deletes && preview.WaitsForApproval)
            return new StartBulkOutcome.NeedsApproval(preview.NeedsApproval);
        if (preview.Deletes && consent.Removed != preview.Products)
            return new StartBulkOutcome.AsksNumber(preview.Products, string.Create(CultureInfo.InvariantCulture, $"{preview.Products:N0} {(preview.Products == 1 ? "product" : "products")} would be removed."));
        if (preview.Warnings is { Count: > 0 } warnings && (!consent.ToWarnings || (preview.Zeros > 0 && consent.Zeros != preview.Zeros)))
            return new StartBulkOutcome.Asks(consent.ToWarnings && consent.Zeros is { } typed
                ? [.. warnings, string.Create(CultureInfo.InvariantCulture, $"{typed:N0} was typed; {preview.Zeros:N0} become 0.")] : warnings, preview.Zeros);
        return preview.WaitsForApproval ? new StartBulkOutcome.NeedsApproval(preview.NeedsApproval) : null;
    }
}
