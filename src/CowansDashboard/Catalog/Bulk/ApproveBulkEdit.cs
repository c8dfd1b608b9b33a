using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

public abstract record ApproveBulkOutcome
{
    private ApproveBulkOutcome()
    {
    }

    public sealed record Approved : ApproveBulkOutcome;

    /// <summary>Somebody left rows out or took some in after it was shown, or it is applied already: look again.</summary>
    public sealed record Altered : ApproveBulkOutcome;

    /// <summary>Who prepared an edit cannot approve it.</summary>
    public sealed record OwnEdit(string Sentence) : ApproveBulkOutcome;
}

/// <summary>Approves a prepared edit as it was shown: an approval belongs to its rows, and any change of them voids it.</summary>
public sealed class ApproveBulkEdit(NpgsqlDataSource database)
{
    public async Task<ApproveBulkOutcome> Approve(long storeId, long previewId, int revision, AskedBy by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with preview as (
                select id, revision = $3 and status in ('ready', 'scheduled') as same, made_by_id is not distinct from $4 as own from bulk_previews where id = $1 and store_id = $2 for update),
            approved as (
                update bulk_previews p set approved_by_id = $4, approved_by_name = $5, approved_at = now()
                from preview where p.id = preview.id and preview.same and not preview.own returning p.id)
            select preview.same, preview.own from preview left join approved on true
            """);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = revision });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel) || !reader.GetBoolean(0))
            return new ApproveBulkOutcome.Altered();
        return reader.GetBoolean(1) ? new ApproveBulkOutcome.OwnEdit("Somebody else has to approve this edit: it is your own.") : new ApproveBulkOutcome.Approved();
    }
}
