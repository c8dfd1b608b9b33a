using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Shows a prepared edit to the others as one that waits for a second person.</summary>
public sealed class AskForApproval(NpgsqlDataSource database)
{
    public async Task Ask(long storeId, long previewId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update bulk_previews set approval_asked_at = coalesce(approval_asked_at, now()) where id = $1 and store_id = $2 and status = 'ready'");
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
